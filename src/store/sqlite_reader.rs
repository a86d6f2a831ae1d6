//! SQLite connections for single queries.
//!
//! sqlx's pool tests a connection after every use. For SQLite, that is a second round trip to the thread of the
//! connection, which takes longer than most queries. Here, a connection whose query succeeded is reused without a test,
//! and any other is closed.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, Sqlite, SqliteConnection};
use sea_orm::{ConnAcquireErr, DbErr, QueryResult, RuntimeErr, Statement, Values};
use sea_query_sqlx::SqlxValues;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::connections::MAX_WAIT;

/// Connections to one SQLite database that only read.
pub(super) struct SqliteReader {
    options: SqliteConnectOptions,
    /// The connections that may be in use at the same time.
    permits: Semaphore,
    /// The one that was used last is used next, because its thread and cache are warm.
    idle: Mutex<Vec<SqliteConnection>>,
}

impl fmt::Debug for SqliteReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteReader").field("permits", &self.permits).finish_non_exhaustive()
    }
}

impl SqliteReader {
    pub(super) fn new(options: SqliteConnectOptions, size: usize) -> Self {
        Self { options, permits: Semaphore::new(size), idle: Mutex::default() }
    }

    pub(super) async fn query_one(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let run = async |connection: &mut SqliteConnection| query(&statement).fetch_optional(connection).await;
        Ok(self.with_connection(run).await?.map(Into::into))
    }

    pub(super) async fn query_all(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let run = async |connection: &mut SqliteConnection| query(&statement).fetch_all(connection).await;
        Ok(self.with_connection(run).await?.into_iter().map(Into::into).collect())
    }

    /// Closes the idle connections. No query may follow.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in idle {
            connection.close().await.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        }
        Ok(())
    }

    async fn with_connection<T>(
        &self,
        run: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T, DbErr> {
        let _permit = match timeout(MAX_WAIT, self.permits.acquire()).await {
            Ok(Ok(permit)) => permit,
            Ok(Err(_)) => return Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)),
            Err(_) => return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        };
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?,
        };
        // Dropping the connection closes it, also if the request was canceled.
        let answer = run(&mut connection).await.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(answer)
    }
}

fn query(statement: &Statement) -> sqlx::query::Query<'_, Sqlite, SqlxValues> {
    let values = statement.values.clone().unwrap_or(Values(Vec::new()));
    sqlx::query_with(sqlx::AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

#[cfg(test)]
mod tests {
    use std::sync::PoisonError;

    use futures_util::FutureExt as _;
    use sea_orm::sqlx::sqlite::SqliteConnectOptions;
    use sea_orm::{DbBackend, Statement};

    use super::SqliteReader;

    fn statement(sql: &str) -> Statement {
        Statement::from_string(DbBackend::Sqlite, sql)
    }

    fn idle(reader: &SqliteReader) -> usize {
        reader.idle.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    #[tokio::test]
    async fn only_a_connection_whose_query_succeeded_is_used_again() {
        let reader = SqliteReader::new(SqliteConnectOptions::new().in_memory(true), 1);
        for _ in 0..2 {
            reader.query_one(statement("SELECT 1")).await.expect("a query").expect("a row");
            assert_eq!(idle(&reader), 1);
        }
        reader.query_all(statement("SELECT * FROM missing")).await.expect_err("no such table");
        assert_eq!(idle(&reader), 0, "its query failed");
        assert!(reader.query_one(statement("SELECT 1 WHERE 0")).await.expect("a query").is_none());
        assert_eq!(idle(&reader), 1, "no row is not a failure");
        let slow =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT COUNT(*) FROM n";
        assert!(reader.query_one(statement(slow)).now_or_never().is_none());
        assert_eq!(idle(&reader), 0, "its query was canceled");
        reader.query_one(statement("SELECT 1")).await.expect("the permit of the canceled query is free");
    }
}
