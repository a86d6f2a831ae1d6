//! Creation and storage of recovery codes.

use uuid::Uuid;

use super::TokenDigest;
use crate::domain::RecoveryCode;
use crate::domain::recovery_code::RECOVERY_CODE_BYTES;
use crate::rng::Rng;

/// The number of codes in a set.
pub const RECOVERY_CODES: usize = 10;

/// Generates a set of codes.
#[must_use]
pub fn generate(rng: &Rng) -> Vec<RecoveryCode> {
    (0..RECOVERY_CODES).map(|_| generate_one(rng)).collect()
}

/// Generates the code that replaces a used one.
#[must_use]
pub fn generate_one(rng: &Rng) -> RecoveryCode {
    RecoveryCode::from_bytes(rng.bytes::<RECOVERY_CODE_BYTES>())
}

/// Returns the stored digest of an account's code: SHA-256 of the account id and the code. It uses
/// no key, so that codes users have written down stay valid when `SECRET_KEY` is rotated. A key is
/// not needed: with at least 2^80 possible codes, brute force is not feasible.
#[must_use]
pub fn digest(account_id: Uuid, code: &RecoveryCode) -> TokenDigest {
    TokenDigest::of(&[account_id.as_bytes().as_slice(), code.expose().as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::{RecoveryCode, digest, generate};
    use crate::rng::Rng;
    use uuid::Uuid;

    #[test]
    fn codes_are_unique_and_their_digests_depend_on_the_account() {
        let codes = generate(&Rng::from_seed(1));
        let mut words: Vec<_> = codes.iter().map(RecoveryCode::in_groups).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 10);
        let (ann, ben) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(digest(ann, &codes[0]), digest(ann, &codes[0]));
        assert_ne!(digest(ann, &codes[0]), digest(ben, &codes[0]));
        assert_ne!(digest(ann, &codes[0]), digest(ann, &codes[1]));
    }
}
