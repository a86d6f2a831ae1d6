//! `/admin/otps`: the OTP log, which never shows a code.

use leptos::prelude::*;

use crate::crypto::OtpPurpose;
use crate::domain::{Email, otp_status};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::query::{Neighbors, Query};
use crate::services::admin::{OtpPage, OtpQuery};
use crate::services::keyset::Cursor;
use crate::store::otps::{LoggedOtp, WINDOW};
use crate::ui::{
    AdminArea, Cell, Filters, FreshRows, ListTable, LiveRows, LocalTime, Pager, Section, SelectFilter, TextCell,
    TextFilter,
};

const COLUMNS: [&str; 8] = ["Created", "Purpose", "Email", "IP address", "Expires", "Attempts", "Delivery", "Result"];
const NONE_YET: &str =
    "No OTPs yet. They appear when a user registers, resets a password or changes their email address.";

pub const PAGE: Page =
    Page { path: paths::ADMIN_OTPS, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let query = Query::of(request.uri);
    let filter = OtpQuery {
        purpose: query.word("purpose"),
        address: query.word("address"),
        requester: query.word("requester"),
        delivery: query.word("delivery"),
        outcome: query.word("outcome"),
    };
    let place = query.place();
    let OtpPage { page, cut } = request.state.admin().otp_log(filter, place, request.by).await?;
    let Neighbors { newer, older } = query.neighbors(&page, |code| code.id.to_string());
    Ok(Document::new("OTP log", move |context| {
        let filters = ["purpose", "address", "requester", "delivery", "outcome"];
        let filters = filters.map(|name| query.word(name).to_owned());
        let narrowed = filters.iter().any(|value| !value.is_empty());
        let [purpose, address, requester, delivery, outcome] = filters;
        let purposes = OtpPurpose::ALL.map(|purpose| (purpose.as_str(), purpose.label())).to_vec();
        let deliveries = otp_status::DELIVERIES.map(|(_, value, label)| (value, label)).to_vec();
        let outcomes = otp_status::OUTCOMES.map(|(_, value, label)| (value, label)).to_vec();
        let rows: Vec<_> = page.rows.into_iter().map(|code| view! { <OtpRow code /> }).collect();
        // Only the first page is updated live.
        let refresh = (place == Cursor::First).then(|| view! { <Refresh here=query.here() /> });
        let cut = cut.then(|| {
            let words = format!("Searched the latest {WINDOW} OTPs. Filter by email or IP address to go further back.");
            view! { <p>{words}</p> }
        });
        view! {
            <AdminArea context here=paths::ADMIN_OTPS heading="OTP log">
                <Section title="OTPs">
                    <Filters action=paths::ADMIN_OTPS narrowed>
                        <SelectFilter name="purpose" label="Purpose" options=purposes chosen=purpose />
                        <TextFilter name="address" label="Full email address" value=address />
                        <TextFilter name="requester" label="IP address" value=requester />
                        <SelectFilter name="delivery" label="Delivery" options=deliveries chosen=delivery />
                        <SelectFilter name="outcome" label="Result" options=outcomes chosen=outcome />
                    </Filters>
                    {refresh}
                    <FreshRows>
                        <ListTable
                            caption="OTPs"
                            columns=COLUMNS.to_vec()
                            rows
                            items="OTPs"
                            narrowed
                            empty=NONE_YET
                        />
                        <Pager newer older />
                    </FreshRows>
                    {cut}
                </Section>
            </AdminArea>
        }
    }))
}

#[component]
fn Refresh(here: String) -> impl IntoView {
    view! {
        <p class="refresh">
            <a class="btn btn-outline" href=here>
                "Refresh"
            </a>
            " "
            <LiveRows />
        </p>
    }
}

/// A row, with an `id` by which it is found when the list is updated.
#[component]
fn OtpRow(code: LoggedOtp) -> impl IntoView {
    let purpose = OtpPurpose::parse(&code.purpose).map_or("Unknown", OtpPurpose::label);
    let masked = Email::parse(&code.email_key).map_or_else(|_| "***".to_owned(), |email| email.masked());
    view! {
        <tr role="row" id=code.id.to_string()>
            <Cell of="Created">
                <LocalTime at=code.issued_at.0 with_time=true />
            </Cell>
            <Cell of="Purpose">{purpose}</Cell>
            <TextCell of="Email" text=masked />
            <TextCell of="IP address" text=code.requester_ip />
            <Cell of="Expires">
                <LocalTime at=code.expires_at.0 with_time=true />
            </Cell>
            <Cell of="Attempts" number=true>
                {code.attempts}
            </Cell>
            <Cell of="Delivery">{code.delivery.label()}</Cell>
            <Cell of="Result">{code.outcome.label()}</Cell>
        </tr>
    }
}
