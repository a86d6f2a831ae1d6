//! What administrators see and do: one file a part of the area. To everybody
//! else none of it is there.

pub mod audit;
pub mod mail;
pub mod otps;

pub use audit::{AuditEntryView, AuditView};
pub use mail::{MailView, QueuedMailView};
pub use otps::{OtpRowView, OtpsView};

/// What a page of the administration shows.
#[derive(Clone, Debug)]
pub enum AdminView {
    Audit(AuditView),
    Otps(OtpsView),
    Mail(MailView),
}

/// The ways to the neighbours of a page of a list, each if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    pub newer: Option<String>,
    pub older: Option<String>,
}
