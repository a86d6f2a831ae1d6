//! The seal on the ends of the chain.

use super::chain::{ChainAnchors, End, Hash};
use super::{Audit, AuditEvent};
use crate::domain::AuditAction;
use crate::store::audit::{self, Actor, AuditEntry};
use crate::store::{StoreError, Transaction, accounts};

/// Why an action cannot be logged.
const MISSING: &str = "audit_anchor: the seal on the audit log is missing; run `portal audit verify`";
const UNREADABLE: &str = "audit_anchor.ends, encrypted with a different SECRET_KEY or changed";

impl Audit {
    /// Migrates the database to this version's schema. Also seals the log if it is certain that no
    /// row can have been removed from it yet.
    ///
    /// # Errors
    /// A failed migration. The database is then unchanged.
    pub async fn prepare(&self) -> Result<(), StoreError> {
        let (tx, applied) = self.store.begin_migrated().await?;
        let is_new = applied.iter().any(|name| name == audit::CREATED_BY) || !accounts::any(&tx).await?;
        if is_new && audit::ends(&tx).await?.is_none() && audit::outermost(&tx).await?.is_none() {
            self.put_ends(&tx, ChainAnchors::default()).await?;
        }
        tx.commit().await?;
        if !applied.is_empty() {
            tracing::info!(migrations = applied.len(), "the database was brought to this version's schema");
        }
        Ok(())
    }

    /// Seals the log as it is and records that the command line did so. Earlier tampering is not
    /// repaired, but it no longer blocks audited actions.
    pub async fn reseal(&self) -> Result<(), StoreError> {
        let tx = self.store.write().await?;
        let ends = match audit::outermost(&tx).await? {
            Some((oldest, newest)) => {
                let before = End { seq: oldest.seq - 1, hash: digest(&oldest.previous)? };
                ChainAnchors { first: before, last: end(&newest)? }
            }
            None => ChainAnchors::default(),
        };
        self.put_ends(&tx, ends).await?;
        self.record(&tx, Actor::CommandLine, None, AuditEvent::of(AuditAction::AuditResealed)).await?;
        tx.commit().await
    }

    pub(super) async fn ends(&self, tx: &Transaction) -> Result<ChainAnchors, StoreError> {
        let sealed = audit::ends(tx).await?.ok_or(StoreError::Corrupt(MISSING))?;
        self.open(&sealed).ok_or(StoreError::Corrupt(UNREADABLE))
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Option<ChainAnchors> {
        ChainAnchors::decode(&self.sealer.open(audit::ANCHOR, sealed).ok()?)
    }

    pub(super) async fn put_ends(&self, tx: &Transaction, ends: ChainAnchors) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(audit::ANCHOR, &ends.encode());
        audit::put_ends(tx, sealed.map_err(|_| StoreError::Corrupt("audit_anchor.ends"))?).await
    }
}

pub(super) fn end(entry: &AuditEntry) -> Result<End, StoreError> {
    Ok(End { seq: entry.seq, hash: digest(&entry.hash)? })
}

fn digest(bytes: &[u8]) -> Result<Hash, StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt("audit.hash"))
}
