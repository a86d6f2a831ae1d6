//! Rate limits that survive a restart, and spent challenges.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Quota {
    Table,
    Key,
    FullAt,
}

#[derive(DeriveIden)]
enum SpentChallenge {
    Table,
    Id,
    ExpiresAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let quota = Table::create()
            .table(Quota::Table)
            .col(binary(Quota::Key).primary_key())
            .col(big_integer(Quota::FullAt))
            .to_owned();
        manager.create_table(quota).await?;
        let spent = Table::create()
            .table(SpentChallenge::Table)
            .col(binary(SpentChallenge::Id).primary_key())
            .col(big_integer(SpentChallenge::ExpiresAt))
            .to_owned();
        manager.create_table(spent).await?;
        let index = |name: &str| Index::create().name(name).to_owned();
        manager.create_index(index("quota_full_at").table(Quota::Table).col(Quota::FullAt).to_owned()).await?;
        let expiry =
            index("spent_challenge_expires_at").table(SpentChallenge::Table).col(SpentChallenge::ExpiresAt).to_owned();
        manager.create_index(expiry).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(SpentChallenge::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Quota::Table).to_owned()).await
    }
}
