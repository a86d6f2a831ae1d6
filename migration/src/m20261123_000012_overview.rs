//! Counters and indexes with which the administrators' overview avoids full scans.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Hourly counters. They are kept longer than the rows that they count, and a few hundred rows
/// suffice however many events there were.
#[derive(DeriveIden)]
enum Tally {
    Table,
    Kind,
    Hour,
    Times,
}

#[derive(DeriveIden)]
enum Account {
    Table,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Registration {
    Table,
    FinishedAt,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Outbox {
    Table,
    State,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tally = Table::create()
            .table(Tally::Table)
            .col(string(Tally::Kind))
            .col(big_integer(Tally::Hour))
            .col(big_integer(Tally::Times))
            .primary_key(Index::create().col(Tally::Kind).col(Tally::Hour))
            .to_owned();
        manager.create_table(tally).await?;
        let index = |name: &str| Index::create().name(name).to_owned();
        for index in [
            index("tally_hour").table(Tally::Table).col(Tally::Hour).to_owned(),
            index("account_born").table(Account::Table).col(Account::CreatedAt).to_owned(),
            index("registration_waiting")
                .table(Registration::Table)
                .col(Registration::FinishedAt)
                .col(Registration::CreatedAt)
                .to_owned(),
            index("outbox_state_age").table(Outbox::Table).col(Outbox::State).col(Outbox::CreatedAt).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("outbox_state_age").table(Outbox::Table).to_owned()).await?;
        manager.drop_index(Index::drop().name("registration_waiting").table(Registration::Table).to_owned()).await?;
        manager.drop_index(Index::drop().name("account_born").table(Account::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Tally::Table).to_owned()).await
    }
}
