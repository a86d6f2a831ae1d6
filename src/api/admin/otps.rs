//! The log of codes as administrators see it: never a code.

use super::Neighbours;
use crate::domain::Timestamp;

/// A page of the log, its newest code first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtpsView {
    /// The filters in force, as they stand in the URL; empty for none.
    pub purpose: String,
    pub address: String,
    pub requester: String,
    pub delivery: String,
    pub outcome: String,
    /// What can be chosen: each with its value and its words.
    pub purposes: Vec<(String, String)>,
    pub deliveries: Vec<(String, String)>,
    pub outcomes: Vec<(String, String)>,
    pub rows: Vec<OtpRowView>,
    /// So many codes were looked through, and there are more further back.
    pub looked_through: Option<u64>,
    pub neighbours: Neighbours,
    /// The page's own address where it is the first of the list, which goes on
    /// to fill while it is looked at.
    pub first: Option<String>,
}

impl OtpsView {
    /// Whether something is left out.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        let filters = [&self.purpose, &self.address, &self.requester, &self.delivery, &self.outcome];
        filters.into_iter().any(|filter| !filter.is_empty())
    }
}

/// One code, without the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtpRowView {
    /// By which a row is known again.
    pub id: String,
    pub purpose: &'static str,
    /// With most of it masked.
    pub address: String,
    pub requester: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub attempts: i32,
    pub delivery: &'static str,
    pub outcome: &'static str,
}
