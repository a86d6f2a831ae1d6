//! Invitations to register, each for one email.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary_uniq, string, string_null, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Invitation {
    Table,
    Id,
    Digest,
    Email,
    EmailKey,
    InvitedBy,
    CreatedAt,
    ExpiresAt,
    EndedAt,
    Ending,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let invitation = Table::create()
            .table(Invitation::Table)
            .col(uuid(Invitation::Id).primary_key())
            .col(binary_uniq(Invitation::Digest))
            .col(string(Invitation::Email))
            .col(string(Invitation::EmailKey))
            .col(uuid_null(Invitation::InvitedBy))
            .col(big_integer(Invitation::CreatedAt))
            .col(big_integer(Invitation::ExpiresAt))
            // From this time on the invitation is invalid: its expiry, unless it ends earlier.
            .col(big_integer(Invitation::EndedAt))
            .col(string_null(Invitation::Ending))
            .to_owned();
        manager.create_table(invitation).await?;
        let index = |name: &str| Index::create().name(name).table(Invitation::Table).to_owned();
        for index in [
            index("invitation_email_key").col(Invitation::EmailKey).col(Invitation::Id).to_owned(),
            index("invitation_invited_by").col(Invitation::InvitedBy).to_owned(),
            index("invitation_ended_at").col(Invitation::EndedAt).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Invitation::Table).to_owned()).await
    }
}
