//! The deletion of an account and of all data about it.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use super::entity::{account, otp, outbox};
use super::{StoreError, audit, invitations, security_events};
use crate::domain::Timestamp;

/// Tables with an `account_id` whose rows are deleted with the account.
pub const OF_AN_ACCOUNT: [&str; 12] = [
    "attempt",
    "session",
    "email_verification",
    "email_change",
    "mail_link",
    "totp",
    "totp_replaced",
    "totp_waiting",
    "recovery_code",
    "passkey",
    "trusted_browser",
    "known_device",
];

/// The table whose rows are kept but anonymized.
pub const ANONYMIZED: &str = "security_event";

/// Deletes up to `most` accounts whose grace period has ended, and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, now: Timestamp, most: u64) -> Result<u64, StoreError> {
    let due: Vec<(Uuid, String)> = account::Entity::find()
        .select_only()
        .columns([account::Column::Id, account::Column::EmailKey])
        .filter(account::Column::DeleteAfter.lte(now.0))
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    let mut removed = 0;
    for (id, email_key) in due {
        remove(db, id, &email_key).await?;
        removed += 1;
    }
    Ok(removed)
}

/// Deletes an account immediately.
pub async fn remove(db: &impl ConnectionTrait, id: Uuid, email_key: &str) -> Result<(), StoreError> {
    for table in OF_AN_ACCOUNT {
        let rows = Query::delete()
            .from_table(Alias::new(table))
            .and_where(Expr::col(Alias::new("account_id")).eq(id))
            .to_owned();
        db.execute(&rows).await?;
    }
    security_events::anonymize(db, id).await?;
    audit::erase_personal_data(db, id).await?;
    invitations::remove_inviter(db, id).await?;
    delete_by_email(db, email_key).await?;
    account::Entity::delete_by_id(id).exec(db).await?;
    tracing::info!(event = "account.deleted", account = %id);
    Ok(())
}

/// Deletes everything stored under an email: codes, their messages and invitations.
async fn delete_by_email(db: &impl ConnectionTrait, email_key: &str) -> Result<(), StoreError> {
    let codes = Query::select()
        .column(otp::Column::Id)
        .from(otp::Entity)
        .and_where(otp::Column::EmailKey.eq(email_key))
        .to_owned();
    outbox::Entity::delete_many().filter(outbox::Column::OtpId.in_subquery(codes)).exec(db).await?;
    otp::Entity::delete_many().filter(otp::Column::EmailKey.eq(email_key)).exec(db).await?;
    invitations::delete_by_email(db, email_key).await
}
