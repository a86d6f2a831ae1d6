//! Columns and indexes for the administrators' lists of codes and mail: attempts per code, why no
//! message was sent, and failed messages that can be retried. Each filter of a list has an index
//! sorted by id, like the list itself; ids begin with a timestamp.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, integer, string_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum Otp {
    Table,
    Id,
    Purpose,
    RequesterIp,
    ExpiresAt,
    ConsumedAt,
    VoidedAt,
    Attempts,
    ExhaustedAt,
    Withheld,
}

#[derive(DeriveIden)]
enum Outbox {
    Table,
    Id,
    Kind,
    State,
    OtpId,
    KeepUntil,
    RetriedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in
            [integer(Otp::Attempts).default(0).take(), big_integer_null(Otp::ExhaustedAt), string_null(Otp::Withheld)]
        {
            manager.alter_table(Table::alter().table(Otp::Table).add_column(column).to_owned()).await?;
        }
        for column in [big_integer_null(Outbox::KeepUntil), big_integer_null(Outbox::RetriedAt)] {
            manager.alter_table(Table::alter().table(Outbox::Table).add_column(column).to_owned()).await?;
        }
        for index in otp_indexes().into_iter().chain(outbox_indexes()) {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in otp_indexes().into_iter().chain(outbox_indexes()) {
            let name = index.get_index_spec().get_name().unwrap_or_default().to_owned();
            manager.drop_index(Index::drop().name(name).to_owned()).await?;
        }
        for column in [Outbox::RetriedAt, Outbox::KeepUntil] {
            manager.alter_table(Table::alter().table(Outbox::Table).drop_column(column).to_owned()).await?;
        }
        for column in [Otp::Withheld, Otp::ExhaustedAt, Otp::Attempts] {
            manager.alter_table(Table::alter().table(Otp::Table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

/// The status of a code follows from three columns, of which at most one applies. Each partial
/// index contains the rows of a single status.
fn otp_indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &str| Index::create().name(name).table(Otp::Table).to_owned();
    let [consumed, voided, exhausted, expires] =
        [Otp::ConsumedAt, Otp::VoidedAt, Otp::ExhaustedAt, Otp::ExpiresAt].map(|column| move || Expr::col(column));
    vec![
        index("otp_purpose").col(Otp::Purpose).col(Otp::Id).to_owned(),
        index("otp_requester_ip").col(Otp::RequesterIp).col(Otp::Id).to_owned(),
        index("otp_left")
            .col(Otp::Id)
            .and_where(consumed().is_null())
            .and_where(exhausted().is_null())
            .and_where(voided().is_null().or(voided().gte(expires())))
            .to_owned(),
        index("otp_used").col(Otp::Id).and_where(consumed().is_not_null()).to_owned(),
        index("otp_voided").col(Otp::Id).and_where(exhausted().is_null()).and_where(voided().lt(expires())).to_owned(),
        index("otp_exhausted").col(Otp::Id).and_where(exhausted().is_not_null()).to_owned(),
        index("otp_withheld").col(Otp::Id).and_where(Expr::col(Otp::Withheld).is_not_null()).to_owned(),
    ]
}

fn outbox_indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &str| Index::create().name(name).table(Outbox::Table).to_owned();
    vec![
        index("outbox_state").col(Outbox::State).col(Outbox::Id).to_owned(),
        index("outbox_kind").col(Outbox::Kind).col(Outbox::Id).to_owned(),
        index("outbox_kind_state").col(Outbox::Kind).col(Outbox::State).col(Outbox::Id).to_owned(),
        index("outbox_state_otp").col(Outbox::State).col(Outbox::OtpId).to_owned(),
        index("outbox_keep_until")
            .col(Outbox::KeepUntil)
            .and_where(Expr::col(Outbox::KeepUntil).is_not_null())
            .to_owned(),
    ]
}
