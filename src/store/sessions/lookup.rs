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
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "session::Entity")]
struct Row {
    data: String,
    remember: bool,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    #[sea_orm(nested)]
    owner: Option<Owner>,
}

impl Row {
    /// Reads what [`Reader::find_inline`](crate::store::Reader) finds. Must read the same as the derived code does.
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let owner = match row.get::<_, Option<[u8; 16]>>("owner_id")? {
            None => None,
            Some(id) => Some(Owner {
                id: Uuid::from_bytes(id),
                username: row.get("owner_username")?,
                email: row.get("owner_email")?,
                role: Role::parse(row.get_ref("owner_role")?.as_str()?).unwrap_or(Role::User),
                created_at: Timestamp(row.get("owner_created_at")?),
                verified_at: Timestamp(row.get("owner_verified_at")?),
                open: row.get("owner_open")?,
                session_version: row.get("owner_session_version")?,
                has_factor: row.get("owner_has_factor")?,
            }),
        };
        Ok(Self {
            data: row.get("data")?,
            remember: row.get("remember")?,
            created_at: Timestamp(row.get("created_at")?),
            last_seen_at: Timestamp(row.get("last_seen_at")?),
            owner,
        })
    }
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
        let row = match reader.find_inline(&self.lookup, &digest, Row::read) {
            Some(row) => row,
            None => {
                let values = [digest.clone().into()];
                let query = Statement::from_sql_and_values(reader.get_database_backend(), &*self.lookup, values);
                Row::find_by_statement(query).one(reader).await?
            }
        };
        let Some(row) = row else { return Ok(None) };
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
    use sea_orm::{ConnectionTrait as _, EntityTrait as _, QuerySelect as _, Set};
    use uuid::Uuid;

    use super::{Row, has_factor, query, with_account};
    use crate::crypto::PasswordHash;
    use crate::domain::{Email, Role, Timestamp, Username};
    use crate::store::accounts::{self, NewAccount};
    use crate::store::entity::{account, session};
    use crate::store::query_plan::{Plan, empty_store};

    #[tokio::test]
    async fn sqlite_reads_the_same_inline_as_from_the_pool() {
        let (store, _folder) = empty_store().await;
        let id = Uuid::from_u128(7);
        let tx = store.write().await.expect("a transaction");
        let account = NewAccount {
            id,
            username: Username::parse("ann").expect("a username"),
            email: Email::parse("Ann@example.org").expect("an email"),
            password_hash: PasswordHash::from_stored("phc".to_owned()),
            role: Role::User,
            created_at: Timestamp(1),
        };
        accounts::insert(&tx, account).await.expect("an account");
        for (digest, account_id) in [(1, Some(id)), (2, None)] {
            let row = session::ActiveModel {
                digest: Set(vec![digest; 32]),
                account_id: Set(account_id),
                remember: Set(account_id.is_some()),
                data: Set(r#"{"key": "value"}"#.to_owned()),
                created_at: Set(Timestamp(2)),
                last_seen_at: Set(Timestamp(3)),
                handle: Set(None),
            };
            session::Entity::insert(row).exec_without_returning(&tx).await.expect("a session");
        }
        tx.commit().await.expect("committed");
        let changes = [
            "",
            "UPDATE account SET role = 'administrator', verified_at = 4, session_epoch = 5",
            "UPDATE account SET role = 'of a later version', disabled_at = 6",
            "UPDATE account SET disabled_at = NULL, delete_after = 7",
            "UPDATE account SET delete_after = NULL",
            "INSERT INTO totp (account_id, secret, created_at, added_by) SELECT id, x'00', 8, '' FROM account",
        ];
        let mut seen = Vec::new();
        for change in changes {
            let tx = store.write().await.expect("a transaction");
            tx.execute_unprepared(change).await.expect("a change");
            tx.commit().await.expect("committed");
            for digest in [1, 2] {
                let pooled = with_account(vec![digest; 32]).into_partial_model::<Row>().one(store.reader()).await;
                let pooled = format!("{:?}", pooled.expect("a query").expect("a row"));
                let inline = store.reader().find_inline(&query(sea_orm::DbBackend::Sqlite), &[digest; 32], Row::read);
                assert_eq!(format!("{:?}", inline.expect("read inline").expect("a row")), pooled);
                seen.push(pooled);
            }
        }
        seen.sort();
        seen.dedup();
        // The session without an account is always the same, and closing the account shows once.
        assert_eq!(seen.len(), 6, "{seen:#?}");
        let none = store.reader().find_inline(&query(sea_orm::DbBackend::Sqlite), &[3; 32], Row::read);
        assert!(none.is_some_and(|row| row.is_none()));
    }

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
