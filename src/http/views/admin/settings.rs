//! `/admin/settings`.

use crate::api::admin::{LimitView, SettingView, SettingsView};
use crate::islands::datetime::format_duration;
use crate::http::views::LoadError;
use crate::services::RequestContext;
use crate::services::admin::RuntimeInfo;
use crate::state::AppState;

pub(super) async fn load(state: &AppState, by: &RequestContext) -> Result<SettingsView, LoadError> {
    let RuntimeInfo { settings, limits, version, database, started, uptime, purged } =
        state.admin.runtime_info(by).await?;
    let facts = vec![
        ("Version", version.to_owned()),
        ("Database", database.product),
        ("Database size", megabytes(database.size)),
        ("Uptime", format_duration(uptime.as_secs())),
    ];
    let setting = |it: crate::config::report::Setting| SettingView {
        name: it.name,
        value: it.value,
        variable: it.variable,
        source: it.source.to_string(),
    };
    let limit = |it: crate::config::report::Limit| LimitView {
        variable: it.variable,
        value: it.value,
        source: it.source.to_string(),
    };
    Ok(SettingsView {
        facts,
        started,
        purged,
        settings: settings.into_iter().map(setting).collect(),
        limits: limits.into_iter().map(limit).collect(),
        migrations: database.migrations,
    })
}

/// Formats bytes in megabytes (1,000,000 bytes), rounded up to one decimal place.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
