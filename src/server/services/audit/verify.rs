//! Whether the log is as it was written.

use std::fmt;

use super::Audit;
use super::chain::{End, Ends, commitment, hash};
use crate::server::store::StoreError;
use crate::server::store::audit::{self, Entry, Erasable};

/// Rows that are read together.
const BATCH: u64 = 1_000;
/// Findings that are told one by one; of many more there is nothing to learn.
const TOLD: usize = 100;

/// One thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// What the row says is not what was hashed.
    Changed(i64),
    /// The row's hash does not follow from the one before it.
    Unlinked(i64),
    /// These rows are not there, from the first to the last.
    Removed(i64, i64),
    /// The row came in behind the newest, or in front of the oldest.
    Inserted(i64),
    /// The seal on the ends of the chain is not of this `SECRET_KEY`, or is gone.
    Seal,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(row) => write!(f, "row {row} was changed"),
            Self::Unlinked(row) => write!(f, "row {row} does not match the hash of the row before it"),
            Self::Removed(from, to) if from == to => write!(f, "row {from} was removed"),
            Self::Removed(from, to) => write!(f, "rows {from} to {to} were removed"),
            Self::Inserted(row) => write!(f, "row {row} was inserted"),
            Self::Seal => {
                f.write_str("the seal on the log is missing or can't be decrypted: it was changed, or SECRET_KEY is a different one")
            }
        }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Rows that were read.
    pub rows: u64,
    /// Values that were erased with a person's account.
    pub erased: u64,
    /// In the order of the rows; the first hundred.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Whether the log is as it was written.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < TOLD {
            self.findings.push(finding);
        }
    }
}

impl Audit {
    /// Reads the whole log as it is when this begins, also while the portal serves.
    ///
    /// # Errors
    /// Only faults.
    pub async fn verify(&self) -> Result<Verdict, StoreError> {
        let db = &self.store.snapshot().await?;
        let mut verdict = Verdict::default();
        let sealed_ends = audit::ends(db).await?.and_then(|sealed| self.open(&sealed));
        if sealed_ends.is_none() {
            verdict.find(Finding::Seal);
        }
        let mut at = sealed_ends.map_or(End::default(), |ends| ends.first);
        let mut read_to = i64::MIN;
        loop {
            let rows = audit::after(db, read_to, BATCH).await?;
            let Some(newest) = rows.last() else { break };
            read_to = newest.seq;
            for row in &rows {
                verdict.rows += 1;
                step(&mut verdict, &mut at, row, sealed_ends);
            }
        }
        if let Some(ends) = sealed_ends {
            if at.seq < ends.last.seq {
                verdict.find(Finding::Removed(at.seq + 1, ends.last.seq));
            } else if at.seq == ends.last.seq && at.hash != ends.last.hash {
                verdict.find(Finding::Changed(at.seq));
            }
        }
        Ok(verdict)
    }
}

/// Judges the next row; `at` is the row before it.
fn step(verdict: &mut Verdict, at: &mut End, row: &Entry, sealed: Option<Ends>) {
    let beginning = sealed.is_none() && at.seq == 0;
    if sealed.is_some_and(|ends| row.seq <= ends.first.seq || row.seq > ends.last.seq) {
        verdict.find(Finding::Inserted(row.seq));
        return;
    }
    if !beginning && row.seq > at.seq + 1 {
        verdict.find(Finding::Removed(at.seq + 1, row.seq - 1));
    } else if !beginning && row.previous != at.hash {
        verdict.find(Finding::Unlinked(row.seq));
    }
    if hash(row) != *row.hash || !is_kept(&row.ip, verdict) || !is_kept(&row.reason, verdict) {
        verdict.find(Finding::Changed(row.seq));
    }
    *at = End { seq: row.seq, hash: row.hash.as_slice().try_into().unwrap_or_default() };
}

/// Whether a value is what its commitment was made of, or was erased whole.
fn is_kept(erasable: &Erasable, verdict: &mut Verdict) -> bool {
    match (&erasable.value, &erasable.salt, &erasable.commitment) {
        (None, None, None) => true,
        (None, None, Some(_)) => {
            verdict.erased += 1;
            true
        }
        (Some(value), Some(salt), Some(stored)) => commitment(salt, value) == **stored,
        _ => false,
    }
}
