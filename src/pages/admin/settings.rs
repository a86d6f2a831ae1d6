//! `/admin/settings`: the settings and limits in force, read-only.

use leptos::prelude::*;

use super::visitor;
use crate::api::View;
use crate::api::admin::{AdminView, LimitView, SettingView, SettingsView};
use crate::ui::{AdminArea, Cell, Section, Table, TextCell};
use crate::islands::LocalTime;
use crate::paths;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let visitor = visitor();
    let View::Admin(AdminView::Settings(shown)) = visitor.view.clone() else { return None };
    let SettingsView { facts, started, purged, settings, limits, migrations } = shown;
    let facts: Vec<_> = facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> }).collect();
    let purged = match purged {
        Some(at) => view! { <LocalTime at=at.0 with_time=true /> }.into_any(),
        None => "Not since startup".into_any(),
    };
    let settings: Vec<_> = settings.into_iter().map(|setting| view! { <Setting setting /> }).collect();
    let limits: Vec<_> = limits.into_iter().map(|limit| view! { <Limit limit /> }).collect();
    let migrations: Vec<_> = migrations.into_iter().map(|name| view! { <li><code>{name}</code></li> }).collect();
    Some(view! {
        <AdminArea visitor here=paths::ADMIN_SETTINGS heading="Settings">
            <Section title="This portal">
                <p>"Settings are environment variables. Restart the portal to apply changes."</p>
                <dl class="facts">
                    {facts} <dt>"Started"</dt> <dd>
                        <LocalTime at=started.0 with_time=true />
                    </dd> <dt>"Last cleanup"</dt> <dd>{purged}</dd>
                </dl>
            </Section>
            <Section title="Settings">
                <Table caption="Settings" columns=vec!["Setting", "Value", "Variable", "Source"]>
                    {settings}
                </Table>
            </Section>
            <Section title="Limits">
                <p class="quiet">"Times are in seconds. docs/configuration.md describes each limit."</p>
                <Table caption="Limits" columns=vec!["Limit", "Value", "Source"]>
                    {limits}
                </Table>
            </Section>
            <Section title="Applied migrations">
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
            <Cell of="Source">{setting.source}</Cell>
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
            <Cell of="Source">{limit.source}</Cell>
        </tr>
    }
}
