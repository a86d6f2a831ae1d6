//! `/admin/audit`: the audit log.

use std::collections::HashMap;

use leptos::prelude::*;
use uuid::Uuid;

use crate::domain::AuditAction;
use crate::paths;
use crate::routes::access::Access;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::query::{Neighbors, Query};
use crate::services::admin::{AuditPage, AuditQuery, action_label, actor_name, target_name};
use crate::store::audit::AuditEntry;
use crate::ui::{
    ActionButton, AdminArea, Cell, Filters, ListTable, LocalTime, Pager, Section, SelectFilter, TextCell, TextFilter,
};

pub const PAGE: Page =
    Page { path: paths::ADMIN_AUDIT, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let query = Query::of(request.uri);
    let AuditPage { page, names } = request.state.admin().audit_log(filter(&query), query.place(), request.by).await?;
    let Neighbors { newer, older } = query.neighbors(&page, |entry| entry.seq.to_string());
    Ok(Document::new("Audit log", move |context| {
        let filters = ["action", "who", "whom"].map(|name| (name, query.word(name).to_owned()));
        let narrowed = filters.iter().any(|(_, value)| !value.is_empty());
        let hidden = filters.to_vec();
        let [action, who, whom] = filters.map(|(_, value)| value);
        let actions = AuditAction::ALL.map(|action| (action.as_str(), action.label())).to_vec();
        view! {
            <AdminArea context here=paths::ADMIN_AUDIT heading="Audit log">
                <Section title="Entries">
                    <Filters action=paths::ADMIN_AUDIT narrowed>
                        <SelectFilter name="action" label="Action" options=actions chosen=action />
                        <TextFilter name="who" label="By (username)" value=who />
                        <TextFilter name="whom" label="Target (username)" value=whom />
                    </Filters>
                    <Entries entries=page.rows names narrowed />
                    <Pager newer older />
                </Section>
                <Section title="Export">
                    <p>"All matching entries as a CSV file. Exports are recorded in the audit log."</p>
                    <ActionButton action=paths::ADMIN_AUDIT_EXPORT label="Download as CSV" hidden />
                </Section>
            </AdminArea>
        }
    }))
}

/// Returns the filter of the page and of its export.
#[must_use]
pub fn filter(query: &Query) -> AuditQuery<'_> {
    AuditQuery { action: query.word("action"), who: query.word("who"), whom: query.word("whom") }
}

/// The entries as a table, or a sentence if there are none.
#[component]
pub(super) fn Entries(
    entries: Vec<AuditEntry>,
    /// The usernames of the accounts in the entries that still exist.
    names: HashMap<Uuid, String>,
    #[prop(optional)] narrowed: bool,
) -> impl IntoView {
    let rows: Vec<_> = entries
        .into_iter()
        .map(|entry| {
            let (who, whom) = (actor_name(&entry, &names), target_name(&entry, &names));
            view! { <Entry entry who whom /> }
        })
        .collect();
    view! {
        <ListTable
            caption="Entries"
            columns=vec!["When", "By", "Action", "Target", "Reason", "IP address", "Row"]
            rows
            items="entries"
            narrowed
            empty="No entries yet. Administrators' actions will be listed here."
        />
    }
}

#[component]
fn Entry(entry: AuditEntry, who: String, whom: String) -> impl IntoView {
    let what = action_label(&entry);
    let detail = (!entry.detail.is_empty()).then(|| view! { <span class="quiet">" (" {entry.detail} ")"</span> });
    view! {
        <tr role="row">
            <Cell of="When">
                <LocalTime at=entry.at.0 with_time=true />
            </Cell>
            <TextCell of="By" text=who />
            <Cell of="Action">{what} {detail}</Cell>
            <TextCell of="Target" text=whom />
            <TextCell of="Reason" text=entry.reason.value.unwrap_or_default() />
            <TextCell of="IP address" text=entry.ip.value.unwrap_or_default() />
            <Cell of="Row" number=true>
                {entry.seq}
            </Cell>
        </tr>
    }
}
