//! The view of a user's security log.

use crate::domain::Timestamp;

/// A page of the log, newest event first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityLogView {
    pub events: Vec<EventView>,
    /// The event after which the newer page starts, if there is one.
    pub newer: Option<String>,
    /// The event before which the older page ends, if there is one.
    pub older: Option<String>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    pub what: &'static str,
    /// Details of the event. May contain user input.
    pub detail: Option<String>,
    pub at: Timestamp,
    /// "Firefox on Linux"
    pub device: String,
    pub address: String,
}
