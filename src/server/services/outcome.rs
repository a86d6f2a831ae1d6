//! How a service's work ended.

use std::borrow::Cow;
use std::time::Duration;

use crate::domain::{FieldErrors, Notice, NoticeKind};
use crate::server::crypto::FlowToken;
use crate::server::crypto::passkey::CeremonyError;
use crate::server::crypto::password_hash::HashError;
use crate::server::store::StoreError;

/// The work is done, or there is nothing more to do here: where to go next.
#[derive(Clone, Debug)]
pub struct Done {
    pub to: Cow<'static, str>,
    pub notice: Option<Notice>,
    /// What the next page's form starts with.
    pub values: Vec<(&'static str, String)>,
    pub flow: FlowChange,
}

/// What becomes of a flow cookie of the browser.
#[derive(Clone, Debug)]
pub enum FlowChange {
    Keep,
    Begin(Flow, FlowToken),
    End(Flow),
}

/// What a browser can have begun before anybody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Registration,
    Recovery,
    /// An invitation that was opened.
    Invitation,
}

impl Done {
    #[must_use]
    pub fn go(to: impl Into<Cow<'static, str>>) -> Self {
        Self { to: to.into(), notice: None, values: Vec::new(), flow: FlowChange::Keep }
    }

    #[must_use]
    pub fn saying(mut self, kind: NoticeKind, text: impl Into<String>) -> Self {
        self.notice = Some(Notice::new(kind, text));
        self
    }

    #[must_use]
    pub fn with_value(mut self, field: &'static str, value: &str) -> Self {
        self.values.push((field, value.to_owned()));
        self
    }

    #[must_use]
    pub fn with_flow(mut self, change: FlowChange) -> Self {
        self.flow = change;
        self
    }
}

/// Why the work was not done.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Mistakes, each beside its field.
    #[error("mistakes in the form")]
    Fields(FieldErrors),
    /// One sentence above the fields.
    #[error("refused")]
    Refused(&'static str),
    /// Too many tries; the next is looked at after `wait`.
    #[error("limited")]
    Limited { what: &'static str, wait: Duration },
    /// The challenge did not convince; the next one goes with the answer.
    #[error("captcha")]
    Captcha(&'static str),
    /// There is no such thing, or it is not this person's business that there is.
    #[error("not there")]
    NotThere,
    /// Nobody is signed in, or not any more.
    #[error("not signed in")]
    SignIn,
    /// The password has to be given again first.
    #[error("the password was given too long ago")]
    Confirm,
    /// More people at once than there are places; nothing was looked at or
    /// counted, and the next moment may do.
    #[error("busy")]
    Busy,
    /// Something of ours does not work.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A fault: logged once, shown as one plain line.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<CeremonyError> for ServiceError {
    fn from(error: CeremonyError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<HashError> for ServiceError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            fault => Self::Fault(fault.into()),
        }
    }
}

impl From<sea_orm::DbErr> for ServiceError {
    fn from(error: sea_orm::DbErr) -> Self {
        StoreError::from(error).into()
    }
}

impl From<FieldErrors> for ServiceError {
    fn from(errors: FieldErrors) -> Self {
        Self::Fields(errors)
    }
}
