//! Adding, replacing and removing an authenticator app.

use uuid::Uuid;

use super::SecondFactor;
use super::change::{TAKEOVER_ADVICE, factor_added, factor_removed};
use crate::crypto::Seed;
use crate::domain::{FieldErrors, OtpCode, SecurityEvent, Timestamp};
use crate::limits::SEED_WAITS;
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::store::totp::StoredSeed;
use crate::store::{StoreError, accounts, totp};

const ON: &str = "Authenticator app turned on.";
const REPLACED: &str = "Authenticator app replaced. The old one no longer works.";
const NONE: &str = "There is no authenticator app to turn off.";
const EXPIRED: &str = "Setup timed out. Start again.";
const WRONG: &str = "That code is incorrect or has expired. Enter the latest code from your app.";
const EMPTY: &str = "Enter the code from your app.";
const DIGITS: &str = "The code has 6 digits.";
const REQUIRED: &str = "Two-step sign-in is required. Add a passkey before you turn off your app, or replace the app.";

impl SecondFactor<'_> {
    /// Creates a TOTP seed that becomes active once one of its codes is entered. Until then, the
    /// account's current app stays active. An earlier unconfirmed seed is discarded.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] or [`ServiceError::ReauthenticationRequired`].
    pub async fn begin_app(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let member = by.recently_authenticated(self.core.clock.now())?;
        let (account_id, session_version) = (member.account_id, member.session_version);
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let account = accounts::by_id(&tx, account_id).await?;
        account.filter(|account| account.accepts_session(session_version)).ok_or(ServiceError::Unauthenticated)?;
        let sealed = self.core.seeds.seal(account_id, Seed::generate(&self.core.rng).bytes());
        totp::begin(&tx, account_id, sealed.map_err(|_| StoreError::Corrupt("totp.secret"))?, now).await?;
        tx.commit().await?;
        Ok(NextStep::go(paths::ACCOUNT_SECURITY))
    }

    /// Discards the unconfirmed seed.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn cancel_app(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let account_id = by.member()?.account_id;
        let tx = self.core.store.write().await?;
        totp::cancel(&tx, account_id).await?;
        tx.commit().await?;
        Ok(NextStep::go(paths::ACCOUNT_SECURITY))
    }

    /// Activates the app with a code that it shows, and replaces an earlier app. The time step of
    /// that code can no longer be used to sign in.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::ReauthenticationRequired`],
    /// [`ServiceError::Refused`] if there is no unconfirmed seed, or an error next to `code`.
    pub async fn confirm_app(&self, typed: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let now = self.core.clock.now();
        let account_id = by.recently_authenticated(now)?.account_id;
        let beside_code = |message: &str| FieldErrors::one("code", message);
        if typed.trim().is_empty() {
            return Err(beside_code(EMPTY).into());
        }
        let code = OtpCode::parse(typed).map_err(|_| beside_code(DIGITS))?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let account = accounts::by_id(&tx, account_id).await?.ok_or(ServiceError::Unauthenticated)?;
        let pending = totp::waiting(&tx, account_id).await?.filter(|seed| is_pending(seed, now));
        let pending = pending.ok_or(ServiceError::Refused(EXPIRED))?;
        let step = self.open_seed(account_id, &pending)?.step_of(&code, now).ok_or_else(|| beside_code(WRONG))?;
        let replaces = totp::find(&tx, account_id).await?.is_some();
        if !totp::confirm(&tx, account_id, step, now).await? {
            return Err(ServiceError::Refused(EXPIRED));
        }
        let codes = self.added(&tx, account_id, by).await?;
        let (event, about, message) = if replaces {
            (SecurityEvent::AppReplaced, NotificationKind::AppReplaced, REPLACED)
        } else {
            (SecurityEvent::TwoStepOn, NotificationKind::TwoStepOn, ON)
        };
        self.core.security_log().record(&tx, account_id, event, by).await?;
        self.core.notifications().send(&tx, &account, about, by).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        tracing::info!(event = "two_step.on", account = %account_id, replaces, ip = %by.ip);
        Ok(factor_added(format!("{message} {TAKEOVER_ADVICE}"), codes))
    }

    /// Removes the app. If no other factor is left, the recovery codes and trusted browsers are
    /// removed too.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::ReauthenticationRequired`], or
    /// [`ServiceError::Refused`] if there is no app or it is the only factor of an account that must
    /// have one.
    pub async fn turn_off_app(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let account_id = by.recently_authenticated(self.core.clock.now())?.account_id;
        let tx = self.core.store.write().await?;
        let account = accounts::by_id(&tx, account_id).await?.ok_or(ServiceError::Unauthenticated)?;
        let factors = self.factors(&tx, account_id).await?;
        if !factors.app {
            return Err(ServiceError::Refused(NONE));
        }
        if factors.passkeys == 0 && self.core.config.second_factor.applies_to(account.role) {
            return Err(ServiceError::Refused(REQUIRED));
        }
        totp::remove(&tx, account_id).await?;
        let still_on = self.removed(&tx, account_id).await?;
        self.core.security_log().record(&tx, account_id, SecurityEvent::TwoStepOff, by).await?;
        self.core.notifications().send(&tx, &account, NotificationKind::TwoStepOff, by).await?;
        tx.commit().await?;
        self.core.mailer.wake();
        tracing::info!(event = "two_step.off", account = %account_id, ip = %by.ip);
        let message = format!("Authenticator app turned off. {TAKEOVER_ADVICE}");
        Ok(factor_removed(message, still_on))
    }

    pub(super) fn open_seed(&self, account_id: Uuid, stored: &StoredSeed) -> Result<Seed, StoreError> {
        let bytes = self.core.seeds.open(account_id, &stored.sealed).map(zeroize::Zeroizing::new);
        let seed = bytes.ok().and_then(|bytes| Seed::from_bytes(&bytes));
        seed.ok_or(StoreError::Corrupt("totp.secret, encrypted with a different SECRET_KEY or changed"))
    }
}

/// Whether an unconfirmed seed can still be confirmed. Otherwise it has expired.
pub(super) fn is_pending(seed: &StoredSeed, now: Timestamp) -> bool {
    now.since(seed.since) < SEED_WAITS
}
