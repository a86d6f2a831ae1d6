//! The state of a recovery that is waiting for its code.

use sea_orm::ConnectionTrait;

use super::Recovery;
use crate::crypto::FlowToken;
use crate::domain::NoticeKind;
use crate::limits::RECOVERY_LIFETIME;
use crate::paths;
use crate::services::codes::OtpUnavailable;
use crate::services::outcome::{Flow, FlowChange, NextStep, ServiceError};
use crate::store::otps::Issued;
use crate::store::recoveries;

/// A recovery whose code can still be entered.
#[derive(Clone, Debug)]
pub(super) struct PendingRecovery {
    pub recovery: recoveries::Recovery,
    /// The newest code.
    pub code: Issued,
}

/// The reason a browser has no recovery to continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecoveryEnded {
    /// It was not started in this browser, or the row was deleted.
    NoFlow,
    /// With the email that it was started for.
    Expired(String),
    TriesUsed(String),
    Finished,
}

impl RecoveryEnded {
    /// Redirects to the start with an explanation and the previously entered email.
    #[must_use]
    pub fn into_next_step(self) -> NextStep {
        let (to, kind, text) = match &self {
            Self::NoFlow => (
                paths::RECOVER,
                NoticeKind::Info,
                "There's no code to enter in this browser. Enter your email address to get one.",
            ),
            Self::Expired(_) => {
                (paths::RECOVER, NoticeKind::Warning, "Your code has expired. Get a new one to reset your password.")
            }
            Self::TriesUsed(_) => (
                paths::RECOVER,
                NoticeKind::Warning,
                "You've entered too many incorrect codes. Get a new one to reset your password.",
            ),
            Self::Finished => (
                paths::LOGIN,
                NoticeKind::Info,
                "Your password has already been reset. Sign in with your new password.",
            ),
        };
        let done = NextStep::go(to).with_notice(kind, text).with_flow(FlowChange::End(Flow::Recovery));
        match self {
            Self::Expired(email) | Self::TriesUsed(email) => done.with_value("email", &email),
            Self::NoFlow | Self::Finished => done,
        }
    }
}

impl From<RecoveryEnded> for ServiceError {
    fn from(ended: RecoveryEnded) -> Self {
        ended.into_next_step().into()
    }
}

impl Recovery<'_> {
    /// Returns the pending recovery for a flow token.
    ///
    /// # Errors
    /// [`ServiceError::Redirect`] to the start if it has ended.
    pub(super) async fn waiting(
        &self,
        db: &impl ConnectionTrait,
        flow: Option<&FlowToken>,
    ) -> Result<PendingRecovery, ServiceError> {
        let flow = flow.ok_or(RecoveryEnded::NoFlow)?;
        let recovery = recoveries::by_flow(db, flow.digest()).await?.ok_or(RecoveryEnded::NoFlow)?;
        if recovery.finished {
            return Err(RecoveryEnded::Finished.into());
        }
        if self.core.clock.now() >= recovery.created_at + RECOVERY_LIFETIME {
            return Err(RecoveryEnded::Expired(recovery.email_key).into());
        }
        match self.core.codes().waiting(db, recovery.id, recovery.tries).await {
            Ok(code) => Ok(PendingRecovery { recovery, code }),
            Err(error) => Err(error.or_redirect(|why| {
                match why {
                    OtpUnavailable::NoCode => RecoveryEnded::NoFlow,
                    OtpUnavailable::TriesUsed => RecoveryEnded::TriesUsed(recovery.email_key),
                    OtpUnavailable::Expired => RecoveryEnded::Expired(recovery.email_key),
                }
                .into_next_step()
            })),
        }
    }
}
