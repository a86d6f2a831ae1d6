//! Second factors, trusted browsers, known devices, and the security log of each account.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, string, string_null, text, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Totp {
    Table,
    AccountId,
    Secret,
    CreatedAt,
    ConfirmedAt,
    LastStep,
}

#[derive(DeriveIden)]
enum RecoveryCode {
    Table,
    Id,
    AccountId,
    Digest,
    CreatedAt,
    UsedAt,
}

#[derive(DeriveIden)]
enum Passkey {
    Table,
    Id,
    AccountId,
    CredentialId,
    Data,
    Name,
    CreatedAt,
    LastUsedAt,
}

#[derive(DeriveIden)]
enum TrustedBrowser {
    Table,
    Id,
    AccountId,
    Digest,
    UserAgent,
    Ip,
    CreatedAt,
    LastUsedAt,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum KnownDevice {
    Table,
    Id,
    AccountId,
    Digest,
    FirstSeenAt,
    LastSeenAt,
}

#[derive(DeriveIden)]
enum SecurityEvent {
    Table,
    Id,
    AccountId,
    Kind,
    Detail,
    At,
    Ip,
    UserAgent,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in factor_tables().into_iter().chain(history_tables()) {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            SecurityEvent::Table.into_table_ref(),
            KnownDevice::Table.into_table_ref(),
            TrustedBrowser::Table.into_table_ref(),
            Passkey::Table.into_table_ref(),
            RecoveryCode::Table.into_table_ref(),
            Totp::Table.into_table_ref(),
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// The tables of second factors and of the browsers that may skip them.
fn factor_tables() -> [TableCreateStatement; 4] {
    let totp = Table::create()
        .table(Totp::Table)
        .col(uuid(Totp::AccountId).primary_key())
        .col(binary(Totp::Secret))
        .col(big_integer(Totp::CreatedAt))
        .col(big_integer_null(Totp::ConfirmedAt))
        .col(big_integer_null(Totp::LastStep))
        .to_owned();
    let recovery_code = Table::create()
        .table(RecoveryCode::Table)
        .col(uuid(RecoveryCode::Id).primary_key())
        .col(uuid(RecoveryCode::AccountId))
        .col(binary(RecoveryCode::Digest).unique_key())
        .col(big_integer(RecoveryCode::CreatedAt))
        .col(big_integer_null(RecoveryCode::UsedAt))
        .to_owned();
    let passkey = Table::create()
        .table(Passkey::Table)
        .col(uuid(Passkey::Id).primary_key())
        .col(uuid(Passkey::AccountId))
        .col(binary(Passkey::CredentialId).unique_key())
        .col(text(Passkey::Data))
        .col(string(Passkey::Name))
        .col(big_integer(Passkey::CreatedAt))
        .col(big_integer_null(Passkey::LastUsedAt))
        .to_owned();
    let trusted_browser = Table::create()
        .table(TrustedBrowser::Table)
        .col(uuid(TrustedBrowser::Id).primary_key())
        .col(uuid(TrustedBrowser::AccountId))
        .col(binary(TrustedBrowser::Digest).unique_key())
        .col(string(TrustedBrowser::UserAgent))
        .col(string(TrustedBrowser::Ip))
        .col(big_integer(TrustedBrowser::CreatedAt))
        .col(big_integer_null(TrustedBrowser::LastUsedAt))
        .col(big_integer(TrustedBrowser::ExpiresAt))
        .to_owned();
    [totp, recovery_code, passkey, trusted_browser]
}

/// The tables that record sign-ins and changes.
fn history_tables() -> [TableCreateStatement; 2] {
    let known_device = Table::create()
        .table(KnownDevice::Table)
        .col(uuid(KnownDevice::Id).primary_key())
        .col(uuid(KnownDevice::AccountId))
        .col(binary(KnownDevice::Digest))
        .col(big_integer(KnownDevice::FirstSeenAt))
        .col(big_integer(KnownDevice::LastSeenAt))
        .to_owned();
    let security_event = Table::create()
        .table(SecurityEvent::Table)
        .col(uuid(SecurityEvent::Id).primary_key())
        .col(uuid_null(SecurityEvent::AccountId))
        .col(string(SecurityEvent::Kind))
        .col(string_null(SecurityEvent::Detail))
        .col(big_integer(SecurityEvent::At))
        .col(string(SecurityEvent::Ip))
        .col(string(SecurityEvent::UserAgent))
        .to_owned();
    [known_device, security_event]
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &str| Index::create().name(name).to_owned();
    vec![
        index("recovery_code_account_id").table(RecoveryCode::Table).col(RecoveryCode::AccountId).to_owned(),
        index("passkey_account_id").table(Passkey::Table).col(Passkey::AccountId).to_owned(),
        index("trusted_browser_account_id").table(TrustedBrowser::Table).col(TrustedBrowser::AccountId).to_owned(),
        index("trusted_browser_expires_at").table(TrustedBrowser::Table).col(TrustedBrowser::ExpiresAt).to_owned(),
        index("known_device_digest")
            .table(KnownDevice::Table)
            .col(KnownDevice::AccountId)
            .col(KnownDevice::Digest)
            .unique()
            .to_owned(),
        index("known_device_last_seen_at").table(KnownDevice::Table).col(KnownDevice::LastSeenAt).to_owned(),
        index("security_event_account_id")
            .table(SecurityEvent::Table)
            .col(SecurityEvent::AccountId)
            .col(SecurityEvent::Id)
            .to_owned(),
        index("security_event_at").table(SecurityEvent::Table).col(SecurityEvent::At).to_owned(),
    ]
}
