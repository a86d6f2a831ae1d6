//! Signing in with a password.

use std::fmt;

use super::captcha::{Answer, Form};
use super::core::Core;
use super::outcome::{NextStep, ServiceError, SessionChange};
use super::password_check::{CaptchaPolicy, PasswordAttempt};
use super::request_context::RequestContext;
use super::sign_in::{Method, Proof};
use crate::domain::{Email, FieldErrors, NextPath, NoticeKind, Password, SecurityEvent, Timestamp, Username};
use crate::paths;
use crate::store::accounts::Account;
use crate::store::sessions::SecondStep;
use crate::store::{StoreError, accounts};

const NO_MATCH: &str = "Incorrect username, email or password.";
const LISTED: &str = "Your password is on a list of leaked or common passwords, so others may know it. \
                      Reset it to sign in.";

/// The service behind `/login`.
#[derive(Clone, Copy, Debug)]
pub struct Login<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn login(&self) -> Login<'_> {
        Login { core: self }
    }
}

/// The credentials as typed.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// A username or an email.
    pub identifier: &'a str,
    pub password: &'a str,
    /// Whether the session should persist after the browser is closed.
    pub remember: bool,
    /// Where to go after signing in.
    pub next: Option<&'a str>,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl Login<'_> {
    /// Checks a username or email and a password. Unknown accounts, wrong passwords and disabled
    /// accounts cannot be distinguished by the response or its timing. A correct password that is in a
    /// set of leaked or common passwords does not sign in; the user has to reset it.
    ///
    /// # Errors
    /// Empty fields, the same message for every incorrect pair, [`ServiceError::Limited`] after too
    /// many failures from this IP prefix, [`ServiceError::Captcha`] for a failed captcha or a
    /// missing captcha after repeated failures, or [`ServiceError::Busy`] if the password hashing
    /// queue is full.
    pub async fn sign_in(
        &self,
        typed: Credentials<'_>,
        answer: &Answer<'_>,
        by: &RequestContext,
    ) -> Result<NextStep, ServiceError> {
        let identifier = typed.identifier.trim();
        let mut errors = FieldErrors::default();
        if identifier.is_empty() {
            errors.add("identifier", "Enter your username or email address.");
        }
        if typed.password.is_empty() {
            errors.add("password", "Enter your password.");
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        // Check a captcha whenever there is one, even if none is required.
        let passed = match answer.challenge {
            "" => None,
            _ => Some(self.core.captcha.check(Form::Login, answer, by).await?),
        };
        let slot = self.core.password_check().enter(by)?;
        let account = self.find(identifier).await?;
        let attempt = PasswordAttempt { identifier, account: account.as_ref(), password: typed.password };
        let verified =
            self.core.password_check().check(slot, attempt, CaptchaPolicy::Asked(passed.as_ref()), by).await?;
        let (Some(verified), Some(account)) = (verified, account) else {
            tracing::info!(event = "sign_in.failed", ip = %by.ip);
            return Err(ServiceError::Refused(NO_MATCH));
        };
        let listed = Password::parse_claimed(typed.password).is_some_and(|it| self.core.password_policy.is_listed(&it));
        let tx = self.core.store.write().await?;
        self.core.password_check().mark_succeeded(&tx, verified).await?;
        if listed {
            self.core.security_log().record(&tx, account.id, SecurityEvent::PasswordListed, by).await?;
            tx.commit().await?;
            tracing::info!(event = "sign_in.password_listed", account = %account.id, ip = %by.ip);
            return Ok(typed.reset_password());
        }
        let proof = if !self.core.second_factor().factors(&tx, account.id).await?.any() {
            Proof::password()
        } else if let Some(origin) = self.core.second_factor().is_trusted(&tx, account.id, by).await? {
            Proof { method: Method::TrustedBrowser, origin }
        } else {
            let due = typed.second_step(&account, self.core.clock.now());
            tx.commit().await?;
            tracing::info!(event = "sign_in.second_step", account = %account.id, ip = %by.ip);
            return Ok(NextStep::go(paths::LOGIN_MFA).with_session(SessionChange::SecondStep(due)));
        };
        let entered = self.core.sign_in().complete(&tx, &account, &proof, typed.remember, by).await?;
        tx.commit().await?;
        Ok(entered.into_next_step(typed.next_path()))
    }

    async fn find(&self, identifier: &str) -> Result<Option<Account>, StoreError> {
        if identifier.contains('@') {
            let Ok(email) = Email::parse(identifier) else { return Ok(None) };
            return accounts::by_email(self.core.store.reader(), &email).await;
        }
        let Ok(username) = Username::parse(identifier) else { return Ok(None) };
        accounts::by_username(self.core.store.reader(), &username).await
    }
}

impl Credentials<'_> {
    /// Returns where to go after signing in, if that is a path of this portal.
    fn next_path(&self) -> Option<NextPath> {
        self.next.and_then(NextPath::parse)
    }

    /// Leads to a recovery, for a user whose password is correct but listed.
    ///
    /// A password that others know proves nothing, so it cannot be the proof with which a new one is set. The code that a
    /// recovery mails is one, and it does not skip the second factor.
    fn reset_password(&self) -> NextStep {
        let step = NextStep::go(paths::RECOVER).with_notice(NoticeKind::Warning, LISTED);
        // The account's email is shown only to a user who knows it.
        let email = self.identifier.trim();
        if email.contains('@') { step.with_value("email", email) } else { step }
    }

    /// Returns the state to keep until the second step.
    fn second_step(&self, account: &Account, now: Timestamp) -> SecondStep {
        SecondStep {
            account_id: account.id,
            session_version: account.session_version,
            remember: self.remember,
            next: self.next_path().map(|next| next.as_str().to_owned()),
            at: now.0,
            signed_in: None,
        }
    }
}
