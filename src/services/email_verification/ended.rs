//! Redirects for email verifications that cannot be continued.

use crate::crypto::OtpPurpose;
use crate::domain::NoticeKind;
use crate::paths;
use crate::services::outcome::{FlowChange, NextStep};
use crate::store::email_verifications::{EmailVerification, SignUp};

/// Why an email verification cannot be continued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowEnded {
    /// None was started in this browser or for this account, or its row was deleted.
    NoFlow,
    Expired,
    TriesUsed,
    /// Registration with this email is no longer allowed, with the reason shown to the user.
    NotAllowed(&'static str),
    Finished,
}

impl FlowEnded {
    /// Redirects to the start of the flow, or to sign-in after a completed recovery, with an
    /// explanation and the previously entered values. `ended` is the verification, if there is one.
    #[must_use]
    pub fn into_next_step(self, purpose: OtpPurpose, ended: Option<&EmailVerification>) -> NextStep {
        let to = match (purpose, self) {
            (OtpPurpose::Registration, _) => paths::REGISTER,
            (OtpPurpose::Recovery, Self::Finished) => paths::LOGIN,
            (OtpPurpose::Recovery, _) => paths::RECOVER,
            (OtpPurpose::EmailChange, _) => paths::ACCOUNT,
        };
        let kind = match self {
            Self::NoFlow | Self::Finished => NoticeKind::Info,
            Self::Expired | Self::TriesUsed | Self::NotAllowed(_) => NoticeKind::Warning,
        };
        let mut step = NextStep::go(to).with_notice(kind, self.text(purpose));
        if let Some(cookie) = super::cookie(purpose) {
            step = step.with_flow(FlowChange::End(cookie));
        }
        let restart = ended.filter(|_| matches!(self, Self::Expired | Self::TriesUsed));
        match restart {
            Some(EmailVerification { email, sign_up: Some(SignUp { username, password_hash: _ }), .. }) => {
                step.with_value("username", username.as_str()).with_value("email", email.as_str())
            }
            Some(recovery) if purpose == OtpPurpose::Recovery => step.with_value("email", recovery.email.key()),
            _ => step,
        }
    }

    fn text(self, purpose: OtpPurpose) -> &'static str {
        use OtpPurpose::{EmailChange, Recovery, Registration};
        match (self, purpose) {
            (Self::NoFlow, Registration) => {
                "No registration is in progress in this browser. Sign in, or create an account."
            }
            (Self::NoFlow, Recovery) => {
                "No password reset is in progress in this browser. Enter your email address to get a code."
            }
            (Self::NoFlow | Self::Finished, EmailChange) => "There's no email change to confirm.",
            (Self::Expired, Registration) => "Your code has expired. Start again to get a new one.",
            (Self::Expired, Recovery) => "Your code has expired. Get a new one to reset your password.",
            (Self::Expired, EmailChange) => {
                "Your code has expired. Enter your new email address again to get a new one."
            }
            (Self::TriesUsed, Registration) => "You've entered too many incorrect codes. Start again to get a new one.",
            (Self::TriesUsed, Recovery) => {
                "You've entered too many incorrect codes. Get a new one to reset your password."
            }
            (Self::TriesUsed, EmailChange) => {
                "You've entered too many incorrect codes. Enter your new email address again to get a new one."
            }
            (Self::NotAllowed(why), _) => why,
            (Self::Finished, Registration) => "Your registration is complete. You can sign in now.",
            (Self::Finished, Recovery) => "Your password has already been reset. Sign in with your new password.",
        }
    }
}
