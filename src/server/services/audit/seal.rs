//! The seal on the ends of the chain.

use crate::server::store::Transaction;

use super::chain::{End, Ends, Hash};
use super::{Audit, Note};
use crate::domain::AuditAction;
use crate::server::store::audit::{self, Actor, Entry};
use crate::server::store::{StoreError, accounts};

/// Why a deed cannot be written down.
const GONE: &str = "audit_anchor: the seal on the audit log is missing; run `portal audit verify`";
const SHUT: &str = "audit_anchor.ends, encrypted with a different SECRET_KEY or changed";

impl Audit {
    /// Brings the database to this version's schema, and seals the log while
    /// there is nothing in it that could have been taken out.
    ///
    /// # Errors
    /// When a migration fails; the database is then as it was.
    pub async fn prepare(&self) -> Result<(), StoreError> {
        let (tx, taken) = self.store.migrating().await?;
        let is_new = taken.iter().any(|name| name == audit::MADE_BY) || !accounts::any(&tx).await?;
        if is_new && audit::ends(&tx).await?.is_none() && audit::outermost(&tx).await?.is_none() {
            self.put_ends(&tx, Ends::default()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Seals the log as it is, and writes down that whoever runs the program did
    /// so: what was done to it before stays as it is, and is no reason any more
    /// to do nothing.
    ///
    /// # Errors
    /// Only faults.
    pub async fn reseal(&self) -> Result<(), StoreError> {
        let tx = self.store.write().await?;
        let ends = match audit::outermost(&tx).await? {
            Some((oldest, newest)) => {
                let before = End { seq: oldest.seq - 1, hash: digest(&oldest.previous)? };
                Ends { first: before, last: end(&newest)? }
            }
            None => Ends::default(),
        };
        self.put_ends(&tx, ends).await?;
        self.note(&tx, Actor::CommandLine, None, Note::of(AuditAction::AuditResealed)).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn ends(&self, tx: &Transaction) -> Result<Ends, StoreError> {
        let sealed = audit::ends(tx).await?.ok_or(StoreError::Corrupt(GONE))?;
        self.open(&sealed).ok_or(StoreError::Corrupt(SHUT))
    }

    pub(super) fn open(&self, sealed: &[u8]) -> Option<Ends> {
        Ends::decode(&self.sealer.open(audit::ANCHOR, sealed).ok()?)
    }

    pub(super) async fn put_ends(&self, tx: &Transaction, ends: Ends) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(audit::ANCHOR, &ends.encode());
        audit::put_ends(tx, sealed.map_err(|_| StoreError::Corrupt("audit_anchor.ends"))?).await
    }
}

pub(super) fn end(entry: &Entry) -> Result<End, StoreError> {
    Ok(End { seq: entry.seq, hash: digest(&entry.hash)? })
}

fn digest(octets: &[u8]) -> Result<Hash, StoreError> {
    octets.try_into().map_err(|_| StoreError::Corrupt("audit.hash"))
}
