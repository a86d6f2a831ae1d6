//! What the portal runs with, as administrators see it. Nothing secret.

use crate::domain::Timestamp;

/// Settings and facts, to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsView {
    pub facts: Vec<(&'static str, String)>,
    pub started: Timestamp,
    /// When what had outlived its purpose was last deleted.
    pub purged: Option<Timestamp>,
    pub settings: Vec<SettingView>,
    pub limits: Vec<LimitView>,
    /// The changes to the database's schema that were made.
    pub migrations: Vec<String>,
}

/// A setting that is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingView {
    pub name: &'static str,
    pub value: String,
    pub variable: &'static str,
    /// Where the value came from.
    pub source: String,
}

/// A limit in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitView {
    pub variable: &'static str,
    pub value: u64,
    pub source: String,
}
