//! Columns and indexes for sorting and filtering the list of users.
//!
//! Two columns are generated: the state, so that an index can start with it, and the last sign-in,
//! with a value for "never". SQLite computes them on read, PostgreSQL on write.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
    UsernameKey,
    EmailKey,
    Role,
    CreatedAt,
    DisabledAt,
    LastSignInAt,
    DeleteAfter,
    State,
    LastSignInKey,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let stored = manager.get_database_backend() != DbBackend::Sqlite;
        if stored {
            collate(manager, "C").await?;
        }
        let state = CaseStatement::new()
            .case(Expr::col(Account::DisabledAt).is_not_null(), Expr::cust("'disabled'"))
            .case(Expr::col(Account::DeleteAfter).is_not_null(), Expr::cust("'leaving'"))
            .finally(Expr::cust("'open'"));
        let last_sign_in = Func::coalesce([Expr::col(Account::LastSignInAt), Expr::cust("0")]);
        let mut state_column = ColumnDef::new(Account::State);
        state_column.string().generated(state, stored);
        let mut last_sign_in_column = ColumnDef::new(Account::LastSignInKey);
        last_sign_in_column.big_integer().generated(last_sign_in, stored);
        for mut column in [state_column, last_sign_in_column] {
            manager.alter_table(Table::alter().table(Account::Table).add_column(&mut column).to_owned()).await?;
        }
        for (name, column) in INDEXES {
            let index = Index::create()
                .name(name)
                .table(Account::Table)
                .col(Account::State)
                .col(Account::Role)
                .col(column())
                .col(Account::Id)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager.drop_index(Index::drop().name(name).table(Account::Table).to_owned()).await?;
        }
        for column in [Account::LastSignInKey, Account::State] {
            manager.alter_table(Table::alter().table(Account::Table).drop_column(column).to_owned()).await?;
        }
        if manager.get_database_backend() != DbBackend::Sqlite {
            collate(manager, "default").await?;
        }
        Ok(())
    }
}

/// The name of an index, and the column that it sorts by.
type OrderIndex = (&'static str, fn() -> DynIden);

/// One index per sort order of the list. Each starts with the columns of the filters.
const INDEXES: [OrderIndex; 4] = [
    ("account_list_username", || Account::UsernameKey.into_iden()),
    ("account_list_email", || Account::EmailKey.into_iden()),
    ("account_list_created", || Account::CreatedAt.into_iden()),
    ("account_list_signed_in", || Account::LastSignInKey.into_iden()),
];

/// Makes PostgreSQL compare the keys of usernames and emails byte by byte, like SQLite does. Keys
/// with the same prefix are then adjacent.
async fn collate(manager: &SchemaManager<'_>, collation: &str) -> Result<(), DbErr> {
    for column in ["username_key", "email_key"] {
        let change = format!("ALTER TABLE account ALTER COLUMN {column} TYPE varchar COLLATE \"{collation}\"");
        manager.get_connection().execute_unprepared(&change).await?;
    }
    Ok(())
}
