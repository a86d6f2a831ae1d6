//! Sessions, stored under the hash of their cookie.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, boolean, text, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Session {
    Table,
    Digest,
    AccountId,
    Remember,
    Data,
    CreatedAt,
    LastSeenAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let session = Table::create()
            .table(Session::Table)
            .col(binary(Session::Digest).primary_key())
            .col(uuid_null(Session::AccountId))
            .col(boolean(Session::Remember))
            .col(text(Session::Data))
            .col(big_integer(Session::CreatedAt))
            .col(big_integer(Session::LastSeenAt))
            .to_owned();
        manager.create_table(session).await?;
        let index = |name: &str| Index::create().name(name).table(Session::Table).to_owned();
        manager.create_index(index("session_account_id").col(Session::AccountId).to_owned()).await?;
        manager.create_index(index("session_last_seen_at").col(Session::LastSeenAt).to_owned()).await?;
        manager.create_index(index("session_created_at").col(Session::CreatedAt).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Session::Table).to_owned()).await
    }
}
