//! How passwords are stored: Argon2id.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, Params};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use tokio::sync::Semaphore;

use crate::domain::Password;
use crate::server::rng::Rng;

/// Octets of salt (RFC 9106, section 3.1).
const SALT: usize = 16;

/// A password's hash in PHC form, with its salt and its cost.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes the form kept in the database.
    #[must_use]
    pub fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// A hash that no password has: a random result at the usual cost.
    fn of_no_password(rng: &Rng) -> Self {
        let (memory, passes, lanes) = (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST);
        let salt = BASE64_STANDARD_NO_PAD.encode(rng.bytes::<SALT>());
        let result = BASE64_STANDARD_NO_PAD.encode(rng.bytes::<{ Params::DEFAULT_OUTPUT_LEN }>());
        Self(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${result}"))
    }

    /// The form kept in the database.
    #[must_use]
    pub fn as_stored(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A fault of hashing: never a wrong password.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HashError {
    #[error("the password hash failed: {0}")]
    Algorithm(#[from] argon2::password_hash::Error),
    #[error("the hashing thread is gone")]
    Stopped,
}

/// Hashes and verifies with Argon2id at 19 MiB, two passes and one lane, the
/// first choice of the OWASP Password Storage Cheat Sheet and the crate's own
/// default. At most as many at once as there are cores, away from the threads
/// that answer requests.
#[derive(Clone)]
pub struct PasswordHasher {
    permits: Arc<Semaphore>,
    rng: Rng,
    /// Verified when there is no account, so that the answer takes as long.
    dummy: Arc<PasswordHash>,
}

impl PasswordHasher {
    /// A hasher for this machine.
    #[must_use]
    pub fn new(rng: Rng) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let dummy = Arc::new(PasswordHash::of_no_password(&rng));
        Self { permits: Arc::new(Semaphore::new(cores)), rng, dummy }
    }

    /// Hashes a password with a fresh salt.
    ///
    /// # Errors
    /// Only faults of the machine.
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let (password, salt) = (password.clone(), self.rng.bytes());
        self.run(move || hash(password.expose().as_bytes(), &salt)).await
    }

    /// Whether `password` is the one behind `stored`. With no `stored` the work
    /// is the same and the answer is no.
    ///
    /// # Errors
    /// Only faults of the machine, and a stored hash that cannot be read.
    pub async fn verify(&self, password: &Password, stored: Option<PasswordHash>) -> Result<bool, HashError> {
        let known = stored.is_some();
        let (password, dummy) = (password.clone(), Arc::clone(&self.dummy));
        let right = self.run(move || verify(password.expose().as_bytes(), stored.as_ref().unwrap_or(&dummy))).await?;
        Ok(right && known)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| HashError::Stopped)?;
        // The permit goes into the thread: a caller that hangs up does not free its core early.
        let task = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        task.await.map_err(|_| HashError::Stopped)?
    }
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHasher(…)")
    }
}

fn hash(password: &[u8], salt: &[u8; SALT]) -> Result<PasswordHash, HashError> {
    let hash: phc::PasswordHash = Argon2::default().hash_password_with_salt(password, salt)?;
    Ok(PasswordHash(hash.to_string()))
}

fn verify(password: &[u8], stored: &PasswordHash) -> Result<bool, HashError> {
    let parsed = phc::PasswordHash::new(&stored.0).map_err(argon2::password_hash::Error::from)?;
    match Argon2::default().verify_password(password, &parsed) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(fault) => Err(fault.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{PasswordHash, PasswordHasher};
    use crate::domain::Password;
    use crate::server::rng::Rng;

    #[tokio::test]
    async fn only_the_password_that_was_hashed_verifies() {
        let hasher = PasswordHasher::new(Rng::from_seed(1));
        let right = Password::parse_new("correct horse battery").expect("valid");
        let wrong = Password::parse_new("correct horse batterz").expect("valid");
        let stored = hasher.hash(&right).await.expect("hashes");
        assert!(stored.as_stored().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.as_stored());
        assert!(hasher.verify(&right, Some(stored.clone())).await.expect("verifies"));
        assert!(!hasher.verify(&wrong, Some(stored.clone())).await.expect("verifies"));
        assert!(!hasher.verify(&right, None).await.expect("verifies"));
        assert_ne!(hasher.hash(&right).await.expect("hashes"), stored, "every hash has its own salt");
        let shape = |hash: &PasswordHash| hash.as_stored().split('$').map(str::len).collect::<Vec<_>>();
        assert_eq!(shape(&hasher.dummy), shape(&stored), "nobody's password is checked at the same cost");
        assert!(hasher.verify(&right, Some(PasswordHash::from_stored("x".into()))).await.is_err());
    }
}
