//! Why the last attempt at an email failed, and in place of which code an email is sent, so that the page which waits for
//! the code can say how its email fares, and administrators see what needs their attention.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text_null, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

const INDEX: &str = "outbox_in_place_of";

#[derive(DeriveIden)]
enum Outbox {
    Table,
    Fault,
    InPlaceOf,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        for column in [text_null(Outbox::Fault), uuid_null(Outbox::InPlaceOf)] {
            manager.alter_table(Table::alter().table(Outbox::Table).add_column(column).to_owned()).await?;
        }
        let index = Index::create()
            .name(INDEX)
            .table(Outbox::Table)
            .col(Outbox::InPlaceOf)
            .and_where(Expr::col(Outbox::InPlaceOf).is_not_null())
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(INDEX).table(Outbox::Table).to_owned()).await?;
        for column in [Outbox::Fault, Outbox::InPlaceOf] {
            manager.alter_table(Table::alter().table(Outbox::Table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
