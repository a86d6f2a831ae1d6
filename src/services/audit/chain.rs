//! The hash chain over the rows of the audit log.

use sha2::{Digest as _, Sha256};

use crate::store::audit::AuditEntry;

pub type Hash = [u8; 32];

/// A position in the chain: a row's number and hash. Row 0, whose hash is all zeros, precedes the
/// first row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct End {
    pub seq: i64,
    pub hash: Hash,
}

/// The two ends of the chain: the row before the oldest row kept, and the newest row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChainAnchors {
    pub first: End,
    pub last: End,
}

const END: usize = size_of::<i64>() + size_of::<Hash>();

impl ChainAnchors {
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        [self.first, self.last].iter().flat_map(|end| [&end.seq.to_be_bytes()[..], &end.hash].concat()).collect()
    }

    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (first, last) = bytes.split_at_checked(END)?;
        Some(Self { first: End::decode(first)?, last: End::decode(last)? })
    }
}

impl End {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let (seq, hash) = bytes.split_first_chunk()?;
        Some(Self { seq: i64::from_be_bytes(*seq), hash: hash.try_into().ok()? })
    }
}

/// Returns the SHA-256 hash of all immutable parts of a row. Each part is prefixed with its length,
/// so that bytes cannot move from one part to another without changing the hash.
#[must_use]
pub fn hash(entry: &AuditEntry) -> Hash {
    let mut parts = Parts(Sha256::new());
    parts.add(Some(b"portal audit row 1"));
    parts.add(Some(&entry.previous));
    parts.add(Some(&entry.seq.to_be_bytes()));
    parts.add(Some(&entry.at.0.to_be_bytes()));
    parts.add(Some(entry.actor_kind.as_bytes()));
    parts.add(entry.actor_id.as_ref().map(|id| id.as_bytes().as_slice()));
    parts.add(Some(entry.action.as_bytes()));
    parts.add(entry.target_id.as_ref().map(|id| id.as_bytes().as_slice()));
    parts.add(Some(entry.detail.as_bytes()));
    parts.add(entry.ip.commitment.as_deref());
    parts.add(entry.reason.commitment.as_deref());
    parts.0.finalize().into()
}

/// Returns the value that the chain covers in place of a value that may be erased.
#[must_use]
pub fn commitment(salt: &[u8], value: &str) -> Hash {
    let mut parts = Parts(Sha256::new());
    parts.add(Some(b"portal audit value 1"));
    parts.add(Some(salt));
    parts.add(Some(value.as_bytes()));
    parts.0.finalize().into()
}

struct Parts(Sha256);

impl Parts {
    fn add(&mut self, part: Option<&[u8]>) {
        match part {
            None => self.0.update([0]),
            Some(part) => {
                self.0.update([1]);
                self.0.update((part.len() as u64).to_be_bytes());
                self.0.update(part);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ChainAnchors, End};

    #[test]
    fn encoded_ends_decode_to_the_same_value_and_truncated_ones_are_rejected() {
        let ends = ChainAnchors { first: End { seq: 7, hash: [1; 32] }, last: End { seq: 900, hash: [2; 32] } };
        assert_eq!(ChainAnchors::decode(&ends.encode()), Some(ends));
        assert_eq!(ChainAnchors::decode(&ends.encode()[1..]), None);
        assert_eq!(ChainAnchors::decode(&[]), None);
    }
}
