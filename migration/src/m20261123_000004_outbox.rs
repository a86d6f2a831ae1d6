//! The outbox for mail, written in the transaction of the change that causes it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary_null, integer, string, string_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Outbox {
    Table,
    Id,
    Kind,
    RecipientMasked,
    Payload,
    State,
    Attempts,
    CreatedAt,
    NextAttemptAt,
    ExpiresAt,
    SentAt,
    LastError,
    OtpId,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let outbox = Table::create()
            .table(Outbox::Table)
            .col(uuid(Outbox::Id).primary_key())
            .col(string(Outbox::Kind))
            .col(string(Outbox::RecipientMasked))
            .col(binary_null(Outbox::Payload))
            .col(string(Outbox::State))
            .col(integer(Outbox::Attempts))
            .col(big_integer(Outbox::CreatedAt))
            .col(big_integer(Outbox::NextAttemptAt))
            .col(big_integer_null(Outbox::ExpiresAt))
            .col(big_integer_null(Outbox::SentAt))
            .col(string_null(Outbox::LastError))
            .col(uuid_null(Outbox::OtpId))
            .to_owned();
        manager.create_table(outbox).await?;
        let index = |name: &str| Index::create().name(name).table(Outbox::Table).to_owned();
        manager.create_index(index("outbox_due").col(Outbox::State).col(Outbox::NextAttemptAt).to_owned()).await?;
        manager.create_index(index("outbox_created_at").col(Outbox::CreatedAt).to_owned()).await?;
        manager.create_index(index("outbox_otp_id").col(Outbox::OtpId).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Outbox::Table).to_owned()).await
    }
}
