//! The user list for administrators.

mod codes;
mod index_query;
mod key;
mod list;

use std::collections::HashSet;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

pub use codes::{IssuedCode, Outcome, newest_codes};
pub use key::{Key, Sorted};
pub use list::{Filter, Order, User, list};

use super::StoreError;
use super::entity::{passkey, totp};

/// Returns which of these accounts use two-step sign-in.
pub async fn with_two_steps(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashSet<Uuid>, StoreError> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let apps: Vec<Uuid> = totp::Entity::find()
        .select_only()
        .column(totp::Column::AccountId)
        .filter(totp::Column::AccountId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let passkeys: Vec<Uuid> = passkey::Entity::find()
        .select_only()
        .column(passkey::Column::AccountId)
        .filter(passkey::Column::AccountId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(apps.into_iter().chain(passkeys).collect())
}
