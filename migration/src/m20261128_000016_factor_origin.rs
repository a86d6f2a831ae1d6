//! Where factors come from: the sessions that led to each passkey, authenticator app, recovery code and trusted
//! browser, the session that changed an email, and since when an account has two-step sign-in. The origin of existing
//! rows is unknown. Also a table for TOTP secrets that were replaced, so that a replacement can be undone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, text, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables of factors.
const FACTORS: [&str; 5] = ["passkey", "totp", "totp_waiting", "recovery_code", "trusted_browser"];

#[derive(DeriveIden)]
struct AddedBy;

#[derive(DeriveIden)]
enum Account {
    Table,
    TwoStepSince,
}

#[derive(DeriveIden)]
enum TotpReplaced {
    Table,
    AccountId,
    Secret,
    CreatedAt,
    ConfirmedAt,
    LastStep,
    AddedBy,
    ReplacedAt,
}

#[derive(DeriveIden)]
enum EmailChange {
    Table,
    ChangedBy,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in FACTORS {
            let column = text(AddedBy).default("").take();
            manager.alter_table(Table::alter().table(Alias::new(table)).add_column(column).to_owned()).await?;
        }
        let replaced = Table::create()
            .table(TotpReplaced::Table)
            .col(uuid(TotpReplaced::AccountId).primary_key())
            .col(binary(TotpReplaced::Secret))
            .col(big_integer(TotpReplaced::CreatedAt))
            .col(big_integer_null(TotpReplaced::ConfirmedAt))
            .col(big_integer_null(TotpReplaced::LastStep))
            .col(text(TotpReplaced::AddedBy))
            .col(big_integer(TotpReplaced::ReplacedAt))
            .to_owned();
        manager.create_table(replaced).await?;
        let by_age = Index::create()
            .name("totp_replaced_replaced_at")
            .table(TotpReplaced::Table)
            .col(TotpReplaced::ReplacedAt)
            .to_owned();
        manager.create_index(by_age).await?;
        let since = big_integer_null(Account::TwoStepSince);
        manager.alter_table(Table::alter().table(Account::Table).add_column(since).to_owned()).await?;
        let changed_by = uuid_null(EmailChange::ChangedBy);
        manager.alter_table(Table::alter().table(EmailChange::Table).add_column(changed_by).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = |table: DynIden, column: DynIden| Table::alter().table(table).drop_column(column).to_owned();
        manager.drop_table(Table::drop().table(TotpReplaced::Table).to_owned()).await?;
        manager.alter_table(drop(EmailChange::Table.into_iden(), EmailChange::ChangedBy.into_iden())).await?;
        manager.alter_table(drop(Account::Table.into_iden(), Account::TwoStepSince.into_iden())).await?;
        for table in FACTORS {
            manager.alter_table(drop(Alias::new(table).into_iden(), AddedBy.into_iden())).await?;
        }
        Ok(())
    }
}
