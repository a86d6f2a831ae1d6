//! Recovery codes as they are made, and as the database knows them.

use uuid::Uuid;

use super::TokenDigest;
use crate::domain::RecoveryCode;
use crate::domain::recovery_code::RECOVERY_CODE_OCTETS;
use crate::server::rng::Rng;

/// Codes that are made together.
pub const RECOVERY_CODES: usize = 10;

/// Makes a set of codes.
#[must_use]
pub fn generate(rng: &Rng) -> Vec<RecoveryCode> {
    (0..RECOVERY_CODES).map(|_| RecoveryCode::from_octets(rng.bytes::<RECOVERY_CODE_OCTETS>())).collect()
}

/// What is stored of an account's code: SHA-256 over both. No key goes into it,
/// so that a change of `SECRET_KEY` leaves what lies in people's drawers good; nobody
/// can try the 2^80 values that a code may have.
#[must_use]
pub fn digest(account_id: Uuid, code: &RecoveryCode) -> TokenDigest {
    TokenDigest::of(&[account_id.as_bytes().as_slice(), code.expose().as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::{RecoveryCode, digest, generate};
    use crate::server::rng::Rng;
    use uuid::Uuid;

    #[test]
    fn ten_codes_differ_and_one_is_stored_otherwise_for_each_account() {
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
