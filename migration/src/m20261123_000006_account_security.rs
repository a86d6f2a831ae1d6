//! Self-service for accounts: recovery, email changes, links in emails, and the columns with which
//! sessions are ended.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, boolean, integer, string, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Account {
    Table,
    /// Incremented to end all sessions of the account.
    SessionEpoch,
    DeleteAfter,
}

#[derive(DeriveIden)]
enum Session {
    Table,
    /// The public id with which its owner can end it. The digest is never shown.
    Handle,
    AccountId,
    CreatedAt,
}

#[derive(DeriveIden)]
enum Recovery {
    Table,
    Id,
    FlowDigest,
    EmailKey,
    AccountId,
    Tries,
    CreatedAt,
    FinishedAt,
}

#[derive(DeriveIden)]
enum EmailChange {
    Table,
    Id,
    AccountId,
    Email,
    EmailKey,
    AddressTaken,
    OldEmail,
    OldEmailKey,
    Tries,
    CreatedAt,
    ConfirmedAt,
    UndoneAt,
}

#[derive(DeriveIden)]
enum MailLink {
    Table,
    Id,
    Digest,
    Purpose,
    AccountId,
    SubjectId,
    CreatedAt,
    ExpiresAt,
    UsedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in [
            Table::alter().table(Account::Table).add_column(integer(Account::SessionEpoch).default(0)).to_owned(),
            Table::alter().table(Account::Table).add_column(big_integer_null(Account::DeleteAfter)).to_owned(),
            Table::alter().table(Session::Table).add_column(uuid_null(Session::Handle)).to_owned(),
        ] {
            manager.alter_table(change).await?;
        }
        for table in flow_tables() {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        // Replaced by the index on account and start time.
        manager.drop_index(Index::drop().name("session_account_id").table(Session::Table).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in
            [MailLink::Table.into_table_ref(), EmailChange::Table.into_table_ref(), Recovery::Table.into_table_ref()]
        {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        let by_account =
            Index::create().name("session_account_id").table(Session::Table).col(Session::AccountId).to_owned();
        manager.create_index(by_account).await?;
        manager.drop_index(Index::drop().name("session_account_started").table(Session::Table).to_owned()).await?;
        manager.drop_index(Index::drop().name("session_handle").table(Session::Table).to_owned()).await?;
        manager.drop_index(Index::drop().name("account_delete_after").table(Account::Table).to_owned()).await?;
        for change in [
            Table::alter().table(Session::Table).drop_column(Session::Handle).to_owned(),
            Table::alter().table(Account::Table).drop_column(Account::DeleteAfter).to_owned(),
            Table::alter().table(Account::Table).drop_column(Account::SessionEpoch).to_owned(),
        ] {
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}

/// The tables of changes that are waiting for a code or a link.
fn flow_tables() -> [TableCreateStatement; 3] {
    let recovery = Table::create()
        .table(Recovery::Table)
        .col(uuid(Recovery::Id).primary_key())
        .col(binary(Recovery::FlowDigest).unique_key())
        .col(string(Recovery::EmailKey))
        .col(uuid_null(Recovery::AccountId))
        .col(integer(Recovery::Tries))
        .col(big_integer(Recovery::CreatedAt))
        .col(big_integer_null(Recovery::FinishedAt))
        .to_owned();
    let email_change = Table::create()
        .table(EmailChange::Table)
        .col(uuid(EmailChange::Id).primary_key())
        .col(uuid(EmailChange::AccountId))
        .col(string(EmailChange::Email))
        .col(string(EmailChange::EmailKey))
        .col(boolean(EmailChange::AddressTaken))
        .col(string(EmailChange::OldEmail))
        .col(string(EmailChange::OldEmailKey))
        .col(integer(EmailChange::Tries))
        .col(big_integer(EmailChange::CreatedAt))
        .col(big_integer_null(EmailChange::ConfirmedAt))
        .col(big_integer_null(EmailChange::UndoneAt))
        .to_owned();
    let mail_link = Table::create()
        .table(MailLink::Table)
        .col(uuid(MailLink::Id).primary_key())
        .col(binary(MailLink::Digest).unique_key())
        .col(string(MailLink::Purpose))
        .col(uuid(MailLink::AccountId))
        .col(uuid_null(MailLink::SubjectId))
        .col(big_integer(MailLink::CreatedAt))
        .col(big_integer(MailLink::ExpiresAt))
        .col(big_integer_null(MailLink::UsedAt))
        .to_owned();
    [recovery, email_change, mail_link]
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &str| Index::create().name(name).to_owned();
    vec![
        index("session_handle").table(Session::Table).col(Session::Handle).unique().to_owned(),
        index("session_account_started")
            .table(Session::Table)
            .col(Session::AccountId)
            .col(Session::CreatedAt)
            .to_owned(),
        index("account_delete_after").table(Account::Table).col(Account::DeleteAfter).to_owned(),
        index("recovery_created_at").table(Recovery::Table).col(Recovery::CreatedAt).to_owned(),
        index("recovery_account_id").table(Recovery::Table).col(Recovery::AccountId).to_owned(),
        index("email_change_account_id").table(EmailChange::Table).col(EmailChange::AccountId).to_owned(),
        index("email_change_old_email_key").table(EmailChange::Table).col(EmailChange::OldEmailKey).to_owned(),
        index("email_change_created_at").table(EmailChange::Table).col(EmailChange::CreatedAt).to_owned(),
        index("mail_link_account_id").table(MailLink::Table).col(MailLink::AccountId).to_owned(),
        index("mail_link_expires_at").table(MailLink::Table).col(MailLink::ExpiresAt).to_owned(),
    ]
}
