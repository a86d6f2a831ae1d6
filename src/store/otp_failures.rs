//! Wrong codes per email, across all flows and purposes.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set,
};
use uuid::Uuid;

use super::entity::wrong_try;
use super::{StoreError, batch};
use crate::crypto::OtpPurpose;
use crate::domain::Timestamp;

/// Returns when wrong codes were entered for an email, after `since`, oldest first.
pub async fn since(db: &impl ConnectionTrait, email_key: &str, since: Timestamp) -> Result<Vec<Timestamp>, StoreError> {
    let moments = wrong_try::Entity::find()
        .select_only()
        .column(wrong_try::Column::At)
        .filter(wrong_try::Column::EmailKey.eq(email_key))
        .filter(wrong_try::Column::At.gt(since.0))
        .order_by_asc(wrong_try::Column::At);
    Ok(moments.into_tuple().all(db).await?)
}

/// Records an attempt as wrong, before it is compared.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: Uuid,
    purpose: OtpPurpose,
    email_key: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let row = wrong_try::ActiveModel {
        id: Set(id),
        purpose: Set(purpose.as_str().to_owned()),
        email_key: Set(email_key.to_owned()),
        at: Set(at),
    };
    row.insert(db).await?;
    Ok(())
}

/// Deletes an attempt that turned out to be right.
pub async fn forget(db: &impl ConnectionTrait, id: Uuid) -> Result<(), StoreError> {
    wrong_try::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Deletes up to `most` attempts made before `before` and returns the number deleted.
pub async fn purge(db: &impl ConnectionTrait, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    batch::delete::<wrong_try::Entity>(db, wrong_try::Column::At.lt(before.0), most).await
}
