//! The audit log as administrators see it.

use super::Neighbours;
use crate::domain::Timestamp;

/// A page of the log, its newest entry first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditView {
    /// The filters in force, as they stand in the URL; empty for none.
    pub action: String,
    pub who: String,
    pub whom: String,
    /// Every action there can be: its value and its words.
    pub actions: Vec<(String, String)>,
    pub entries: Vec<AuditEntryView>,
    pub neighbours: Neighbours,
}

impl AuditView {
    /// Whether something is left out.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        [&self.action, &self.who, &self.whom].into_iter().any(|filter| !filter.is_empty())
    }
}

/// One deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntryView {
    pub seq: i64,
    pub at: Timestamp,
    pub who: String,
    pub what: String,
    /// The account it was done to, or nothing.
    pub whom: String,
    pub detail: String,
    pub address: String,
    pub reason: String,
}
