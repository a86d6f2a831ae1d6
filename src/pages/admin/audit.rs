//! `/admin/audit`: who did what to whom.

use leptos::either::Either;
use leptos::prelude::*;

use super::visitor;
use crate::api::View;
use crate::api::admin::{AdminView, AuditEntryView};
use crate::components::{
    AdminArea, Cell, Choice, EmptyList, Filters, LocalTime, Pager, PlainForm, Section, Table, TextCell, Words,
};
use crate::paths;

#[component]
pub fn AuditPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Audit(log)) = visitor.view.clone() else { return None };
    let narrowed = log.narrowed();
    let filters = vec![("action", log.action.clone()), ("who", log.who.clone()), ("whom", log.whom.clone())];
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_AUDIT heading="Audit log">
            <Section title="What was done">
                <Filters action=paths::ADMIN_AUDIT narrowed>
                    <Choice name="action" label="What" options=log.actions chosen=log.action />
                    <Words name="who" label="Who (username)" value=log.who />
                    <Words name="whom" label="To whom (username)" value=log.whom />
                </Filters>
                <Entries entries=log.entries narrowed />
                <Pager newer=log.neighbours.newer older=log.neighbours.older />
            </Section>
            <Section title="Take it along">
                <p>"All rows that the filter lets through, not this page alone, as one file. The download is written down as well."</p>
                <PlainForm action=paths::ADMIN_AUDIT_EXPORT label="Download as CSV" hidden=filters />
            </Section>
        </AdminArea>
    })
}

/// Rows of the log.
#[component]
pub fn Entries(entries: Vec<AuditEntryView>, narrowed: bool) -> impl IntoView {
    if entries.is_empty() {
        let words = if narrowed {
            "Nothing that was done is like this. Change the filter, or show all."
        } else {
            "Nothing was done yet. What administrators do will be listed here."
        };
        return Either::Left(view! { <EmptyList>{words}</EmptyList> });
    }
    let rows: Vec<_> = entries.into_iter().map(|entry| view! { <Entry entry /> }).collect();
    Either::Right(view! {
        <Table caption="What was done" columns=vec!["When", "Who", "What", "To whom", "Why", "From", "Row"]>
            {rows}
        </Table>
    })
}

#[component]
fn Entry(entry: AuditEntryView) -> impl IntoView {
    let detail = (!entry.detail.is_empty()).then(|| view! { <span class="quiet">" (" {entry.detail} ")"</span> });
    view! {
        <tr role="row">
            <Cell of="When">
                <LocalTime at=entry.at.0 with_time=true />
            </Cell>
            <TextCell of="Who" text=entry.who />
            <Cell of="What">{entry.what} {detail}</Cell>
            <TextCell of="To whom" text=entry.whom />
            <TextCell of="Why" text=entry.reason />
            <TextCell of="From" text=entry.address />
            <Cell of="Row" number=true>
                {entry.seq}
            </Cell>
        </tr>
    }
}
