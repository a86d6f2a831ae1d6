//! `/admin/otps`: the OTP log, which never shows a code.

use leptos::either::Either;
use leptos::prelude::*;

use super::visitor;
use crate::api::View;
use crate::api::admin::{AdminView, Neighbours, OtpRowView, OtpsView};
use crate::ui::{AdminArea, Cell, EmptyList, Filters, Pager, Section, SelectFilter, Table, TextCell, TextFilter};
use crate::islands::{FreshRows, LiveRows, LocalTime};
use crate::paths;

#[component]
pub fn OtpsPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Otps(log)) = visitor.view.clone() else { return None };
    let narrowed = log.narrowed();
    let OtpsView { purpose, address, requester, delivery, outcome, purposes, deliveries, outcomes, .. } = log;
    let cut = log.looked_through.map(|codes| {
        let words = format!("Searched the latest {codes} OTPs. Filter by email or IP address to go further back.");
        view! { <p>{words}</p> }
    });
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_OTPS heading="OTP log">
            <Section title="OTPs">
                <Filters action=paths::ADMIN_OTPS narrowed>
                    <SelectFilter name="purpose" label="Purpose" options=purposes chosen=purpose />
                    <TextFilter name="address" label="Full email address" value=address />
                    <TextFilter name="requester" label="IP address" value=requester />
                    <SelectFilter name="delivery" label="Delivery" options=deliveries chosen=delivery />
                    <SelectFilter name="outcome" label="Result" options=outcomes chosen=outcome />
                </Filters>
                {log.first.map(|here| view! { <Refresh here /> })}
                <FreshRows>
                    <OtpTable rows=log.rows narrowed neighbours=log.neighbours />
                </FreshRows>
                {cut}
            </Section>
        </AdminArea>
    })
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

#[component]
fn OtpTable(rows: Vec<OtpRowView>, narrowed: bool, neighbours: Neighbours) -> impl IntoView {
    if rows.is_empty() {
        let words = if narrowed {
            "No OTPs match. Change or clear the filters."
        } else {
            "No OTPs yet. They appear when someone registers, resets a password or changes their email address."
        };
        return Either::Left(view! { <EmptyList>{words}</EmptyList> });
    }
    let rows: Vec<_> = rows.into_iter().map(|code| view! { <Code code /> }).collect();
    Either::Right(view! {
        <Table
            caption="OTPs"
            columns=vec!["Created", "Purpose", "Email", "IP address", "Expires", "Attempts", "Delivery", "Result"]
        >
            {rows}
        </Table>
        <Pager newer=neighbours.newer older=neighbours.older />
    })
}

#[component]
fn Code(code: OtpRowView) -> impl IntoView {
    view! {
        <tr role="row" id=code.id>
            <Cell of="Created">
                <LocalTime at=code.issued_at.0 with_time=true />
            </Cell>
            <Cell of="Purpose">{code.purpose}</Cell>
            <TextCell of="Email" text=code.address />
            <TextCell of="IP address" text=code.requester />
            <Cell of="Expires">
                <LocalTime at=code.expires_at.0 with_time=true />
            </Cell>
            <Cell of="Attempts" number=true>
                {code.attempts}
            </Cell>
            <Cell of="Delivery">{code.delivery}</Cell>
            <Cell of="Result">{code.outcome}</Cell>
        </tr>
    }
}
