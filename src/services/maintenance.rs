//! Deleting data that is no longer needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::core::Core;
use crate::domain::Timestamp;
use crate::limits::{DAY, DEVICE_RECOGNIZED, FACTOR_UNDO, INVITATIONS_KEPT, SECURITY_LOG, TALLIES};
use crate::store::{
    StoreError, Transaction, account_deletion, attempts, email_changes, hourly_counters, invitations, known_devices,
    mail_links, otps, outbox, security_events, spent_challenges, totp, trusted_browsers,
};

/// Rows deleted per transaction. Each row is on a different page in most indexes of its table, and
/// the commit has to write all of these pages. With a larger batch, requests waiting for the writer
/// would be noticeably slower.
const BATCH: u64 = 25;
/// Number of transactions after which the purge checkpoints the write-ahead log, outside the
/// writer. Otherwise SQLite would checkpoint during the commit that brings the log to 1,000 pages,
/// which could be a user's.
const CHECKPOINT_EVERY: u32 = 16;
/// Accounts deleted per transaction, each with all its data.
const ACCOUNTS_BATCH: u64 = 20;

/// How often [`Maintenance::purge`] is due.
pub const PURGE_EVERY: Duration = Duration::from_secs(60);

/// Deletes expired data.
#[derive(Clone, Copy, Debug)]
pub struct Maintenance<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn maintenance(&self) -> Maintenance<'_> {
        Maintenance { core: self }
    }
}

/// When a purge last completed in this process.
#[derive(Clone, Debug, Default)]
pub struct LastPurge(Arc<AtomicI64>);

impl LastPurge {
    /// Returns the time, or `None` before the first purge.
    pub fn get(&self) -> Option<Timestamp> {
        Some(Timestamp(self.0.load(Ordering::Relaxed))).filter(|at| at.0 != 0)
    }

    fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::Relaxed);
    }
}

/// The kinds of data that are purged.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Accounts,
    EmailVerifications,
    Invitations,
    EmailChanges,
    Otps,
    Attempts,
    SpentChallenges,
    Sessions,
    FailedMailContents,
    Mail,
    MailLinks,
    SecurityEvents,
    KnownDevices,
    TrustedBrowsers,
    ReplacedApps,
    Audit,
    HourlyCounters,
}

const KINDS: [Kind; 17] = [
    Kind::Accounts,
    Kind::EmailVerifications,
    Kind::Invitations,
    Kind::EmailChanges,
    Kind::Otps,
    Kind::Attempts,
    Kind::SpentChallenges,
    Kind::Sessions,
    Kind::FailedMailContents,
    Kind::Mail,
    Kind::MailLinks,
    Kind::SecurityEvents,
    Kind::KnownDevices,
    Kind::TrustedBrowsers,
    Kind::ReplacedApps,
    Kind::HourlyCounters,
    // Last, because it fails if the seal on the log is missing or cannot be decrypted.
    Kind::Audit,
];

impl Kind {
    fn batch(self) -> u64 {
        match self {
            Self::Accounts => ACCOUNTS_BATCH,
            _ => BATCH,
        }
    }
}

impl Maintenance<'_> {
    /// Deletes all expired data and returns the number of deleted rows. No other rule depends on
    /// it, because expired data is ignored even before it is deleted.
    ///
    /// # Errors
    /// An internal error. Rows that were deleted before it stay deleted.
    pub async fn purge(&self) -> Result<u64, StoreError> {
        let (mut deleted, mut batches) = (0, 0_u32);
        for kind in KINDS {
            loop {
                // Requests that asked for the writer during the previous batch get it first.
                let tx = self.core.store.write().await?;
                let batch = self.purge_batch(&tx, kind).await?;
                tx.commit().await?;
                deleted += batch;
                if batch < kind.batch() {
                    break;
                }
                batches += 1;
                if batches.is_multiple_of(CHECKPOINT_EVERY) {
                    self.core.store.checkpoint().await?;
                }
            }
        }
        self.core.last_purge.set(self.core.clock.now());
        Ok(deleted)
    }

    async fn purge_batch(&self, tx: &Transaction, kind: Kind) -> Result<u64, StoreError> {
        let now = self.core.clock.now();
        match kind {
            Kind::Accounts => account_deletion::purge(tx, now, ACCOUNTS_BATCH).await,
            Kind::EmailVerifications => self.core.email_verifier().purge(tx, BATCH).await,
            Kind::Invitations => invitations::purge(tx, now - INVITATIONS_KEPT, BATCH).await,
            // A recovery looks for changes since two-step sign-in was turned on.
            Kind::EmailChanges => {
                email_changes::purge(tx, now - self.core.limits.email_undo.max(FACTOR_UNDO), BATCH).await
            }
            Kind::Otps => otps::purge(tx, now - self.core.limits.otp_log, BATCH).await,
            Kind::Attempts => attempts::purge(tx, now, BATCH).await,
            Kind::SpentChallenges => spent_challenges::purge(tx, now, BATCH).await,
            Kind::Sessions => self.core.sessions.purge(tx, BATCH).await,
            Kind::FailedMailContents => outbox::erase_kept(tx, now, BATCH).await,
            Kind::Mail => outbox::purge(tx, now - self.core.limits.otp_log, BATCH).await,
            Kind::MailLinks => mail_links::purge(tx, now - DAY, BATCH).await,
            Kind::SecurityEvents => security_events::purge(tx, now - SECURITY_LOG, BATCH).await,
            Kind::KnownDevices => known_devices::purge(tx, now - DEVICE_RECOGNIZED, BATCH).await,
            Kind::TrustedBrowsers => trusted_browsers::purge(tx, now, BATCH).await,
            Kind::ReplacedApps => totp::purge_replaced(tx, now - FACTOR_UNDO, BATCH).await,
            Kind::HourlyCounters => hourly_counters::purge(tx, now - TALLIES, BATCH).await,
            Kind::Audit => self.core.audit.purge(tx, now - self.core.limits.audit_log, BATCH).await,
        }
    }
}
