//! Verifying that the log is unchanged.

use std::fmt;

use super::Audit;
use super::chain::{ChainAnchors, End, commitment, hash};
use crate::store::StoreError;
use crate::store::audit::{self, AuditEntry, Erasable};

/// Rows per query.
const BATCH: u64 = 1_000;
/// Maximum number of violations that are reported individually. Listing more would add no
/// information.
const LISTED_MAX: usize = 100;

/// One violation of the log's integrity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The row's content does not match its hash.
    Changed(i64),
    /// The row does not contain the hash of the previous row.
    Unlinked(i64),
    /// The rows in this range, inclusive, are missing.
    Removed(i64, i64),
    /// The row was added after the newest row or before the oldest row.
    Inserted(i64),
    /// The seal on the ends of the chain is missing or was not made with this `SECRET_KEY`.
    Seal,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(row) => write!(f, "row {row} was changed"),
            Self::Unlinked(row) => write!(f, "row {row} does not match the hash of the row before it"),
            Self::Removed(from, to) if from == to => write!(f, "row {from} was removed"),
            Self::Removed(from, to) => write!(f, "rows {from} to {to} were removed"),
            Self::Inserted(row) => write!(f, "row {row} was inserted"),
            Self::Seal => {
                f.write_str("the seal on the log is missing, was changed, or was made with a different SECRET_KEY")
            }
        }
    }
}

/// The result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// The number of rows read.
    pub rows: u64,
    /// The number of values that were erased together with a user's account.
    pub erased: u64,
    /// The first 100 violations, in row order.
    pub violations: Vec<Violation>,
}

impl VerifyReport {
    /// Whether the log is unchanged.
    pub fn is_sound(&self) -> bool {
        self.violations.is_empty()
    }

    fn add(&mut self, violation: Violation) {
        if self.violations.len() < LISTED_MAX {
            self.violations.push(violation);
        }
    }
}

impl Audit {
    /// Verifies the entire log, as of the start of this call. The server may be running.
    pub async fn verify(&self) -> Result<VerifyReport, StoreError> {
        let db = &self.store.snapshot().await?;
        let mut report = VerifyReport::default();
        let sealed_ends = audit::ends(db).await?.and_then(|sealed| self.open(&sealed));
        if sealed_ends.is_none() {
            report.add(Violation::Seal);
        }
        let mut previous = sealed_ends.map_or(End::default(), |ends| ends.first);
        let mut read_to = i64::MIN;
        loop {
            let rows = audit::after(db, read_to, BATCH).await?;
            let Some(newest) = rows.last() else { break };
            read_to = newest.seq;
            for row in &rows {
                report.rows += 1;
                check_row(&mut report, &mut previous, row, sealed_ends);
            }
        }
        if let Some(ends) = sealed_ends {
            if previous.seq < ends.last.seq {
                report.add(Violation::Removed(previous.seq + 1, ends.last.seq));
            } else if previous.seq == ends.last.seq && previous.hash != ends.last.hash {
                report.add(Violation::Changed(previous.seq));
            }
        }
        Ok(report)
    }
}

/// Checks a row and makes it the `previous` one.
fn check_row(report: &mut VerifyReport, previous: &mut End, row: &AuditEntry, sealed: Option<ChainAnchors>) {
    let unknown_start = sealed.is_none() && previous.seq == 0;
    if sealed.is_some_and(|ends| row.seq <= ends.first.seq || row.seq > ends.last.seq) {
        report.add(Violation::Inserted(row.seq));
        return;
    }
    if !unknown_start && row.seq > previous.seq + 1 {
        report.add(Violation::Removed(previous.seq + 1, row.seq - 1));
    } else if !unknown_start && row.previous != previous.hash {
        report.add(Violation::Unlinked(row.seq));
    }
    if hash(row) != *row.hash || !is_intact(&row.ip, report) || !is_intact(&row.reason, report) {
        report.add(Violation::Changed(row.seq));
    }
    *previous = End { seq: row.seq, hash: row.hash.as_slice().try_into().unwrap_or_default() };
}

/// Whether a value matches its commitment or was erased completely.
fn is_intact(erasable: &Erasable, report: &mut VerifyReport) -> bool {
    match (&erasable.value, &erasable.salt, &erasable.commitment) {
        (None, None, None) => true,
        (None, None, Some(_)) => {
            report.erased += 1;
            true
        }
        (Some(value), Some(salt), Some(stored)) => commitment(salt, value) == **stored,
        _ => false,
    }
}
