//! The owner of an email.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::domain::{Email, Timestamp, Username};
use crate::limits::Limits;
use crate::store::accounts::Account;
use crate::store::{StoreError, accounts, email_changes};

/// The account that has an email, or that had it and can still get it back.
#[derive(Clone, Debug)]
pub struct EmailOwner {
    pub account_id: Uuid,
    pub username: Username,
    /// The email as stored, which may differ from the one typed in this request.
    pub email: Email,
}

/// Returns the account that has this email, or that had it until a change that can still be undone.
/// Other users see the email as taken in both cases and cannot tell the two apart.
pub async fn find(
    db: &impl ConnectionTrait,
    email: &Email,
    limits: &Limits,
    now: Timestamp,
) -> Result<Option<EmailOwner>, StoreError> {
    // The same queries for every email, so that the response takes equally long.
    let current = accounts::by_email(db, email).await?;
    let change = email_changes::reserving(db, email, now - limits.email_undo).await?;
    let previous = accounts::by_id(db, change.as_ref().map(|change| change.account_id).unwrap_or_default()).await?;
    let owner = |account: Account, email| EmailOwner { account_id: account.id, username: account.username, email };
    Ok(match (current, previous, change) {
        (Some(account), _, _) => {
            let email = account.email.clone();
            Some(owner(account, email))
        }
        (None, Some(account), Some(change)) => Some(owner(account, change.old_email)),
        _ => None,
    })
}
