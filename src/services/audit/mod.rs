//! The audit log: who did what to which account, when, from where and why.
//!
//! Each row contains the hash of the previous row, and the two ends of the chain are stored
//! encrypted next to the log. An attacker who can write to the database but does not have
//! `SECRET_KEY` cannot change, remove or insert a row without being detected. They can only restore
//! the entire log to a state they saw earlier. The ends are sealed before the first row is written,
//! so that an empty log can be distinguished from an emptied one. Without a seal, all audited
//! actions are refused.
//!
//! Rows contain no names, only account ids. All other personal data in a row can be erased without
//! breaking the chain.

mod chain;
mod seal;
mod verify;

use std::net::IpAddr;

use uuid::Uuid;

use crate::clock::Clock;
use crate::crypto::{KeyRing, Sealer};
use crate::domain::{AuditAction, AuditReason, Timestamp};
use crate::rng::Rng;
use crate::store::audit::{self, Actor, AuditEntry, Erasable};
use crate::store::{Store, StoreError, Transaction};

pub use verify::{VerifyReport, Violation};

/// Maximum length of an entry's detail, in characters.
const DETAIL_MAX: usize = 200;

/// Writes and verifies the audit log.
#[derive(Clone, Debug)]
pub struct Audit {
    pub store: Store,
    /// Encrypts the ends of the chain.
    pub sealer: Sealer,
    pub clock: Clock,
    pub rng: Rng,
}

/// An entry to be written to the log.
#[derive(Clone, Copy, Debug)]
pub struct AuditEvent<'a> {
    pub action: AuditAction,
    /// The account that the action was applied to.
    pub target: Option<Uuid>,
    /// Further details, such as a masked email. They are kept after the account is deleted, so they
    /// must not identify a user.
    pub detail: &'a str,
    pub reason: Option<&'a AuditReason>,
}

impl AuditEvent<'_> {
    /// Creates an entry for an action on an account.
    #[must_use]
    pub fn to(action: AuditAction, target: Uuid) -> Self {
        Self { action, target: Some(target), detail: "", reason: None }
    }

    /// Creates an entry for an action that does not concern an account.
    #[must_use]
    pub fn of(action: AuditAction) -> Self {
        Self { action, target: None, detail: "", reason: None }
    }
}

impl<'a> AuditEvent<'a> {
    #[must_use]
    pub fn because(self, reason: &'a AuditReason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    #[must_use]
    pub fn about(self, detail: &'a str) -> Self {
        Self { detail, ..self }
    }
}

impl Audit {
    pub fn new(store: Store, ring: &KeyRing, clock: Clock, rng: Rng) -> Self {
        Self { store, sealer: Sealer::new(ring, "audit", rng.clone()), clock, rng }
    }

    /// Writes an entry in the transaction of the action itself, so that neither is committed
    /// without the other.
    pub async fn record(
        &self,
        tx: &Transaction,
        actor: Actor,
        from: Option<IpAddr>,
        event: AuditEvent<'_>,
    ) -> Result<(), StoreError> {
        let mut ends = self.ends(tx).await?;
        let mut entry = AuditEntry {
            seq: ends.last.seq + 1,
            at: self.clock.now(),
            actor_kind: actor.as_str().to_owned(),
            actor_id: actor.account(),
            action: event.action.as_str().to_owned(),
            target_id: event.target,
            detail: event.detail.chars().filter(|c| !c.is_control()).take(DETAIL_MAX).collect(),
            ip: self.erasable(from.map(|ip| ip.to_string())),
            reason: self.erasable(event.reason.map(|reason| reason.as_str().to_owned())),
            previous: ends.last.hash.to_vec(),
            hash: Vec::new(),
        };
        let hash = chain::hash(&entry);
        entry.hash = hash.to_vec();
        ends.last = chain::End { seq: entry.seq, hash };
        tracing::info!(
            event = "audit",
            action = entry.action,
            actor = entry.actor_kind,
            actor_id = entry.actor_id.map(display),
            target = entry.target_id.map(display),
            seq = entry.seq
        );
        audit::insert(tx, entry).await?;
        self.put_ends(tx, ends).await
    }

    /// Deletes up to `most` of the oldest rows from before `before` and moves the start of the
    /// chain past them. Returns the number of deleted rows.
    pub async fn purge(&self, tx: &Transaction, before: Timestamp, most: u64) -> Result<u64, StoreError> {
        let mut ends = self.ends(tx).await?;
        let oldest = audit::after(tx, ends.first.seq, most).await?;
        let Some(last) = oldest.iter().take_while(|entry| entry.at < before).last() else { return Ok(0) };
        ends.first = seal::end(last)?;
        let deleted = audit::delete_through(tx, last.seq).await?;
        self.put_ends(tx, ends).await?;
        Ok(deleted)
    }

    fn erasable(&self, value: Option<String>) -> Erasable {
        let Some(value) = value else { return Erasable::default() };
        let salt = self.rng.bytes::<16>();
        let commitment = chain::commitment(&salt, &value).to_vec();
        Erasable { value: Some(value), salt: Some(salt.to_vec()), commitment: Some(commitment) }
    }
}
