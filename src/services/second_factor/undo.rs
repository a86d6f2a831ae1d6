//! Removing factors that the owner of an account did not add.
//!
//! Someone who knows a password can add factors of their own, and these outlive a new password. Therefore each factor
//! records the sessions that it comes from, and for [`FACTOR_UNDO`] the owner can have it removed: with the link in the
//! notice about it, by ending the session that added it with the link in the notice about that session, or by undoing a
//! change of the email that the session made. Older factors stay, because these links are as good as the mailbox, which
//! must not become a way around a second factor.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::SecondFactor;
use crate::domain::{SecurityEvent, Timestamp};
use crate::limits::FACTOR_UNDO;
use crate::mail::{Link, SignInMethod};
use crate::services::account_transaction::AccountTransaction;
use crate::services::request_context::RequestContext;
use crate::services::user_agent::describe_user_agent;
use crate::store::accounts::Account;
use crate::store::lineage::Lineage;
use crate::store::mail_links::LinkPurpose;
use crate::store::recovery_codes::CodeOrigin;
use crate::store::totp::ReplacedSeed;
use crate::store::{
    StoreError, Transaction, accounts, email_changes, passkeys, recovery_codes, totp, trusted_browsers,
};

impl SecondFactor<'_> {
    /// Creates the link for the notice about a factor that is being added. It removes the factor and what the session
    /// and its descendants add after it.
    pub async fn undo_link(&self, own: &AccountTransaction<'_>) -> Result<Link, StoreError> {
        let (until, session) = (own.tx.now() + FACTOR_UNDO, Some(own.member.session));
        self.core.notifications().link(&own.tx, LinkPurpose::UndoFactor, &own.account, session, until).await
    }

    /// Removes what these sessions and their descendants added since `since`, but nothing older than [`FACTOR_UNDO`].
    /// Returns what was removed.
    pub async fn remove_added_by(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        sessions: &[Uuid],
        since: Timestamp,
        by: &RequestContext,
    ) -> Result<Vec<SignInMethod>, StoreError> {
        let since = since.max(tx.now() - FACTOR_UNDO);
        let theirs = |added_by: &Lineage, added: Timestamp| {
            added >= since && sessions.iter().any(|session| added_by.includes(*session))
        };
        let mut removed = Vec::new();
        for passkey in passkeys::of_account(tx, account_id).await? {
            if theirs(&passkey.added_by, passkey.created_at) {
                passkeys::remove(tx, account_id, passkey.id).await?;
                removed.push(SignInMethod::passkey(passkey.name.as_str(), passkey.created_at));
            }
        }
        if let Some(pending) = totp::waiting(tx, account_id).await?
            && theirs(&pending.added_by, pending.since)
        {
            totp::cancel(tx, account_id).await?;
        }
        // A session that replaced an app may also have added the one before.
        let mut replaced = totp::replaced_since(tx, account_id, tx.now() - FACTOR_UNDO).await?;
        for app in replaced.extract_if(.., |app| theirs(&app.added_by, app.since.unwrap_or(Timestamp(0)))) {
            totp::forget_replaced(tx, app.id).await?;
        }
        if let Some(app) = totp::find(tx, account_id).await?
            && theirs(&app.added_by, app.since)
        {
            // The app before the first of their replacements. Without one, the latest that they added before `since`.
            let by_others = |app: &&ReplacedSeed| !sessions.iter().any(|session| app.added_by.includes(*session));
            match replaced.iter().find(by_others).or(replaced.first()) {
                Some(app) => totp::restore(tx, account_id, app.id).await?,
                None => _ = totp::remove(tx, account_id).await?,
            }
            removed.push(SignInMethod::app(app.since));
        }
        let mut codes = recovery_codes::of_account(tx, account_id).await?;
        codes.retain(|code| theirs(&code.added_by, code.created_at));
        removed.extend(usable_codes(&codes));
        recovery_codes::remove(tx, account_id, codes.iter().map(|code| code.id).collect()).await?;
        for browser in trusted_browsers::of_account(tx, account_id, tx.now()).await? {
            if theirs(&browser.added_by, browser.created_at) {
                trusted_browsers::forget(tx, account_id, browser.id).await?;
                let device = describe_user_agent(&browser.user_agent);
                removed.push(SignInMethod::trusted_browser(&device, browser.created_at));
            }
        }
        self.removed(tx, account_id).await?;
        self.record_removal(tx, account_id, &removed, "by the link in an email", by).await?;
        Ok(removed)
    }

    /// Turns two-step sign-in off during a recovery, if it has been on for less than [`FACTOR_UNDO`] and the account
    /// still has the email that it had before. Returns what was removed.
    ///
    /// Until then, a reader of the mailbox could take the account over without a second factor, so this opens no
    /// new way. It is also not delayed, because the owner would learn of it in the mailbox that recovers the account.
    pub async fn remove_while_new(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        by: &RequestContext,
    ) -> Result<Vec<SignInMethod>, StoreError> {
        let since = accounts::by_id(tx, account_id).await?.and_then(|account: Account| account.two_step_since);
        let Some(since) = since.filter(|since| tx.now().since(*since) < FACTOR_UNDO) else { return Ok(Vec::new()) };
        if email_changes::any_since(tx, account_id, since).await? {
            return Ok(Vec::new());
        }
        let removed = self.methods(tx, account_id).await?;
        self.remove_all(tx, account_id).await?;
        self.record_removal(tx, account_id, &removed, "by the password reset", by).await?;
        Ok(removed)
    }

    /// Returns the factors and the recovery codes of an account, for its owner.
    pub async fn methods(&self, db: &impl ConnectionTrait, account_id: Uuid) -> Result<Vec<SignInMethod>, StoreError> {
        let app = totp::find(db, account_id).await?.map(|app| SignInMethod::app(app.since));
        let passkeys = passkeys::of_account(db, account_id).await?.into_iter();
        let passkeys = passkeys.map(|passkey| SignInMethod::passkey(passkey.name.as_str(), passkey.created_at));
        let codes = usable_codes(&recovery_codes::of_account(db, account_id).await?);
        Ok(app.into_iter().chain(passkeys).chain(codes).collect())
    }

    async fn record_removal(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        removed: &[SignInMethod],
        how: &str,
        by: &RequestContext,
    ) -> Result<(), StoreError> {
        if removed.is_empty() {
            return Ok(());
        }
        let detail = format!("{}, {how}", SignInMethod::list(removed));
        tracing::info!(event = "two_step.factors_removed", account = %account_id, count = removed.len(), ip = %by.ip);
        self.core.security_log().record_with_detail(tx, account_id, SecurityEvent::FactorsRemoved, &detail, by).await?;
        Ok(())
    }
}

/// Returns the codes as one sign-in method, named by the oldest of them. Used codes do not count.
fn usable_codes(codes: &[CodeOrigin]) -> Option<SignInMethod> {
    let usable = codes.iter().find(|code| code.used_at.is_none())?;
    Some(SignInMethod::recovery_codes(usable.created_at))
}
