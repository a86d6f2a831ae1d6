//! Completing a sign-in, whichever factors were used.

use std::borrow::Cow;

use super::core::Core;
use super::outcome::{NextStep, SessionChange};
use super::request_context::RequestContext;
use crate::crypto::FlowToken;
use crate::domain::{NextPath, RecoveryCode, SecurityEvent};
use crate::paths;
use crate::store::accounts::{self, Account};
use crate::store::lineage::Lineage;
use crate::store::sessions::SignedIn;
use crate::store::{StoreError, Transaction};

/// The factors that the user authenticated with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Password,
    /// The password, in a browser that is exempt from the second factor.
    TrustedBrowser,
    PasswordAndApp,
    PasswordAndRecoveryCode,
    PasswordAndPasskey,
    Passkey,
}

impl Method {
    /// Whether two factors were used. A passkey counts as two: the device and what unlocks it.
    pub fn is_two_step(self) -> bool {
        self != Self::Password
    }

    /// Whether a second factor was verified. A trusted browser only stands in for one.
    pub fn verifies_second_factor(self) -> bool {
        !matches!(self, Self::Password | Self::TrustedBrowser)
    }

    fn label(self) -> &'static str {
        match self {
            Self::Password => "with the password",
            Self::TrustedBrowser => "with the password, in a trusted browser",
            Self::PasswordAndApp => "with the password and an authenticator app",
            Self::PasswordAndRecoveryCode => "with the password and a recovery code",
            Self::PasswordAndPasskey => "with the password and a passkey",
            Self::Passkey => "with a passkey",
        }
    }
}

/// How a user was authenticated.
#[derive(Clone, Debug)]
pub struct Proof {
    pub method: Method,
    /// Where the factor of the method comes from.
    pub origin: Lineage,
}

impl Proof {
    /// A correct password, and nothing else.
    pub fn password() -> Self {
        Self { method: Method::Password, origin: Lineage::default() }
    }
}

/// A completed sign-in, and the cookies to set in the browser.
#[derive(Clone, Debug)]
pub struct SignInOutcome {
    pub signed_in: SignedIn,
    /// The token by which the browser is recognized at the next sign-in.
    pub device: Option<FlowToken>,
    /// The cookie name and token of a trusted browser.
    pub trusted: Option<(String, FlowToken)>,
    /// Replaces the recovery code that was used, to be shown once.
    pub new_recovery_code: Option<RecoveryCode>,
}

impl SignInOutcome {
    /// Leads to the page that the user wanted to open, or to the dashboard.
    #[must_use]
    pub fn into_next_step(self, next: Option<NextPath>) -> NextStep {
        let to = next.map_or(paths::DASHBOARD.into(), |next| Cow::Owned(next.as_str().to_owned()));
        NextStep::go(to).with_session(SessionChange::SignedIn(Box::new(self)))
    }
}

/// The last step of every way to sign in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn sign_in(&self) -> SignIn<'_> {
        SignIn { core: self }
    }
}

impl SignIn<'_> {
    /// Signs the user in, within the transaction that verified the factors. If the browser was not
    /// seen before, the owner is notified.
    ///
    /// `account` must be as it was when its password was checked.
    pub async fn complete(
        &self,
        tx: &Transaction,
        account: &Account,
        proof: &Proof,
        remember: bool,
        by: &RequestContext,
    ) -> Result<SignInOutcome, StoreError> {
        let now = self.core.clock.now();
        let (method, ip) = (proof.method, by.ip.to_string());
        accounts::record_sign_in(tx, account.id, now, &ip).await?;
        self.core
            .security_log()
            .record_with_detail(tx, account.id, SecurityEvent::SignedIn, method.label(), by)
            .await?;
        tracing::info!(event = "sign_in.succeeded", account = %account.id, how = method.label(), ip = %by.ip);
        let signed_in = SignedIn {
            account_id: account.id,
            session_version: account.session_version,
            handle: self.core.rng.id(now),
            remember,
            at: now.0,
            authenticated_at: now.0,
            two_step: method.is_two_step(),
            second_factor_at: method.verifies_second_factor().then_some(now.0),
            ancestors: self.ancestors(&proof.origin),
            ip,
            user_agent: by.user_agent.clone(),
            previous_at: account.last_sign_in_at.map(|at| at.0),
            previous_ip: account.last_sign_in_ip.clone(),
        };
        let device = self.core.devices().remember(tx, account, &signed_in, by).await?;
        Ok(SignInOutcome { signed_in, device: Some(device), trusted: None, new_recovery_code: None })
    }

    /// Completes the second step of a session that was signed in with the password only, before the account had a
    /// factor or in a browser that the user trusted. The session continues.
    pub async fn step_up(
        &self,
        tx: &Transaction,
        signed_in: SignedIn,
        proof: &Proof,
        by: &RequestContext,
    ) -> Result<SignInOutcome, StoreError> {
        let (now, method) = (self.core.clock.now(), proof.method);
        let (event, detail) = (SecurityEvent::SessionConfirmed, method.label());
        self.core.security_log().record_with_detail(tx, signed_in.account_id, event, detail, by).await?;
        tracing::info!(event = "sign_in.stepped_up", account = %signed_in.account_id, how = detail, ip = %by.ip);
        let passkey = method == Method::PasswordAndPasskey;
        let signed_in = SignedIn {
            two_step: true,
            // A passkey counts as two factors.
            authenticated_at: if passkey { now.0 } else { signed_in.authenticated_at },
            second_factor_at: Some(now.0),
            ancestors: signed_in.ancestors.join(&self.ancestors(&proof.origin)),
            ..signed_in
        };
        Ok(SignInOutcome { signed_in, device: None, trusted: None, new_recovery_code: None })
    }

    /// Returns the sessions that a factor comes from, without those that no link in an email can refer to anymore.
    fn ancestors(&self, origin: &Lineage) -> Lineage {
        origin.clone().begun_after(self.core.clock.now() - self.core.limits.session.remember)
    }
}
