//! One table for registrations, recoveries and changes of email, which all need a mailed code.
//! `email_change` keeps only confirmed changes, which can be undone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean, integer, string, string_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum EmailVerification {
    Table,
    Id,
    Purpose,
    FlowDigest,
    AccountId,
    Email,
    EmailKey,
    AddressTaken,
    Tries,
    EmailChanges,
    Username,
    PasswordHash,
    CreatedAt,
    ProvenAt,
    FinishedAt,
}

#[derive(DeriveIden)]
enum EmailChange {
    Table,
    EmailKey,
    AddressTaken,
    Tries,
    CreatedAt,
    ConfirmedAt,
}

#[derive(DeriveIden)]
enum Registration {
    Table,
    Id,
    FlowDigest,
    Username,
    Email,
    EmailKey,
    PasswordHash,
    AddressTaken,
    Tries,
    EmailChanges,
    CreatedAt,
    ProvenAt,
    FinishedAt,
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

/// Moves all registrations and recoveries, and the pending changes of email. A recovery had only the
/// key of its email, which is a valid email as well.
const MOVE_UP: [&str; 4] = [
    "INSERT INTO email_verification (id, purpose, flow_digest, email, email_key, address_taken, tries, email_changes,
        username, password_hash, created_at, proven_at, finished_at)
     SELECT id, 'registration', flow_digest, email, email_key, address_taken, tries, email_changes,
        username, NULLIF(password_hash, ''), created_at, proven_at, finished_at FROM registration",
    "INSERT INTO email_verification (id, purpose, flow_digest, account_id, email, email_key, address_taken, tries,
        email_changes, created_at, finished_at)
     SELECT id, 'recovery', flow_digest, account_id, email_key, email_key, FALSE, tries, 0, created_at, finished_at
        FROM recovery",
    "INSERT INTO email_verification (id, purpose, account_id, email, email_key, address_taken, tries, email_changes,
        created_at)
     SELECT id, 'email_change', account_id, email, email_key, address_taken, tries, 0, created_at
        FROM email_change WHERE confirmed_at IS NULL",
    "DELETE FROM email_change WHERE confirmed_at IS NULL",
];

/// Moves the rows back. A change of email gets the account's current email as its old one.
const MOVE_DOWN: [&str; 4] = [
    "UPDATE email_change SET email_key = LOWER(email)",
    "INSERT INTO registration (id, flow_digest, username, email, email_key, password_hash, address_taken, tries,
        email_changes, created_at, proven_at, finished_at)
     SELECT id, flow_digest, username, email, email_key, COALESCE(password_hash, ''), address_taken, tries,
        email_changes, created_at, proven_at, finished_at FROM email_verification WHERE purpose = 'registration'",
    "INSERT INTO recovery (id, flow_digest, email_key, account_id, tries, created_at, finished_at)
     SELECT id, flow_digest, email_key, account_id, tries, created_at, finished_at
        FROM email_verification WHERE purpose = 'recovery'",
    "INSERT INTO email_change (id, account_id, email, email_key, address_taken, old_email, old_email_key, tries,
        created_at)
     SELECT it.id, it.account_id, it.email, it.email_key, it.address_taken, account.email, account.email_key, it.tries,
        it.created_at
        FROM email_verification it JOIN account ON account.id = it.account_id
        WHERE it.purpose = 'email_change' AND it.finished_at IS NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(EmailVerification::Table)
            .col(uuid(EmailVerification::Id).primary_key())
            .col(string(EmailVerification::Purpose))
            .col(binary_null(EmailVerification::FlowDigest).unique_key())
            .col(uuid_null(EmailVerification::AccountId))
            .col(string(EmailVerification::Email))
            .col(string(EmailVerification::EmailKey))
            .col(boolean(EmailVerification::AddressTaken))
            .col(integer(EmailVerification::Tries))
            .col(integer(EmailVerification::EmailChanges))
            .col(string_null(EmailVerification::Username))
            .col(string_null(EmailVerification::PasswordHash))
            .col(big_integer(EmailVerification::CreatedAt))
            .col(big_integer_null(EmailVerification::ProvenAt))
            .col(big_integer_null(EmailVerification::FinishedAt))
            .to_owned();
        manager.create_table(table).await?;
        run(manager, MOVE_UP).await?;
        manager.drop_table(Table::drop().table(Registration::Table).to_owned()).await?;
        manager.drop_table(Table::drop().table(Recovery::Table).to_owned()).await?;
        manager.drop_index(Index::drop().name("email_change_created_at").table(EmailChange::Table).to_owned()).await?;
        for column in [EmailChange::EmailKey, EmailChange::AddressTaken, EmailChange::Tries] {
            manager.alter_table(Table::alter().table(EmailChange::Table).drop_column(column).to_owned()).await?;
        }
        let index = |name: &str| Index::create().name(name).to_owned();
        for index in [
            // A covering index for the number of pending registrations.
            index("email_verification_purpose")
                .table(EmailVerification::Table)
                .col(EmailVerification::Purpose)
                .col(EmailVerification::CreatedAt)
                .col(EmailVerification::FinishedAt)
                .to_owned(),
            index("email_verification_account_id")
                .table(EmailVerification::Table)
                .col(EmailVerification::AccountId)
                .to_owned(),
            index("email_change_confirmed_at").table(EmailChange::Table).col(EmailChange::ConfirmedAt).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name("email_change_confirmed_at").table(EmailChange::Table).to_owned())
            .await?;
        for column in [
            string(EmailChange::EmailKey).default("").take(),
            boolean(EmailChange::AddressTaken).default(false).take(),
            integer(EmailChange::Tries).default(0).take(),
        ] {
            manager.alter_table(Table::alter().table(EmailChange::Table).add_column(column).to_owned()).await?;
        }
        for table in older_tables() {
            manager.create_table(table).await?;
        }
        let index = |name: &str| Index::create().name(name).to_owned();
        for index in [
            index("registration_created_at").table(Registration::Table).col(Registration::CreatedAt).to_owned(),
            index("registration_waiting")
                .table(Registration::Table)
                .col(Registration::FinishedAt)
                .col(Registration::CreatedAt)
                .to_owned(),
            index("recovery_created_at").table(Recovery::Table).col(Recovery::CreatedAt).to_owned(),
            index("recovery_account_id").table(Recovery::Table).col(Recovery::AccountId).to_owned(),
            index("email_change_created_at").table(EmailChange::Table).col(EmailChange::CreatedAt).to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        run(manager, MOVE_DOWN).await?;
        manager.drop_table(Table::drop().table(EmailVerification::Table).to_owned()).await
    }
}

async fn run(manager: &SchemaManager<'_>, statements: [&str; 4]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

fn older_tables() -> [TableCreateStatement; 2] {
    let registration = Table::create()
        .table(Registration::Table)
        .col(uuid(Registration::Id).primary_key())
        .col(binary(Registration::FlowDigest).unique_key())
        .col(string(Registration::Username))
        .col(string(Registration::Email))
        .col(string(Registration::EmailKey))
        .col(string(Registration::PasswordHash))
        .col(boolean(Registration::AddressTaken))
        .col(integer(Registration::Tries))
        .col(integer(Registration::EmailChanges))
        .col(big_integer(Registration::CreatedAt))
        .col(big_integer_null(Registration::ProvenAt))
        .col(big_integer_null(Registration::FinishedAt))
        .to_owned();
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
    [registration, recovery]
}
