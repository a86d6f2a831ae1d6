//! Accounts, and the counters of failed sign-ins.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, integer, string, string_null, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Account {
    Table,
    Id,
    Username,
    UsernameKey,
    Email,
    EmailKey,
    PasswordHash,
    Role,
    CreatedAt,
    VerifiedAt,
    DisabledAt,
    PasswordChangedAt,
    LastSignInAt,
    LastSignInIp,
    ExistsNoticeAt,
}

#[derive(DeriveIden)]
enum FailureCounter {
    Table,
    Key,
    Failures,
    LastAt,
    BlockedUntil,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let account = Table::create()
            .table(Account::Table)
            .col(uuid(Account::Id).primary_key())
            .col(string(Account::Username))
            .col(string(Account::UsernameKey).unique_key())
            .col(string(Account::Email))
            .col(string(Account::EmailKey).unique_key())
            .col(string(Account::PasswordHash))
            .col(string(Account::Role))
            .col(big_integer(Account::CreatedAt))
            .col(big_integer(Account::VerifiedAt))
            .col(big_integer_null(Account::DisabledAt))
            .col(big_integer(Account::PasswordChangedAt))
            .col(big_integer_null(Account::LastSignInAt))
            .col(string_null(Account::LastSignInIp))
            .col(big_integer_null(Account::ExistsNoticeAt))
            .to_owned();
        manager.create_table(account).await?;
        let counter = Table::create()
            .table(FailureCounter::Table)
            .col(binary(FailureCounter::Key).primary_key())
            .col(integer(FailureCounter::Failures))
            .col(big_integer(FailureCounter::LastAt))
            .col(big_integer(FailureCounter::BlockedUntil))
            .to_owned();
        manager.create_table(counter).await?;
        let by_age = Index::create()
            .name("failure_counter_last_at")
            .table(FailureCounter::Table)
            .col(FailureCounter::LastAt)
            .to_owned();
        manager.create_index(by_age).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(FailureCounter::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Account::Table).to_owned()).await
    }
}
