//! Information about the database itself.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::{Store, StoreError};

/// Database information for administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseInfo {
    /// The product name and version.
    pub product: String,
    /// The size in bytes, without the write-ahead log.
    pub size: u64,
    /// The names of the applied migrations, in order.
    pub migrations: Vec<String>,
}

impl Store {
    /// Returns information about the database.
    pub async fn database_info(&self) -> Result<DatabaseInfo, StoreError> {
        let (name, version, size) = match self.reader().get_database_backend() {
            DbBackend::Sqlite => (
                "SQLite",
                "SELECT sqlite_version()",
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            ),
            _ => (
                "PostgreSQL",
                "SELECT current_setting('server_version')",
                "SELECT pg_database_size(current_database())",
            ),
        };
        let version: String = self.value(version).await?;
        let size: i64 = self.value(size).await?;
        // This table belongs to sea-orm-migration.
        let applied = self.statement("SELECT version FROM seaql_migrations ORDER BY version");
        let rows = self.reader().query_all_raw(applied).await?;
        let migrations = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
        Ok(DatabaseInfo {
            product: format!("{name} {version}"),
            size: u64::try_from(size).unwrap_or_default(),
            migrations,
        })
    }

    fn statement(&self, query: &str) -> Statement {
        Statement::from_string(self.reader().get_database_backend(), query)
    }

    async fn value<T: sea_orm::TryGetable>(&self, query: &str) -> Result<T, StoreError> {
        let row = self.reader().query_one_raw(self.statement(query)).await?;
        let row = row.ok_or(StoreError::Corrupt("the database's version or size"))?;
        Ok(row.try_get_by_index(0)?)
    }
}
