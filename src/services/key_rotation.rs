//! Re-encrypting encrypted values with a new key while the server is running.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::crypto::{KeyRing, Sealer};
use crate::rng::Rng;
use crate::store::encrypted_columns::{self, EncryptedColumn, EncryptedValue, SEALED};
use crate::store::{Store, StoreError};

/// Rows per query, and the maximum number written in one transaction, so that the writer is never
/// blocked for long.
const BATCH: u64 = 500;

/// Newest rows of each table that are checked when the server starts. With a wrong key none of them
/// can be decrypted, so there is no need to read an entire large table.
const NEWEST_CHECKED: u64 = 100;

/// Maximum number of ids reported per column. The others are only counted.
const NAMED: usize = 20;

/// The service behind `portal keys`.
#[derive(Clone, Debug)]
pub struct KeyRotation {
    pub store: Store,
    pub keys: KeyRing,
    pub rng: Rng,
}

/// The number of values in a column, by the key they are encrypted with.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyUsage {
    pub column: &'static EncryptedColumn,
    /// Values encrypted with the current key.
    pub current: u64,
    /// Values encrypted with the previous key or in the format of an earlier version.
    pub due: u64,
    /// Values that neither key decrypts, or that were altered.
    pub unreadable: u64,
    /// The ids of the first unreadable rows.
    pub examples: Vec<Uuid>,
}

impl KeyRotation {
    /// Counts all values without changing any. Each value is decrypted to do so.
    pub async fn status(&self) -> Result<Vec<KeyUsage>, StoreError> {
        let mut usages = Vec::with_capacity(SEALED.len());
        for column in SEALED {
            usages.push(self.usage(column).await?);
        }
        Ok(usages)
    }

    /// Re-encrypts all values that are not encrypted with the current key. Returns the number of
    /// re-encrypted values per column. A value that cannot be decrypted stays unchanged, and a
    /// value that is changed or erased concurrently is not overwritten.
    ///
    /// # Errors
    /// An internal error. Values that were re-encrypted before it stay so.
    pub async fn rotate(&self) -> Result<Vec<(&'static EncryptedColumn, u64)>, StoreError> {
        let mut counts = Vec::with_capacity(SEALED.len());
        for column in SEALED {
            counts.push((column, self.rotate_column(column).await?));
        }
        Ok(counts)
    }

    /// Decrypts the newest values of each column. Returns each column that contains an unreadable
    /// value, with that value's row.
    pub async fn check_keys(&self) -> Result<Vec<(&'static EncryptedColumn, Uuid)>, StoreError> {
        let mut unreadable = Vec::new();
        for column in SEALED {
            let sealer = self.sealer(column);
            let values = encrypted_columns::newest(self.store.reader(), column, NEWEST_CHECKED).await?;
            let failed = values.iter().find(|value| open(&sealer, value).is_none());
            unreadable.extend(failed.map(|value| (column, value.id)));
        }
        Ok(unreadable)
    }

    async fn usage(&self, column: &'static EncryptedColumn) -> Result<KeyUsage, StoreError> {
        let sealer = self.sealer(column);
        let mut usage = KeyUsage { column, current: 0, due: 0, unreadable: 0, examples: Vec::new() };
        let mut after = None;
        loop {
            let values = encrypted_columns::page(self.store.reader(), column, after, BATCH).await?;
            let Some(last) = values.last() else { return Ok(usage) };
            after = Some(last.id);
            for value in &values {
                match open(&sealer, value) {
                    Some(_) if sealer.is_current(&value.sealed) => usage.current += 1,
                    Some(_) => usage.due += 1,
                    None => {
                        usage.unreadable += 1;
                        if usage.examples.len() < NAMED {
                            usage.examples.push(value.id);
                        }
                    }
                }
            }
        }
    }

    async fn rotate_column(&self, column: &EncryptedColumn) -> Result<u64, StoreError> {
        let sealer = self.sealer(column);
        let (mut count, mut after) = (0, None);
        loop {
            let values = encrypted_columns::page(self.store.reader(), column, after, BATCH).await?;
            let Some(last) = values.last() else { return Ok(count) };
            after = Some(last.id);
            let due = values.iter().filter(|value| !sealer.is_current(&value.sealed));
            // Encrypt before starting the transaction, so that the transaction is short.
            let changed: Vec<_> = due.filter_map(|value| Some((value, re_encrypt(&sealer, value)?))).collect();
            if changed.is_empty() {
                continue;
            }
            let tx = self.store.write().await?;
            for (value, sealed) in changed {
                count += u64::from(encrypted_columns::replace(&tx, column, value, sealed).await?);
            }
            tx.commit().await?;
        }
    }

    fn sealer(&self, column: &EncryptedColumn) -> Sealer {
        Sealer::new(&self.keys, column.purpose, self.rng.clone())
    }
}

fn open(sealer: &Sealer, value: &EncryptedValue) -> Option<Zeroizing<Vec<u8>>> {
    sealer.open(value.bound_to, &value.sealed).ok().map(Zeroizing::new)
}

fn re_encrypt(sealer: &Sealer, value: &EncryptedValue) -> Option<Vec<u8>> {
    sealer.seal(value.bound_to, &open(sealer, value)?).ok()
}
