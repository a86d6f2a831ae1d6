//! `/admin/settings`: the settings and limits in force, read-only and without secrets.

use leptos::prelude::*;

use crate::config::report::{Limit, Setting};
use crate::datetime;
use crate::paths;
use crate::routes::access::Access;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::services::admin::RuntimeInfo;
use crate::ui::{AdminArea, Cell, LocalTime, Section, Table, TextCell};

pub const PAGE: Page =
    Page { path: paths::ADMIN_SETTINGS, access: Access::Administrators, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let info = request.state.admin().runtime_info(request.by).await?;
    Ok(Document::new("Settings", move |context| {
        let RuntimeInfo { settings, limits, version, database, started, uptime, purged } = info;
        let facts = [
            ("Version", version.to_owned()),
            ("Database", database.product),
            ("Database size", megabytes(database.size)),
            ("Uptime", datetime::duration(uptime)),
        ]
        .map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> });
        let purged = match purged {
            Some(at) => view! { <LocalTime at=at.0 with_time=true /> }.into_any(),
            None => "Not since startup".into_any(),
        };
        let settings: Vec<_> = settings.into_iter().map(|setting| view! { <SettingRow setting /> }).collect();
        let limits: Vec<_> = limits.into_iter().map(|limit| view! { <LimitRow limit /> }).collect();
        let migrations = database.migrations.into_iter().map(|name| view! { <li><code>{name}</code></li> });
        let migrations: Vec<_> = migrations.collect();
        view! {
            <AdminArea context here=paths::ADMIN_SETTINGS heading="Settings">
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
        }
    }))
}

#[component]
fn SettingRow(setting: Setting) -> impl IntoView {
    view! {
        <tr role="row">
            <Cell of="Setting">{setting.name}</Cell>
            <TextCell of="Value" text=setting.value />
            <Cell of="Variable">
                <code>{setting.variable}</code>
            </Cell>
            <Cell of="Source">{setting.source.to_string()}</Cell>
        </tr>
    }
}

#[component]
fn LimitRow(limit: Limit) -> impl IntoView {
    view! {
        <tr role="row">
            <Cell of="Limit">
                <code>{limit.variable}</code>
            </Cell>
            <Cell of="Value" number=true>
                {limit.value}
            </Cell>
            <Cell of="Source">{limit.source.to_string()}</Cell>
        </tr>
    }
}

/// Formats bytes in megabytes (1,000,000 bytes), rounded up to one decimal place.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
