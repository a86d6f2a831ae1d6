//! All TOTP secrets of an account that were replaced a short time ago, not only one of them. If two sessions of someone
//! else replaced the app one after the other, undoing both restores the owner's.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, text, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The new table, until it has the name of the old one.
const NEW: &str = "totp_replaced_new";
const INDEX: &str = "totp_replaced_replaced_at";
const COPIED: &str = "secret, created_at, confirmed_at, last_step, added_by, replaced_at";

#[derive(DeriveIden)]
enum TotpReplaced {
    Table,
    Id,
    AccountId,
    Secret,
    CreatedAt,
    ConfirmedAt,
    LastStep,
    AddedBy,
    ReplacedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = columns();
        table.col(uuid(TotpReplaced::Id).primary_key()).col(uuid(TotpReplaced::AccountId));
        manager.create_table(table).await?;
        // There was one for each account.
        replace(manager, &format!("INSERT INTO {NEW} (id, account_id, {COPIED}) SELECT account_id, account_id, {COPIED} FROM totp_replaced")).await?;
        let by_account = Index::create()
            .name("totp_replaced_account_id")
            .table(TotpReplaced::Table)
            .col(TotpReplaced::AccountId)
            .to_owned();
        manager.create_index(by_account).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = columns();
        table.col(uuid(TotpReplaced::AccountId).primary_key());
        manager.create_table(table).await?;
        // The first one that was replaced is kept.
        let first = format!(
            "INSERT INTO {NEW} (account_id, {COPIED}) SELECT account_id, {COPIED} FROM totp_replaced AS kept WHERE NOT \
             EXISTS (SELECT 1 FROM totp_replaced AS it WHERE it.account_id = kept.account_id AND it.id < kept.id)"
        );
        replace(manager, &first).await
    }
}

fn columns() -> TableCreateStatement {
    Table::create()
        .table(Alias::new(NEW))
        .col(binary(TotpReplaced::Secret))
        .col(big_integer(TotpReplaced::CreatedAt))
        .col(big_integer_null(TotpReplaced::ConfirmedAt))
        .col(big_integer_null(TotpReplaced::LastStep))
        .col(text(TotpReplaced::AddedBy))
        .col(big_integer(TotpReplaced::ReplacedAt))
        .to_owned()
}

/// Copies the rows and gives the new table the name of the old one, whose indexes are dropped with it.
async fn replace(manager: &SchemaManager<'_>, copy: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(copy).await?;
    manager.drop_table(Table::drop().table(TotpReplaced::Table).to_owned()).await?;
    manager.rename_table(Table::rename().table(Alias::new(NEW), TotpReplaced::Table).to_owned()).await?;
    let by_age = Index::create().name(INDEX).table(TotpReplaced::Table).col(TotpReplaced::ReplacedAt).to_owned();
    manager.create_index(by_age).await
}
