//! Asking a signed-in user for the password again, and for a second factor.

use super::core::Core;
use super::outcome::{NextStep, Reauthenticated, ServiceError, SessionChange};
use super::password_check::{CaptchaPolicy, PasswordAttempt, VerifiedPassword};
use super::request_context::RequestContext;
use super::second_factor::{ConfirmedCode, REPLACED};
use crate::domain::{FieldErrors, NoticeKind, SecondStepCode, Timestamp};
use crate::paths;
use crate::store::accounts;
use crate::store::accounts::Account;
use crate::store::lineage::Lineage;

const EMPTY: &str = "Enter your password.";
const WRONG: &str = "Incorrect password.";
const WRONG_CODE: &str =
    "That code is incorrect or has expired. Enter the latest code from your app, or an unused recovery code.";

/// The service behind `/account/confirm` and every form that asks a signed-in user for the
/// password.
#[derive(Clone, Copy, Debug)]
pub struct Reauthentication<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn reauthentication(&self) -> Reauthentication<'_> {
        Reauthentication { core: self }
    }
}

/// Returns the next step of a user who has just confirmed the password or a passkey: back to the form that required it.
/// `second_factor` says where the second factor comes from, if one was given.
pub fn reauthenticated(at: Timestamp, second_factor: Option<Lineage>) -> NextStep {
    let given = Reauthenticated { at, second_factor, new_recovery_code: None };
    NextStep::go(paths::ACCOUNT).with_session(SessionChange::Reauthenticated(given))
}

impl Reauthentication<'_> {
    /// Verifies the signed-in user's password and, if `code` is given, a code of the authenticator app or a recovery
    /// code.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in, an error next to a field that is wrong, or
    /// [`ServiceError::Limited`] after too many wrong passwords or codes.
    pub async fn confirm(
        &self,
        password: &str,
        code: Option<&str>,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        let mut errors = FieldErrors::default();
        if password.is_empty() {
            errors.add("password", EMPTY);
        }
        let code = code.and_then(|code| errors.check("code", SecondStepCode::parse(code)));
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let (_, verified) = self.own_password("password", password, by).await?;
        let own = self.core.begin_own(by).await?;
        self.core.password_check().mark_succeeded(&own.tx, verified).await?;
        let Some(code) = code else {
            own.commit().await?;
            return Ok(reauthenticated(self.core.clock.now(), None));
        };
        // The password was right, and a wrong code is counted, whatever the outcome.
        let outcome = self.core.second_factor().confirm_with_code(&own, &code, by).await;
        if !matches!(outcome, Err(ServiceError::InternalError(_))) {
            own.commit().await?;
        }
        match outcome? {
            Some(ConfirmedCode { origin, new_recovery_code }) => {
                let (at, replaced) = (self.core.clock.now(), new_recovery_code.is_some());
                let given = Reauthenticated { at, second_factor: Some(origin), new_recovery_code };
                let step = NextStep::go(paths::ACCOUNT).with_session(SessionChange::Reauthenticated(given));
                Ok(if replaced { step.with_notice(NoticeKind::Warning, REPLACED) } else { step })
            }
            None => Err(FieldErrors::one("code", WRONG_CODE).into()),
        }
    }

    /// Checks the password that a signed-in user typed into `field`. Returns the account as it was
    /// at that time. The caller [marks](super::PasswordCheck::mark_succeeded) the attempt as succeeded, in the
    /// transaction that the password was required for.
    ///
    /// # Errors
    /// Same as [`Reauthentication::confirm`].
    pub async fn own_password(
        &self,
        field: &str,
        password: &str,
        by: &RequestContext,
    ) -> Result<(Account, VerifiedPassword), ServiceError> {
        let member = by.member()?;
        if password.is_empty() {
            return Err(FieldErrors::one(field, EMPTY).into());
        }
        let slot = self.core.password_check().enter(by)?;
        let account =
            accounts::by_id(self.core.store.reader(), member.account_id).await?.ok_or(ServiceError::Unauthenticated)?;
        let attempt = PasswordAttempt { identifier: "", account: Some(&account), password };
        match self.core.password_check().check(slot, attempt, CaptchaPolicy::Never, by).await? {
            Some(verified) => Ok((account, verified)),
            None => {
                tracing::info!(event = "confirmation.failed", account = %account.id, ip = %by.ip);
                Err(FieldErrors::one(field, WRONG).into())
            }
        }
    }
}
