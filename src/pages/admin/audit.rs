//! `/admin/audit`: the audit log.

use leptos::either::Either;
use leptos::prelude::*;

use super::visitor;
use crate::api::View;
use crate::api::admin::{AdminView, AuditEntryView};
use crate::ui::{ActionButton, AdminArea, Cell, EmptyList, Filters, Pager, Section, SelectFilter, Table, TextCell, TextFilter};
use crate::islands::LocalTime;
use crate::paths;

#[component]
pub fn AuditPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Audit(log)) = visitor.view.clone() else { return None };
    let narrowed = log.narrowed();
    let filters = vec![("action", log.action.clone()), ("who", log.who.clone()), ("whom", log.whom.clone())];
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_AUDIT heading="Audit log">
            <Section title="Entries">
                <Filters action=paths::ADMIN_AUDIT narrowed>
                    <SelectFilter name="action" label="Action" options=log.actions chosen=log.action />
                    <TextFilter name="who" label="By (username)" value=log.who />
                    <TextFilter name="whom" label="Target (username)" value=log.whom />
                </Filters>
                <Entries entries=log.entries narrowed />
                <Pager newer=log.neighbours.newer older=log.neighbours.older />
            </Section>
            <Section title="Export">
                <p>"All matching entries as a CSV file. Exports are recorded in the audit log."</p>
                <ActionButton action=paths::ADMIN_AUDIT_EXPORT label="Download as CSV" hidden=filters />
            </Section>
        </AdminArea>
    })
}

/// The entries as a table, or a sentence if there are none.
#[component]
pub fn Entries(entries: Vec<AuditEntryView>, narrowed: bool) -> impl IntoView {
    if entries.is_empty() {
        let words = if narrowed {
            "No entries match. Change or clear the filters."
        } else {
            "No entries yet. Administrators' actions will be listed here."
        };
        return Either::Left(view! { <EmptyList>{words}</EmptyList> });
    }
    let rows: Vec<_> = entries.into_iter().map(|entry| view! { <Entry entry /> }).collect();
    Either::Right(view! {
        <Table caption="Entries" columns=vec!["When", "By", "Action", "Target", "Reason", "IP address", "Row"]>
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
            <TextCell of="By" text=entry.who />
            <Cell of="Action">{entry.what} {detail}</Cell>
            <TextCell of="Target" text=entry.whom />
            <TextCell of="Reason" text=entry.reason />
            <TextCell of="IP address" text=entry.address />
            <Cell of="Row" number=true>
                {entry.seq}
            </Cell>
        </tr>
    }
}
