//! Whose an address is.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::domain::{Email, Timestamp, Username};
use crate::server::limits::Limits;
use crate::server::store::{StoreError, accounts, email_changes};

/// Who has an address, or may still have it back.
#[derive(Clone, Debug)]
pub struct Holder {
    pub account_id: Uuid,
    pub username: Username,
    /// As it was stored, and not as somebody else typed it now.
    pub email: Email,
}

/// The account whose address this is, or was until a change that can still be
/// undone. To everybody else both are taken, and cannot be told apart.
///
/// # Errors
/// Only faults.
pub async fn of(
    db: &impl ConnectionTrait,
    email: &Email,
    limits: &Limits,
    now: Timestamp,
) -> Result<Option<Holder>, StoreError> {
    if let Some(account) = accounts::by_email(db, email).await? {
        return Ok(Some(Holder { account_id: account.id, username: account.username, email: account.email }));
    }
    let Some(change) = email_changes::reserving(db, email, now - limits.email_undo).await? else { return Ok(None) };
    let account = accounts::by_id(db, change.account_id).await?;
    Ok(account.map(|account| Holder { account_id: account.id, username: account.username, email: change.old_email }))
}
