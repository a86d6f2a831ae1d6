//! The outcome of a service call.

use std::borrow::Cow;
use std::time::Duration;

use super::sign_in::SignInOutcome;
use crate::crypto::FlowToken;
use crate::crypto::passkey::CeremonyError;
use crate::crypto::password_hash::HashError;
use crate::domain::{FieldErrors, Notice, NoticeKind, RecoveryCode, Timestamp};
use crate::store::StoreError;
use crate::store::lineage::Lineage;
use crate::store::sessions::SecondStep;

/// A completed request: where to go next and what to say there.
#[derive(Clone, Debug)]
pub struct NextStep {
    pub to: Cow<'static, str>,
    pub notice: Option<Notice>,
    /// Values that prefill the next page's form.
    pub values: Vec<(&'static str, String)>,
    pub flow: FlowChange,
    pub session: SessionChange,
}

/// A change to the browser's session.
#[derive(Clone, Debug, Default)]
pub enum SessionChange {
    #[default]
    Keep,
    /// The user is signed in: start a session under a new ID.
    SignedIn(Box<SignInOutcome>),
    /// The password was correct: start a session that waits for the second step.
    SecondStep(SecondStep),
    /// The signed-in user completed the second step: continue the session as given, under a new ID.
    SteppedUp(Box<SignInOutcome>),
    /// The user confirmed the password or a passkey: continue the session under a new ID, and go on with the form that
    /// required it, instead of [`NextStep::to`].
    Reauthenticated(Reauthenticated),
    /// The account has a new session version, which ended its other sessions: continue this one with it.
    Version(i32),
    /// Same as [`SessionChange::Version`], after the user entered the password and changed it: the session also gets a
    /// new ID.
    Renewed(i32),
    /// The account's second factors changed.
    Factors {
        /// What this means for the session.
        change: FactorChange,
        /// New recovery codes, to be shown once.
        codes: Option<Vec<RecoveryCode>>,
    },
    End,
}

/// What the user has just given again.
#[derive(Clone, Debug)]
pub struct Reauthenticated {
    pub at: Timestamp,
    /// Where the second factor comes from, if one was given.
    pub second_factor: Option<Lineage>,
    /// Replaces the recovery code that was given, to be shown once.
    pub new_recovery_code: Option<RecoveryCode>,
}

/// A change of an account's factors, as it concerns the session that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorChange {
    /// A factor was added. The session counts as signed in with two factors from now on, because the password and the
    /// new factor have just been used. It continues under a new ID and with this session version.
    Added { session_version: i32 },
    /// The last factor was removed: the session does not count as signed in with two factors anymore.
    RemovedLast,
    /// The factors that are left still protect the account.
    Kept,
}

/// A change to one of the browser's flow cookies.
#[derive(Clone, Debug)]
pub enum FlowChange {
    Keep,
    Begin(Flow, FlowToken),
    End(Flow),
}

/// A flow that a browser can start before signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Registration,
    Recovery,
    /// An invitation that was opened in this browser.
    Invitation,
}

impl NextStep {
    /// Redirects to a path of this portal.
    #[must_use]
    pub fn go(to: impl Into<Cow<'static, str>>) -> Self {
        Self { to: to.into(), notice: None, values: Vec::new(), flow: FlowChange::Keep, session: SessionChange::Keep }
    }

    /// Adds a notice to show on the next page.
    #[must_use]
    pub fn with_notice(mut self, kind: NoticeKind, text: impl Into<String>) -> Self {
        self.notice = Some(Notice::new(kind, text));
        self
    }

    /// Adds a value that prefills a field of the next page.
    #[must_use]
    pub fn with_value(mut self, field: &'static str, value: &str) -> Self {
        self.values.push((field, value.to_owned()));
        self
    }

    /// Sets the change to a flow cookie.
    #[must_use]
    pub fn with_flow(mut self, change: FlowChange) -> Self {
        self.flow = change;
        self
    }

    #[must_use]
    pub fn with_session(mut self, change: SessionChange) -> Self {
        self.session = change;
        self
    }
}

/// The reason a request was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// Mistakes in the form, each shown next to its field.
    #[error("mistakes in the form")]
    Fields(FieldErrors),
    /// One sentence shown above the fields.
    #[error("refused")]
    Refused(&'static str),
    /// Too many attempts. The next one is accepted after `wait`.
    #[error("limited")]
    Limited { what: &'static str, wait: Duration },
    /// The captcha was missing or failed. The response carries a new challenge.
    #[error("captcha")]
    Captcha(&'static str),
    /// The resource does not exist, or the user may not know that it does.
    #[error("not found")]
    NotFound,
    /// The user is not signed in, or the session has ended.
    #[error("not signed in")]
    Unauthenticated,
    /// The user must enter the password again first.
    #[error("the last authentication is too long ago")]
    ReauthenticationRequired,
    /// The user must enter the password and a second factor again first, or use a passkey.
    #[error("the last authentication with a second factor is too long ago")]
    SecondFactorRequired,
    /// The server is overloaded: all slots for password hashing are taken. Nothing was checked or
    /// counted, so the request can be repeated shortly.
    #[error("busy")]
    Busy,
    /// The user has to go to another page, because another step comes first or this one was already done.
    #[error("redirected")]
    Redirect(Box<NextStep>),
    /// An internal error.
    #[error(transparent)]
    InternalError(#[from] InternalError),
}

/// An internal error. It is logged once and shown to the user as one plain line.
#[derive(Debug, thiserror::Error)]
pub enum InternalError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// The session could not be read or written.
    #[error("session: {0}")]
    Session(String),
}

impl From<NextStep> for ServiceError {
    fn from(step: NextStep) -> Self {
        Self::Redirect(Box::new(step))
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        Self::InternalError(error.into())
    }
}

impl From<CeremonyError> for ServiceError {
    fn from(error: CeremonyError) -> Self {
        Self::InternalError(error.into())
    }
}

impl From<HashError> for ServiceError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            fault => Self::InternalError(fault.into()),
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
