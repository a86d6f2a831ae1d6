//! The database schema: one file per change, applied in this order. Every change uses only what
//! both SQLite and PostgreSQL support.

#![expect(
    elided_lifetimes_in_paths,
    reason = "the trait declares its methods this way, and async-trait requires the same"
)]

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m20261123_000001_accounts;
mod m20261123_000002_registrations;
mod m20261123_000003_sessions;
mod m20261123_000004_outbox;
mod m20261123_000005_limits;
mod m20261123_000006_account_security;
mod m20261123_000007_factors_and_traces;
mod m20261123_000008_audit;
mod m20261123_000009_user_list;
mod m20261123_000010_invitations;
mod m20261123_000011_traces;
mod m20261123_000012_overview;
mod m20261123_000013_waiting_apps;
mod m20261123_000014_email_verification;
mod m20261128_000015_attempts;
mod m20261128_000016_factor_origin;
mod m20261129_000017_replaced_apps;
mod m20261129_000018_mail_faults;

/// Migrates a database to the schema of this version.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_accounts::Migration),
            Box::new(m20261123_000002_registrations::Migration),
            Box::new(m20261123_000003_sessions::Migration),
            Box::new(m20261123_000004_outbox::Migration),
            Box::new(m20261123_000005_limits::Migration),
            Box::new(m20261123_000006_account_security::Migration),
            Box::new(m20261123_000007_factors_and_traces::Migration),
            Box::new(m20261123_000008_audit::Migration),
            Box::new(m20261123_000009_user_list::Migration),
            Box::new(m20261123_000010_invitations::Migration),
            Box::new(m20261123_000011_traces::Migration),
            Box::new(m20261123_000012_overview::Migration),
            Box::new(m20261123_000013_waiting_apps::Migration),
            Box::new(m20261123_000014_email_verification::Migration),
            Box::new(m20261128_000015_attempts::Migration),
            Box::new(m20261128_000016_factor_origin::Migration),
            Box::new(m20261129_000017_replaced_apps::Migration),
            Box::new(m20261129_000018_mail_faults::Migration),
        ]
    }
}
