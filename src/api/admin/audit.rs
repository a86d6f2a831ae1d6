//! The view of the audit log.

use super::Neighbours;
use crate::domain::Timestamp;

/// A page of the log, newest entry first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditView {
    /// The active filters, as in the URL; empty for none.
    pub action: String,
    pub who: String,
    pub whom: String,
    /// Every action with its value and its label.
    pub actions: Vec<(String, String)>,
    pub entries: Vec<AuditEntryView>,
    pub neighbours: Neighbours,
}

impl AuditView {
    /// Whether a filter is active.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        [&self.action, &self.who, &self.whom].into_iter().any(|filter| !filter.is_empty())
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntryView {
    pub seq: i64,
    pub at: Timestamp,
    pub who: String,
    pub what: String,
    /// The account that was acted on; may be empty.
    pub whom: String,
    pub detail: String,
    pub address: String,
    pub reason: String,
}
