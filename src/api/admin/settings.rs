//! The view of the settings. It holds no secrets.

use crate::domain::Timestamp;

/// System information, settings and limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsView {
    pub facts: Vec<(&'static str, String)>,
    pub started: Timestamp,
    /// The time of the last cleanup.
    pub purged: Option<Timestamp>,
    pub settings: Vec<SettingView>,
    pub limits: Vec<LimitView>,
    /// The applied migrations.
    pub migrations: Vec<String>,
}

/// A setting other than a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingView {
    pub name: &'static str,
    pub value: String,
    pub variable: &'static str,
    /// Where the value came from.
    pub source: String,
}

/// A limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitView {
    pub variable: &'static str,
    pub value: u64,
    pub source: String,
}
