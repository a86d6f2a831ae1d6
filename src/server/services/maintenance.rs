//! Forgetting what is no longer needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sea_orm::DatabaseTransaction;

use super::audit::Audit;
use crate::domain::Timestamp;
use crate::server::clock::Clock;
use crate::server::limits::{DAY, DEVICE_RECOGNISED, Limits, RECOVERY_LIFETIME, SECURITY_LOG, TALLIES};
use crate::server::store::sessions::Sessions;
use crate::server::store::{
    Store, StoreError, challenges, counters, email_changes, known_devices, mail_links, otps, outbox, quotas,
    recoveries, registrations, removal, security_events, tallies, trusted_browsers,
};

/// Rows deleted in one transaction: the writer is never held long.
const BATCH: u64 = 500;
/// Accounts deleted in one transaction, each with all that belongs to it.
const ACCOUNTS_BATCH: u64 = 20;

/// How often [`Maintenance::purge`] is due.
pub const PURGE_EVERY: Duration = Duration::from_secs(60);

/// Deletes what has outlived its purpose.
#[derive(Clone, Debug)]
pub struct Maintenance {
    pub store: Store,
    pub sessions: Sessions,
    pub audit: Audit,
    pub last_purge: LastPurge,
    pub limits: Limits,
    pub clock: Clock,
}

/// When a purge last came to its end in this process.
#[derive(Clone, Debug, Default)]
pub struct LastPurge(Arc<AtomicI64>);

impl LastPurge {
    /// Nothing before the first.
    #[must_use]
    pub fn get(&self) -> Option<Timestamp> {
        Some(Timestamp(self.0.load(Ordering::Relaxed))).filter(|at| at.0 != 0)
    }

    fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::Relaxed);
    }
}

/// The tables that are purged.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Accounts,
    Registrations,
    Recoveries,
    EmailChanges,
    Otps,
    WrongTries,
    Failures,
    Quotas,
    Challenges,
    Sessions,
    Mail,
    MailLinks,
    SecurityEvents,
    KnownDevices,
    TrustedBrowsers,
    Audit,
    Tallies,
}

const KINDS: [Kind; 17] = [
    Kind::Accounts,
    Kind::Registrations,
    Kind::Recoveries,
    Kind::EmailChanges,
    Kind::Otps,
    Kind::WrongTries,
    Kind::Failures,
    Kind::Quotas,
    Kind::Challenges,
    Kind::Sessions,
    Kind::Mail,
    Kind::MailLinks,
    Kind::SecurityEvents,
    Kind::KnownDevices,
    Kind::TrustedBrowsers,
    Kind::Audit,
    Kind::Tallies,
];

impl Kind {
    fn batch(self) -> u64 {
        match self {
            Self::Accounts => ACCOUNTS_BATCH,
            _ => BATCH,
        }
    }
}

impl Maintenance {
    /// Deletes everything past its time; tells how many rows went. No rule
    /// depends on it: what has expired counts as gone before it is deleted.
    ///
    /// # Errors
    /// Only faults; what was deleted by then stays deleted.
    pub async fn purge(&self) -> Result<u64, StoreError> {
        let mut deleted = 0;
        for kind in KINDS {
            loop {
                let tx = self.store.write().await?;
                let batch = self.purge_batch(&tx, kind).await?;
                tx.commit().await?;
                deleted += batch;
                if batch < kind.batch() {
                    break;
                }
            }
        }
        self.last_purge.set(self.clock.now());
        Ok(deleted)
    }

    async fn purge_batch(&self, tx: &DatabaseTransaction, kind: Kind) -> Result<u64, StoreError> {
        let now = self.clock.now();
        match kind {
            Kind::Accounts => removal::purge(tx, now, ACCOUNTS_BATCH).await,
            Kind::Registrations => registrations::purge(tx, now - self.limits.registration_lifetime, BATCH).await,
            Kind::Recoveries => recoveries::purge(tx, now - RECOVERY_LIFETIME, BATCH).await,
            Kind::EmailChanges => email_changes::purge(tx, now - DAY, now - self.limits.email_undo, BATCH).await,
            Kind::Otps => otps::purge(tx, now - self.limits.otp_log, BATCH).await,
            Kind::WrongTries => otps::purge_tries(tx, now - DAY, BATCH).await,
            Kind::Failures => counters::purge(tx, now - DAY, BATCH).await,
            Kind::Quotas => quotas::purge(tx, now, BATCH).await,
            Kind::Challenges => challenges::purge(tx, now, BATCH).await,
            Kind::Sessions => self.sessions.purge(tx, BATCH).await,
            Kind::Mail => outbox::purge(tx, now - self.limits.otp_log, BATCH).await,
            Kind::MailLinks => mail_links::purge(tx, now - DAY, BATCH).await,
            Kind::SecurityEvents => security_events::purge(tx, now - SECURITY_LOG, BATCH).await,
            Kind::KnownDevices => known_devices::purge(tx, now - DEVICE_RECOGNISED, BATCH).await,
            Kind::TrustedBrowsers => trusted_browsers::purge(tx, now, BATCH).await,
            Kind::Tallies => tallies::purge(tx, now - TALLIES, BATCH).await,
            Kind::Audit => self.audit.purge(tx, now - self.limits.audit_log, BATCH).await,
        }
    }
}
