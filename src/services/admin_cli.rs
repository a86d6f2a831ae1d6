//! Actions of the command line, such as creating the first administrator or restoring access when
//! no administrator can sign in. The command line does not authenticate its user; entries in the
//! audit log have the actor [`Actor::CommandLine`].

use super::audit::AuditEvent;
use super::core::Core;
use super::email_owner;
use super::outcome::ServiceError;
use super::sign_up_form::{SignUpForm, SignUpRules, TypedSignUp, USERNAME_TAKEN};
use crate::domain::{AuditAction, FieldErrors, Role, SecurityEvent, Timestamp, Username};
use crate::mail::ByAdministrator;
use crate::store::accounts::{self, Account, NewAccount};
use crate::store::audit::{self, Actor};
use crate::store::{Cursor, StoreError, Transaction};

/// The actor, as shown to the owner.
const OPERATORS: &str = "By those who run the portal";
const CLOSED: &str = "This account is disabled or has a pending deletion, so no one can sign in to it.";
const LAST: &str = "This is the last active administrator. Add another one first.";
const EMAIL_TAKEN: &str = "This email address already has an account. Promote that account instead.";

/// The service behind `portal admin`.
#[derive(Clone, Copy, Debug)]
pub struct AdminCli<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn admin_cli(&self) -> AdminCli<'_> {
        AdminCli { core: self }
    }
}

/// Whether an action changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Applied,
    /// The account was already in the requested state, and nothing was written.
    Unchanged,
}

/// An administrator, and since when the account has had this role. The time is unknown if it is
/// earlier than the audit log.
#[derive(Clone, Debug)]
pub struct AdminEntry {
    pub account: Account,
    pub since: Option<Timestamp>,
}

impl AdminCli<'_> {
    /// Makes a user an administrator. This also applies to sessions that are open. The serving portal sends the notice
    /// to the user.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if there is no such username, or [`ServiceError::Refused`] if the
    /// account is closed.
    pub async fn promote(&self, username: &str) -> Result<Change, ServiceError> {
        let tx = self.core.store.write().await?;
        let account = find(&tx, username).await?;
        if account.role == Role::Administrator {
            return Ok(Change::Unchanged);
        }
        if !account.is_open() {
            return Err(ServiceError::Refused(CLOSED));
        }
        self.set_role(tx, &account, Role::Administrator).await
    }

    /// Removes the administrator role, effective from the next request.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] if there is no such username, or [`ServiceError::Refused`] if no
    /// other administrator could sign in.
    pub async fn demote(&self, username: &str) -> Result<Change, ServiceError> {
        let tx = self.core.store.write().await?;
        let account = find(&tx, username).await?;
        if account.role == Role::User {
            return Ok(Change::Unchanged);
        }
        if account.is_open() && !accounts::is_another_administrator(&tx, account.id).await? {
            return Err(ServiceError::Refused(LAST));
        }
        self.set_role(tx, &account, Role::User).await
    }

    /// Creates an administrator's account. The email counts as verified, because the command line's
    /// user vouches for it. The username may be a reserved one.
    ///
    /// # Errors
    /// An error for each field that is invalid or taken.
    pub async fn create(&self, typed: TypedSignUp<'_>) -> Result<(), ServiceError> {
        let rules = SignUpRules { passwords: &self.core.password_policy, emails: None, usernames: None };
        let slot = self.core.hasher.enter(Vec::new())?;
        let SignUpForm { username, email, password } = SignUpForm::parse(typed, rules, &slot).await?;
        let password_hash = self.core.hasher.hash(slot, &password).await?;
        let tx = self.core.store.write().await?;
        let now = tx.now();
        let mut errors = FieldErrors::default();
        if accounts::by_username(&tx, &username).await?.is_some() {
            errors.add("username", USERNAME_TAKEN);
        }
        if email_owner::find(&tx, &email, &self.core.limits, now).await?.is_some() {
            errors.add("email", EMAIL_TAKEN);
        }
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let (id, role) = (self.core.rng.id(now), Role::Administrator);
        accounts::insert(&tx, NewAccount { id, username, email, password_hash, role, created_at: now }).await?;
        self.record(&tx, AuditEvent::to(AuditAction::AccountCreated, id).about(role.as_str())).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Returns all administrators, sorted by username.
    pub async fn administrators(&self) -> Result<Vec<AdminEntry>, StoreError> {
        let db = self.core.store.reader();
        let mut administrators = Vec::new();
        for account in accounts::administrators(db).await? {
            let filter = |action| audit::Filter { action: Some(action), target: Some(account.id), actor: None };
            let promoted = audit::list(db, &filter(AuditAction::MadeAdministrator), Cursor::First, 1).await?;
            let created = audit::list(db, &filter(AuditAction::AccountCreated), Cursor::First, 1).await?;
            let since = promoted.first().or(created.first()).map(|entry| entry.at);
            administrators.push(AdminEntry { account, since });
        }
        Ok(administrators)
    }

    async fn set_role(&self, tx: Transaction, account: &Account, role: Role) -> Result<Change, ServiceError> {
        accounts::set_role(&tx, account.id, role).await?;
        let (action, event, notification) = match role {
            Role::Administrator => {
                (AuditAction::MadeAdministrator, SecurityEvent::MadeAdministrator, ByAdministrator::MadeAdministrator)
            }
            Role::User => (AuditAction::MadeUser, SecurityEvent::MadeUser, ByAdministrator::MadeUser),
        };
        self.core.security_log().record_admin_action(&tx, account.id, event, OPERATORS).await?;
        self.core.notifications().send_admin_action(&tx, account, notification).await?;
        self.record(&tx, AuditEvent::to(action, account.id)).await?;
        tx.commit().await?;
        Ok(Change::Applied)
    }

    async fn record(&self, tx: &Transaction, event: AuditEvent<'_>) -> Result<(), StoreError> {
        self.core.audit.record(tx, Actor::CommandLine, None, event).await
    }
}

async fn find(tx: &Transaction, username: &str) -> Result<Account, ServiceError> {
    // An invalid username gets the same response as an unknown one.
    let username = Username::parse(username).map_err(|_| ServiceError::NotFound)?;
    accounts::by_username(tx, &username).await?.ok_or(ServiceError::NotFound)
}
