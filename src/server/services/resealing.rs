//! Putting what is sealed under another key, while the portal serves.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::server::crypto::{KeyRing, Sealer};
use crate::server::rng::Rng;
use crate::server::store::sealed::{self, SEALED, SealedColumn, SealedValue};
use crate::server::store::{Store, StoreError};

/// Rows looked at together, and at most written in one transaction: the writer
/// is never held long.
const BATCH: u64 = 500;

/// Newest rows of each table that are looked at when the server starts. A wrong
/// key opens none of them; a large table is not read for that.
const GLANCE: u64 = 100;

/// Ids that are told of each column; the rest is a number.
const NAMED: usize = 20;

/// The service behind `portal keys`.
#[derive(Clone, Debug)]
pub struct Resealing {
    pub store: Store,
    pub keys: KeyRing,
    pub rng: Rng,
}

/// How the values of a column are sealed.
#[derive(Debug, PartialEq, Eq)]
pub struct Tally {
    pub place: &'static SealedColumn,
    /// By the current key.
    pub current: u64,
    /// By the previous key, or as an earlier version did it.
    pub due: u64,
    /// By neither key, or altered.
    pub unreadable: u64,
    /// The rows of the first of these.
    pub examples: Vec<Uuid>,
}

impl Resealing {
    /// Counts, and changes nothing. Every value is opened.
    ///
    /// # Errors
    /// Only faults.
    pub async fn status(&self) -> Result<Vec<Tally>, StoreError> {
        let mut tallies = Vec::with_capacity(SEALED.len());
        for place in SEALED {
            tallies.push(self.tally(place).await?);
        }
        Ok(tallies)
    }

    /// Seals anew what the current key did not seal; tells how many values of
    /// each column. A value that does not open stays as it is, and so does one
    /// that somebody else changes or erases meanwhile.
    ///
    /// # Errors
    /// Only faults; what was sealed anew by then stays so.
    pub async fn rotate(&self) -> Result<Vec<(&'static SealedColumn, u64)>, StoreError> {
        let mut resealed = Vec::with_capacity(SEALED.len());
        for place in SEALED {
            resealed.push((place, self.rotate_column(place).await?));
        }
        Ok(resealed)
    }

    /// Opens the newest values of each column; gives those columns in which one does
    /// not open, with its row.
    ///
    /// # Errors
    /// Only faults.
    pub async fn glance(&self) -> Result<Vec<(&'static SealedColumn, Uuid)>, StoreError> {
        let mut unreadable = Vec::new();
        for place in SEALED {
            let sealer = self.sealer(place);
            let values = sealed::newest(self.store.reader(), place, GLANCE).await?;
            let stranger = values.iter().find(|value| open(&sealer, value).is_none());
            unreadable.extend(stranger.map(|value| (place, value.id)));
        }
        Ok(unreadable)
    }

    async fn tally(&self, place: &'static SealedColumn) -> Result<Tally, StoreError> {
        let sealer = self.sealer(place);
        let mut tally = Tally { place, current: 0, due: 0, unreadable: 0, examples: Vec::new() };
        let mut after = None;
        loop {
            let values = sealed::page(self.store.reader(), place, after, BATCH).await?;
            let Some(last) = values.last() else { return Ok(tally) };
            after = Some(last.id);
            for value in &values {
                match open(&sealer, value) {
                    Some(_) if sealer.is_current(&value.sealed) => tally.current += 1,
                    Some(_) => tally.due += 1,
                    None => {
                        tally.unreadable += 1;
                        if tally.examples.len() < NAMED {
                            tally.examples.push(value.id);
                        }
                    }
                }
            }
        }
    }

    async fn rotate_column(&self, place: &SealedColumn) -> Result<u64, StoreError> {
        let sealer = self.sealer(place);
        let (mut resealed, mut after) = (0, None);
        loop {
            let values = sealed::page(self.store.reader(), place, after, BATCH).await?;
            let Some(last) = values.last() else { return Ok(resealed) };
            after = Some(last.id);
            let due = values.iter().filter(|value| !sealer.is_current(&value.sealed));
            // Sealed before the writer's turn, which then is short.
            let anew: Vec<_> = due.filter_map(|value| Some((value, seal_anew(&sealer, value)?))).collect();
            if anew.is_empty() {
                continue;
            }
            let tx = self.store.write().await?;
            for (value, sealed) in anew {
                resealed += u64::from(sealed::replace(&tx, place, value, sealed).await?);
            }
            tx.commit().await?;
        }
    }

    fn sealer(&self, place: &SealedColumn) -> Sealer {
        Sealer::new(&self.keys, place.purpose, self.rng.clone())
    }
}

fn open(sealer: &Sealer, value: &SealedValue) -> Option<Zeroizing<Vec<u8>>> {
    sealer.open(value.id, &value.sealed).ok().map(Zeroizing::new)
}

fn seal_anew(sealer: &Sealer, value: &SealedValue) -> Option<Vec<u8>> {
    sealer.seal(value.id, &open(sealer, value)?).ok()
}
