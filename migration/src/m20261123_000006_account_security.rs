//! What an account's own pages need: recovery, a change of address, second
//! factors, devices, links in mails, and the person's own security log.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, boolean, integer, string, string_null, text, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Account {
    Table,
    /// Raised whenever every session of the account has to end.
    SessionEpoch,
    DeleteAfter,
}

#[derive(DeriveIden)]
enum Session {
    Table,
    /// The name by which its owner may end it: its digest is never shown.
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
        for change in [
            Table::alter().table(Account::Table).add_column(integer(Account::SessionEpoch).default(0)).to_owned(),
            Table::alter().table(Account::Table).add_column(big_integer_null(Account::DeleteAfter)).to_owned(),
            Table::alter().table(Session::Table).add_column(uuid_null(Session::Handle)).to_owned(),
        ] {
            manager.alter_table(change).await?;
        }
        for table in proofs().into_iter().chain(factors()).chain(traces()) {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        // The one by account and beginning serves in its place.
        manager.drop_index(Index::drop().name("session_account_id").table(Session::Table).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            SecurityEvent::Table.into_table_ref(),
            KnownDevice::Table.into_table_ref(),
            TrustedBrowser::Table.into_table_ref(),
            Passkey::Table.into_table_ref(),
            RecoveryCode::Table.into_table_ref(),
            Totp::Table.into_table_ref(),
            MailLink::Table.into_table_ref(),
            EmailChange::Table.into_table_ref(),
            Recovery::Table.into_table_ref(),
        ] {
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

/// What waits for a code or a link.
fn proofs() -> [TableCreateStatement; 3] {
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

/// Second factors, and the browsers that are excused from them.
fn factors() -> [TableCreateStatement; 4] {
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

/// What is remembered of sign-ins and changes.
fn traces() -> [TableCreateStatement; 2] {
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
