//! `/admin/settings`: what the portal runs with, to be read.

use leptos::prelude::*;

use super::visitor;
use crate::api::View;
use crate::api::admin::{AdminView, LimitView, SettingView, SettingsView};
use crate::components::{AdminArea, Cell, LocalTime, Section, Table, TextCell};
use crate::paths;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Settings(shown)) = visitor.view.clone() else { return None };
    let SettingsView { facts, started, purged, settings, limits, migrations } = shown;
    let facts: Vec<_> = facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> }).collect();
    let purged = match purged {
        Some(at) => view! { <LocalTime at=at.0 with_time=true /> }.into_any(),
        None => "Not since the start".into_any(),
    };
    let settings: Vec<_> = settings.into_iter().map(|setting| view! { <Setting setting /> }).collect();
    let limits: Vec<_> = limits.into_iter().map(|limit| view! { <Limit limit /> }).collect();
    let migrations: Vec<_> = migrations.into_iter().map(|name| view! { <li><code>{name}</code></li> }).collect();
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_SETTINGS heading="Settings">
            <Section title="This portal">
                <p>"Settings are changed in the environment and count from the next start."</p>
                <dl class="facts">
                    {facts} <dt>"Started"</dt> <dd>
                        <LocalTime at=started.0 with_time=true />
                    </dd> <dt>"Last time that old data was deleted"</dt> <dd>{purged}</dd>
                </dl>
            </Section>
            <Section title="Settings in force">
                <Table caption="Settings in force" columns=vec!["Setting", "Value", "Variable", "From"]>
                    {settings}
                </Table>
            </Section>
            <Section title="Limits in force">
                <p class="quiet">"Times are in seconds. The README says what each one limits."</p>
                <Table caption="Limits in force" columns=vec!["Limit", "Value", "From"]>
                    {limits}
                </Table>
            </Section>
            <Section title="Changes made to the database">
                <ol class="migrations">{migrations}</ol>
            </Section>
        </AdminArea>
    })
}

#[component]
fn Setting(setting: SettingView) -> impl IntoView {
    view! {
        <tr role="row">
            <Cell of="Setting">{setting.name}</Cell>
            <TextCell of="Value" text=setting.value />
            <Cell of="Variable">
                <code>{setting.variable}</code>
            </Cell>
            <Cell of="From">{setting.source}</Cell>
        </tr>
    }
}

#[component]
fn Limit(limit: LimitView) -> impl IntoView {
    view! {
        <tr role="row">
            <Cell of="Limit">
                <code>{limit.variable}</code>
            </Cell>
            <Cell of="Value" number=true>
                {limit.value}
            </Cell>
            <Cell of="From">{limit.source}</Cell>
        </tr>
    }
}
