//! One table for everything that is limited: passwords, second factors, emailed codes, and requests
//! per IP address. It replaces the tables `failure_counter`, `quota` and `wrong_try`, whose counts
//! covered at most a day and start over.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, binary_null, boolean, integer, string, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Attempt {
    Table,
    Id,
    Kind,
    Subject,
    AccountId,
    Network,
    KnownDevice,
    At,
    Outcome,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum FailureCounter {
    Table,
    Key,
    Failures,
    LastAt,
    BlockedUntil,
}

#[derive(DeriveIden)]
enum Quota {
    Table,
    Key,
    FullAt,
}

/// Whether a code is a long one, and whether a known device of the account requested it.
#[derive(DeriveIden)]
enum Otp {
    Table,
    IsLong,
    KnownDevice,
}

#[derive(DeriveIden)]
enum WrongTry {
    Table,
    Id,
    Purpose,
    EmailKey,
    At,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Attempt::Table)
            .col(uuid(Attempt::Id).primary_key())
            .col(string(Attempt::Kind))
            .col(binary_null(Attempt::Subject))
            .col(uuid_null(Attempt::AccountId))
            .col(binary(Attempt::Network))
            .col(boolean(Attempt::KnownDevice))
            .col(big_integer(Attempt::At))
            .col(string(Attempt::Outcome))
            .col(big_integer(Attempt::ExpiresAt))
            .to_owned();
        manager.create_table(table).await?;
        let index = |name: &str| Index::create().name(name).table(Attempt::Table).to_owned();
        for index in [
            index("attempt_subject").col(Attempt::Kind).col(Attempt::Subject).col(Attempt::At).to_owned(),
            index("attempt_account_id").col(Attempt::AccountId).col(Attempt::Kind).col(Attempt::At).to_owned(),
            index("attempt_network")
                .col(Attempt::Kind)
                .col(Attempt::Network)
                .col(Attempt::At)
                .col(Attempt::Outcome)
                .to_owned(),
            index("attempt_expires_at").col(Attempt::ExpiresAt).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        for column in [Otp::IsLong, Otp::KnownDevice] {
            let column = boolean(column).default(false).take();
            manager.alter_table(Table::alter().table(Otp::Table).add_column(column).to_owned()).await?;
        }
        manager.drop_table(Table::drop().table(FailureCounter::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Quota::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(WrongTry::Table).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let failure_counter = Table::create()
            .table(FailureCounter::Table)
            .col(binary(FailureCounter::Key).primary_key())
            .col(integer(FailureCounter::Failures))
            .col(big_integer(FailureCounter::LastAt))
            .col(big_integer(FailureCounter::BlockedUntil))
            .to_owned();
        let quota = Table::create()
            .table(Quota::Table)
            .col(binary(Quota::Key).primary_key())
            .col(big_integer(Quota::FullAt))
            .to_owned();
        let wrong_try = Table::create()
            .table(WrongTry::Table)
            .col(uuid(WrongTry::Id).primary_key())
            .col(string(WrongTry::Purpose))
            .col(string(WrongTry::EmailKey))
            .col(big_integer(WrongTry::At))
            .to_owned();
        for table in [failure_counter, quota, wrong_try] {
            manager.create_table(table).await?;
        }
        let index = |name: &str| Index::create().name(name).to_owned();
        for index in [
            index("failure_counter_last_at").table(FailureCounter::Table).col(FailureCounter::LastAt).to_owned(),
            index("quota_full_at").table(Quota::Table).col(Quota::FullAt).to_owned(),
            index("wrong_try_email_key").table(WrongTry::Table).col(WrongTry::EmailKey).col(WrongTry::At).to_owned(),
            index("wrong_try_at").table(WrongTry::Table).col(WrongTry::At).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        for column in [Otp::IsLong, Otp::KnownDevice] {
            manager.alter_table(Table::alter().table(Otp::Table).drop_column(column).to_owned()).await?;
        }
        manager.drop_table(Table::drop().table(Attempt::Table).to_owned()).await
    }
}
