//! Password storage with Argon2id.

use std::fmt;
use std::sync::Arc;

use super::hash_queue::{HashQueue, HashSlot, Source, WAITING_PER_CORE, cores};
use crate::domain::Password;
use crate::rng::Rng;
use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, Params};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;

/// Bytes of salt (RFC 9106, section 3.1).
const SALT: usize = 16;

/// A password hash in PHC format, including salt and cost parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps the value stored in the database.
    pub fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// Returns a hash that no password has, with the default cost.
    fn of_no_password(rng: &Rng) -> Self {
        let (memory, passes, lanes) = (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST);
        let salt = BASE64_STANDARD_NO_PAD.encode(rng.bytes::<SALT>());
        let result = BASE64_STANDARD_NO_PAD.encode(rng.bytes::<{ Params::DEFAULT_OUTPUT_LEN }>());
        Self(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${result}"))
    }

    /// Returns the value to store in the database.
    pub fn as_stored(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Why no hash was computed, never a wrong password.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HashError {
    /// Not an internal error: the queue is full.
    #[error("no slot in the queue")]
    Busy,
    #[error("the password hash failed: {0}")]
    Algorithm(#[from] argon2::password_hash::Error),
    #[error("the hashing thread stopped")]
    Stopped,
}

/// Hashes and verifies passwords with Argon2id at 19 MiB, two passes and one lane, the first choice
/// of the OWASP Password Storage Cheat Sheet and the default of the crate. At most one hash per
/// core runs at a time, with a short queue in front. Callers take a [`HashSlot`] first.
#[derive(Clone)]
pub struct PasswordHasher {
    queue: HashQueue,
    rng: Rng,
    /// Verified if the account does not exist, so that the response takes as long.
    dummy: Arc<PasswordHash>,
}

impl PasswordHasher {
    /// Creates a hasher for this machine with the default queue length.
    #[must_use]
    pub fn new(rng: Rng) -> Self {
        Self::with_queue(rng, WAITING_PER_CORE * cores())
    }

    /// Creates a hasher whose queue has room for `waiting` requests.
    #[must_use]
    pub fn with_queue(rng: Rng, waiting: usize) -> Self {
        let dummy = Arc::new(PasswordHash::of_no_password(&rng));
        Self { queue: HashQueue::new(waiting), rng, dummy }
    }

    /// Takes a slot in the queue for a request from `source`. Call it before other slow work, so that a request is rejected
    /// immediately when the queue is full.
    ///
    /// # Errors
    /// [`HashError::Busy`] if the queue is full, or a third of it is taken by this source.
    pub fn enter(&self, source: Source) -> Result<HashSlot, HashError> {
        self.queue.enter(source)
    }

    /// Hashes a password with a new salt.
    pub async fn hash(&self, slot: HashSlot, password: &Password) -> Result<PasswordHash, HashError> {
        let (password, salt) = (password.clone(), self.rng.bytes());
        slot.run(move || hash(password.expose().as_bytes(), &salt)).await
    }

    /// Verifies `password` against `stored`. Without `stored` it does the same work and returns
    /// `false`.
    ///
    /// # Errors
    /// Fails on internal errors, including a stored hash that cannot be parsed.
    pub async fn verify(
        &self,
        slot: HashSlot,
        password: &Password,
        stored: Option<PasswordHash>,
    ) -> Result<bool, HashError> {
        let known = stored.is_some();
        let (password, dummy) = (password.clone(), Arc::clone(&self.dummy));
        let right = slot.run(move || verify(password.expose().as_bytes(), stored.as_ref().unwrap_or(&dummy))).await?;
        Ok(right && known)
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
    use crate::rng::Rng;

    #[tokio::test]
    async fn only_the_hashed_password_verifies() {
        let hasher = PasswordHasher::new(Rng::from_seed(1));
        let right = Password::parse_new("correct horse battery").expect("valid");
        let wrong = Password::parse_new("correct horse batterz").expect("valid");
        let slot = || hasher.enter(Vec::new()).expect("a free slot");
        let stored = hasher.hash(slot(), &right).await.expect("the password is hashed");
        assert!(stored.as_stored().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.as_stored());
        assert!(hasher.verify(slot(), &right, Some(stored.clone())).await.expect("the check runs"));
        assert!(!hasher.verify(slot(), &wrong, Some(stored.clone())).await.expect("the check runs"));
        assert!(!hasher.verify(slot(), &right, None).await.expect("the check runs"));
        assert_ne!(
            hasher.hash(slot(), &right).await.expect("the password is hashed"),
            stored,
            "every hash has its own salt"
        );
        let shape = |hash: &PasswordHash| hash.as_stored().split('$').map(str::len).collect::<Vec<_>>();
        assert_eq!(shape(&hasher.dummy), shape(&stored), "the dummy hash has the same cost");
        assert!(hasher.verify(slot(), &right, Some(PasswordHash::from_stored("x".into()))).await.is_err());
    }
}
