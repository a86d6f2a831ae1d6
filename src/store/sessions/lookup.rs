//! The session and the account of a request.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, DerivePartialModel, EntityTrait as _, FromQueryResult as _,
    Select, Statement,
};
use serde::de::DeserializeOwned;
use tower_sessions::session::Id;
use uuid::Uuid;

use super::{SECOND_STEP, SIGNED_IN, SecondStep, Sessions, SignedIn, digest};
use crate::domain::{Role, Timestamp};
use crate::store::StoreError;
use crate::store::entity::{account, passkey, session, totp};

/// The data of an active session, and its account.
#[derive(Clone, Debug)]
pub struct SessionLookup {
    data: HashMap<String, serde_json::Value>,
    pub owner: Option<Owner>,
}

/// The part of a session's account that every page needs.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "account::Entity")]
pub struct Owner {
    pub id: Uuid,
    pub username: String,
    pub email: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub verified_at: Timestamp,
    /// Whether the account can be signed in to.
    #[sea_orm(from_expr = "account::Column::DisabledAt.is_null().and(account::Column::DeleteAfter.is_null())")]
    pub open: bool,
    /// Incrementing it invalidates all earlier sessions.
    #[sea_orm(from_col = "session_epoch")]
    pub session_version: i32,
    /// Whether the account has an authenticator app or a passkey.
    #[sea_orm(from_expr = "has_factor()")]
    pub has_factor: bool,
}

/// A session and its account, read in one query.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "session::Entity")]
struct Row {
    data: String,
    remember: bool,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    #[sea_orm(nested)]
    owner: Option<Owner>,
}

impl SessionLookup {
    /// Returns the signed-in user.
    pub fn signed_in(&self) -> Option<SignedIn> {
        self.get(SIGNED_IN)
    }

    /// Returns the sign-in that is waiting for its second step.
    pub fn second_step(&self) -> Option<SecondStep> {
        self.get(SECOND_STEP)
    }

    /// Returns whether the session has a value for this key.
    pub fn holds(&self, key: &str) -> bool {
        self.data.contains_key(key)
    }

    /// Values of another version that this one cannot parse count as missing.
    fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        T::deserialize(self.data.get(key)?).ok()
    }
}

impl Sessions {
    /// Returns the session with this id, unless it has ended or timed out. Records that the session
    /// is in use, except for background requests of a page (`in_background`).
    pub async fn open(&self, id: &Id, in_background: bool) -> Result<Option<SessionLookup>, StoreError> {
        let digest = digest(id);
        let reader = self.store.reader();
        let values = [digest.clone().into()];
        let query = Statement::from_sql_and_values(reader.get_database_backend(), &*self.lookup, values);
        let Some(row) = Row::find_by_statement(query).one(reader).await? else { return Ok(None) };
        let now = self.clock.now();
        if self.is_over(row.remember, row.created_at, row.last_seen_at, now) {
            return Ok(None);
        }
        let data = serde_json::from_str(&row.data).map_err(|_| StoreError::Corrupt("session.data"))?;
        if !in_background {
            self.touch(digest, row.last_seen_at, now).await;
        }
        Ok(Some(SessionLookup { data, owner: row.owner }))
    }
}

/// Returns the text of the query for a session and its account. Its only parameter is the digest of the session's id.
pub(super) fn query(backend: DbBackend) -> String {
    with_account(Vec::new()).into_partial_model::<Row>().into_statement(backend).sql
}

fn with_account(digest: Vec<u8>) -> Select<session::Entity> {
    session::Entity::find_by_id(digest).left_join(account::Entity)
}

/// Selects whether the account of the row has a factor. Contains no value, so that the digest stays the only parameter.
fn has_factor() -> Expr {
    let account_id = (account::Entity, account::Column::Id);
    let app = Query::select()
        .column(totp::Column::AccountId)
        .from(totp::Entity)
        .and_where(Expr::col((totp::Entity, totp::Column::AccountId)).equals(account_id))
        .to_owned();
    let passkey = Query::select()
        .column(passkey::Column::AccountId)
        .from(passkey::Entity)
        .and_where(Expr::col((passkey::Entity, passkey::Column::AccountId)).equals(account_id))
        .to_owned();
    Expr::exists(app).or(Expr::exists(passkey))
}

#[cfg(test)]
mod tests {
    use sea_orm::QuerySelect as _;

    use super::{has_factor, query, with_account};
    use crate::store::entity::account;
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn a_session_and_its_account_are_two_index_searches_of_one_query() {
        let (store, _folder) = empty_store().await;
        // Without a column of the account, SQLite would leave out the join.
        let query = with_account(vec![7; 32]).column_as(account::Column::Role, "role");
        let plan = Plan::of(&store, &query).await;
        assert!(plan.is_searches_by(&["sqlite_autoindex_session_1", "sqlite_autoindex_account_1"]), "{plan:?}");
        // The factors are two more.
        let query = with_account(vec![7; 32]).column_as(has_factor(), "has_factor");
        let plan = Plan::of_whole(&store, &query).await;
        let indexes = ["sqlite_autoindex_session_1", "sqlite_autoindex_account_1"];
        let of_factors = ["sqlite_autoindex_totp_1", "passkey_account_id"];
        assert!(plan.is_searches_by(&indexes) && plan.is_searches_by(&of_factors), "{plan:?}");
    }

    #[test]
    fn the_digest_is_the_only_parameter_of_the_query() {
        assert_eq!(query(sea_orm::DbBackend::Sqlite).matches('?').count(), 1);
    }
}
