//! Randomness, as a parameter.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use uuid::Uuid;

use crate::domain::{OtpCode, Timestamp};

/// A cryptographically secure random number generator (ChaCha12), shared by all services.
#[derive(Clone)]
pub struct Rng(Arc<Mutex<StdRng>>);

impl Rng {
    /// Creates a generator seeded by the operating system.
    ///
    /// # Errors
    /// Fails if the operating system provides no randomness.
    pub fn from_system() -> Result<Self, rand::rngs::SysError> {
        Ok(Self(Arc::new(Mutex::new(StdRng::try_from_rng(&mut SysRng)?))))
    }

    /// Creates a generator with repeatable output for tests.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Returns `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.with(|rng| rng.fill_bytes(&mut bytes));
        bytes
    }

    /// Returns a code, uniformly distributed over 000000 to 999999 (rejection sampling, no modulo
    /// bias).
    #[must_use]
    pub fn otp_code(&self) -> OtpCode {
        OtpCode::from_number(self.with(|rng| rng.random_range(0..1_000_000)))
    }

    /// Returns a uniformly distributed number below `bound`, or 0 if `bound` is 0.
    #[must_use]
    pub fn below(&self, bound: u32) -> u32 {
        self.with(|rng| rng.random_range(0..bound.max(1)))
    }

    /// Returns a new row id: a version 7 UUID (RFC 9562), ordered by `now`.
    #[must_use]
    pub fn id(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    fn with<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Rng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rng(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn ten_thousand_codes_are_uniform_and_keep_their_leading_zeros() {
        let rng = Rng::from_seed(1);
        let codes: Vec<_> = (0..10_000).map(|_| rng.otp_code()).collect();
        assert!(codes.iter().all(|code| code.expose().len() == 6));
        // Chi-squared over the first and the last digit: 9 degrees of freedom, 27.9 at p = 0.001.
        for place in [0, 5] {
            let mut counts = [0_f64; 10];
            for code in &codes {
                counts[usize::from(code.expose().as_bytes()[place] - b'0')] += 1.0;
            }
            let chi: f64 = counts.iter().map(|n| (n - 1_000.0).powi(2) / 1_000.0).sum();
            assert!(chi < 27.9, "digit {place}: {counts:?}");
        }
    }
}
