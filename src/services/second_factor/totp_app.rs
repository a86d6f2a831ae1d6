//! Adding, replacing and removing an authenticator app.

use uuid::Uuid;

use super::SecondFactor;
use super::change::{TAKEOVER_ADVICE, factor_removed};
use crate::crypto::Seed;
use crate::domain::{FieldErrors, OtpCode, SecurityEvent, Timestamp};
use crate::limits::SEED_WAITS;
use crate::mail::NotificationKind;
use crate::paths;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::{AuthenticatedUser, RequestContext};
use crate::store::totp::StoredSeed;
use crate::store::{StoreError, totp};

const ON: &str = "Authenticator app turned on.";
const REPLACED: &str = "Authenticator app replaced. The old one no longer works.";
const NONE: &str = "There is no authenticator app to turn off.";
const EXPIRED: &str = "Setup timed out. Start again.";
const WRONG: &str = "That code is incorrect or has expired. Enter the latest code from your app.";
const EMPTY: &str = "Enter the code from your app.";
const DIGITS: &str = "The code has 6 digits.";
const REQUIRED: &str = "Two-step sign-in is required. Add a passkey before you turn off your app, or replace the app.";

impl SecondFactor<'_> {
    /// Creates a TOTP seed that becomes active once one of its codes is entered in this session. Until then, the
    /// account's current app stays active. An earlier unconfirmed seed is discarded.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::ReauthenticationRequired`] or
    /// [`ServiceError::SecondFactorRequired`].
    pub async fn begin_app(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let own = self.core.begin_own_with_all_factors(by).await?;
        let account_id = own.account.id;
        let sealed = self.core.seeds.seal(account_id, Seed::generate(&self.core.rng).bytes());
        let sealed = sealed.map_err(|_| StoreError::Corrupt("totp.secret"))?;
        let seed = StoredSeed { sealed, since: own.tx.now(), added_by: own.origin() };
        totp::begin(&own.tx, account_id, seed).await?;
        own.commit().await?;
        Ok(NextStep::go(paths::ACCOUNT_SECURITY))
    }

    /// Discards the unconfirmed seed of this session.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn cancel_app(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let own = self.core.begin_own(by).await?;
        let pending = totp::waiting(&own.tx, own.account.id).await?;
        if pending.is_some_and(|seed| is_pending(&seed, own.member, own.tx.now())) {
            totp::cancel(&own.tx, own.account.id).await?;
        }
        own.commit().await?;
        Ok(NextStep::go(paths::ACCOUNT_SECURITY))
    }

    /// Activates the app with a code that it shows, and replaces an earlier app. The time step of
    /// that code can no longer be used to sign in.
    ///
    /// # Errors
    /// Those of [`SecondFactor::begin_app`], [`ServiceError::Refused`] if this session has no unconfirmed seed, or an
    /// error next to `code`.
    pub async fn confirm_app(&self, typed: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        by.authenticated_with_all_factors(self.core.clock.now())?;
        let beside_code = |message: &str| FieldErrors::one("code", message);
        if typed.trim().is_empty() {
            return Err(beside_code(EMPTY).into());
        }
        let code = OtpCode::parse(typed).map_err(|_| beside_code(DIGITS))?;
        let own = self.core.begin_own_with_all_factors(by).await?;
        let (tx, account_id, now) = (&own.tx, own.account.id, own.tx.now());
        let pending = totp::waiting(tx, account_id).await?.filter(|seed| is_pending(seed, own.member, now));
        let pending = pending.ok_or(ServiceError::Refused(EXPIRED))?;
        let step = self.open_seed(account_id, &pending)?.step_of(&code, now).ok_or_else(|| beside_code(WRONG))?;
        let before = self.factors(tx, account_id).await?;
        self.core.count_change(&own, by).await?;
        // So that undoing this does not turn two-step sign-in off for an account that had it before.
        totp::keep(tx, self.core.rng.id(now), account_id, now).await?;
        if !totp::confirm(tx, account_id, step, now).await? {
            return Err(ServiceError::Refused(EXPIRED));
        }
        let added = self.added(&own, !before.any(), by).await?;
        let undo = Some(self.undo_link(&own).await?);
        let (event, about, message) = if before.app {
            (SecurityEvent::AppReplaced, NotificationKind::AppReplaced { undo }, REPLACED)
        } else {
            (SecurityEvent::TwoStepOn, NotificationKind::TwoStepOn { undo }, ON)
        };
        self.core.security_log().record(tx, account_id, event, by).await?;
        self.core.notifications().send(tx, &own.account, about, by).await?;
        own.commit().await?;
        tracing::info!(event = "two_step.on", account = %account_id, replaces = before.app, ip = %by.ip);
        Ok(added.into_next_step(message))
    }

    /// Removes the app. If no other factor is left, the recovery codes and trusted browsers are
    /// removed too.
    ///
    /// # Errors
    /// Those of [`SecondFactor::begin_app`], or [`ServiceError::Refused`] if there is no app or it is the only factor of
    /// an account that must have one.
    pub async fn turn_off_app(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let own = self.core.begin_own_with_all_factors(by).await?;
        let (tx, account) = (&own.tx, &own.account);
        let factors = self.factors(tx, account.id).await?;
        if !factors.app {
            return Err(ServiceError::Refused(NONE));
        }
        if factors.passkeys == 0 && self.core.config.second_factor.applies_to(account.role) {
            return Err(ServiceError::Refused(REQUIRED));
        }
        self.core.count_change(&own, by).await?;
        totp::remove(tx, account.id).await?;
        let still_on = self.removed(tx, account.id).await?;
        self.core.security_log().record(tx, account.id, SecurityEvent::TwoStepOff, by).await?;
        self.core.notifications().send(tx, account, NotificationKind::TwoStepOff, by).await?;
        let account_id = account.id;
        own.commit().await?;
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

/// Whether an unconfirmed seed can be confirmed by this user. Otherwise it has expired, or another session created it,
/// which may be someone else's.
pub(super) fn is_pending(seed: &StoredSeed, member: &AuthenticatedUser, now: Timestamp) -> bool {
    now.since(seed.since) < SEED_WAITS && seed.added_by.begins_with(member.session)
}
