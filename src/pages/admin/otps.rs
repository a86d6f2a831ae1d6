//! `/admin/otps`: the codes that were issued, and what became of them.

use leptos::either::Either;
use leptos::prelude::*;

use super::visitor;
use crate::api::View;
use crate::api::admin::{AdminView, Neighbours, OtpRowView, OtpsView};
use crate::components::{
    AdminArea, Cell, Choice, EmptyList, Filters, FreshRows, LiveRows, LocalTime, Pager, Section, Table, TextCell, Words,
};
use crate::paths;

#[component]
pub fn OtpsPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Otps(log)) = visitor.view.clone() else { return None };
    let narrowed = log.narrowed();
    let OtpsView { purpose, address, requester, delivery, outcome, purposes, deliveries, outcomes, .. } = log;
    let cut = log.looked_through.map(|codes| {
        let words = format!(
            "Only {codes} codes were looked through. For those further back, filter by the address or by where the request came from."
        );
        view! { <p>{words}</p> }
    });
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_OTPS heading="OTP log">
            <Section title="Codes that were issued">
                <Filters action=paths::ADMIN_OTPS narrowed>
                    <Choice name="purpose" label="For" options=purposes chosen=purpose />
                    <Words name="address" label="To (the whole address)" value=address />
                    <Words name="requester" label="Asked for from (IP)" value=requester />
                    <Choice name="delivery" label="Mail" options=deliveries chosen=delivery />
                    <Choice name="outcome" label="Outcome" options=outcomes chosen=outcome />
                </Filters>
                {log.first.map(|here| view! { <Refresh here /> })}
                <FreshRows>
                    <Codes rows=log.rows narrowed neighbours=log.neighbours />
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
fn Codes(rows: Vec<OtpRowView>, narrowed: bool, neighbours: Neighbours) -> impl IntoView {
    if rows.is_empty() {
        let words = if narrowed {
            "No code is like this. Change the filter, or show all."
        } else {
            "No code was issued yet. Whenever somebody registers or asks for a new password, it will be listed here."
        };
        return Either::Left(view! { <EmptyList>{words}</EmptyList> });
    }
    let rows: Vec<_> = rows.into_iter().map(|code| view! { <Code code /> }).collect();
    Either::Right(view! {
        <Table
            caption="Codes that were issued"
            columns=vec!["Issued", "For", "To", "From", "Expires", "Tries", "Mail", "Outcome"]
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
            <Cell of="Issued">
                <LocalTime at=code.issued_at.0 with_time=true />
            </Cell>
            <Cell of="For">{code.purpose}</Cell>
            <TextCell of="To" text=code.address />
            <TextCell of="From" text=code.requester />
            <Cell of="Expires">
                <LocalTime at=code.expires_at.0 with_time=true />
            </Cell>
            <Cell of="Tries" number=true>
                {code.attempts}
            </Cell>
            <Cell of="Mail">{code.delivery}</Cell>
            <Cell of="Outcome">{code.outcome}</Cell>
        </tr>
    }
}
