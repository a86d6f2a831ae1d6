//! A separate table for TOTP secrets that are waiting for their first code, so that an app can be
//! set up while another one is active, and then replace it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum TotpWaiting {
    Table,
    AccountId,
    Secret,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(TotpWaiting::Table)
            .col(uuid(TotpWaiting::AccountId).primary_key())
            .col(binary(TotpWaiting::Secret))
            .col(big_integer(TotpWaiting::CreatedAt))
            .to_owned();
        manager.create_table(table).await?;
        let db = manager.get_connection();
        db.execute_unprepared(
            "INSERT INTO totp_waiting (account_id, secret, created_at)
             SELECT account_id, secret, created_at FROM totp WHERE confirmed_at IS NULL",
        )
        .await?;
        db.execute_unprepared("DELETE FROM totp WHERE confirmed_at IS NULL").await?;
        Ok(())
    }

    /// Drops waiting secrets of accounts that also have a confirmed one.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(
            "INSERT INTO totp (account_id, secret, created_at)
             SELECT account_id, secret, created_at FROM totp_waiting
             WHERE account_id NOT IN (SELECT account_id FROM totp)",
        )
        .await?;
        manager.drop_table(Table::drop().table(TotpWaiting::Table).to_owned()).await
    }
}
