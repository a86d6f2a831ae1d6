//! Pending registrations, codes, and wrong attempts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, boolean, integer, string, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Registration {
    Table,
    Id,
    FlowDigest,
    Username,
    Email,
    EmailKey,
    PasswordHash,
    AddressTaken,
    Tries,
    EmailChanges,
    CreatedAt,
    ProvenAt,
    FinishedAt,
}

#[derive(DeriveIden)]
enum Otp {
    Table,
    Id,
    Purpose,
    FlowId,
    EmailKey,
    Digest,
    RequesterIp,
    IssuedAt,
    ExpiresAt,
    ConsumedAt,
    VoidedAt,
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
        let registration = Table::create()
            .table(Registration::Table)
            .col(uuid(Registration::Id).primary_key())
            .col(binary(Registration::FlowDigest).unique_key())
            .col(string(Registration::Username))
            .col(string(Registration::Email))
            .col(string(Registration::EmailKey))
            .col(string(Registration::PasswordHash))
            .col(boolean(Registration::AddressTaken))
            .col(integer(Registration::Tries))
            .col(integer(Registration::EmailChanges))
            .col(big_integer(Registration::CreatedAt))
            .col(big_integer_null(Registration::ProvenAt))
            .col(big_integer_null(Registration::FinishedAt))
            .to_owned();
        manager.create_table(registration).await?;
        let otp = Table::create()
            .table(Otp::Table)
            .col(uuid(Otp::Id).primary_key())
            .col(string(Otp::Purpose))
            .col(uuid(Otp::FlowId))
            .col(string(Otp::EmailKey))
            .col(binary(Otp::Digest))
            .col(string(Otp::RequesterIp))
            .col(big_integer(Otp::IssuedAt))
            .col(big_integer(Otp::ExpiresAt))
            .col(big_integer_null(Otp::ConsumedAt))
            .col(big_integer_null(Otp::VoidedAt))
            .to_owned();
        manager.create_table(otp).await?;
        let wrong_try = Table::create()
            .table(WrongTry::Table)
            .col(uuid(WrongTry::Id).primary_key())
            .col(string(WrongTry::Purpose))
            .col(string(WrongTry::EmailKey))
            .col(big_integer(WrongTry::At))
            .to_owned();
        manager.create_table(wrong_try).await?;

        let index = |name: &str| Index::create().name(name).to_owned();
        let indexes = [
            index("registration_created_at").table(Registration::Table).col(Registration::CreatedAt).to_owned(),
            index("otp_flow_id").table(Otp::Table).col(Otp::FlowId).col(Otp::IssuedAt).to_owned(),
            index("otp_email_key").table(Otp::Table).col(Otp::EmailKey).col(Otp::IssuedAt).to_owned(),
            index("otp_issued_at").table(Otp::Table).col(Otp::IssuedAt).to_owned(),
            index("wrong_try_email_key").table(WrongTry::Table).col(WrongTry::EmailKey).col(WrongTry::At).to_owned(),
            index("wrong_try_at").table(WrongTry::Table).col(WrongTry::At).to_owned(),
        ];
        for statement in indexes {
            manager.create_index(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WrongTry::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Otp::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Registration::Table).to_owned()).await
    }
}
