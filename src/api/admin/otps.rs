//! The view of the OTP log. It never holds a code.

use super::Neighbours;
use crate::domain::Timestamp;

/// A page of the log, newest OTP first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtpsView {
    /// The active filters, as in the URL; empty for none.
    pub purpose: String,
    pub address: String,
    pub requester: String,
    pub delivery: String,
    pub outcome: String,
    /// The options with their values and labels.
    pub purposes: Vec<(String, String)>,
    pub deliveries: Vec<(String, String)>,
    pub outcomes: Vec<(String, String)>,
    pub rows: Vec<OtpRowView>,
    /// The number of OTPs that were searched, if there are older ones.
    pub looked_through: Option<u64>,
    pub neighbours: Neighbours,
    /// The page's own URL, if it is the first page of the list, which is updated live.
    pub first: Option<String>,
}

impl OtpsView {
    /// Whether a filter is active.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        let filters = [&self.purpose, &self.address, &self.requester, &self.delivery, &self.outcome];
        filters.into_iter().any(|filter| !filter.is_empty())
    }
}

/// An OTP without its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtpRowView {
    /// Identifies the row when the list is updated.
    pub id: String,
    pub purpose: &'static str,
    /// The masked email address.
    pub address: String,
    pub requester: String,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub attempts: i32,
    pub delivery: &'static str,
    pub outcome: &'static str,
}
