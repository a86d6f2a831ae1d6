//! How passwords are stored: Argon2id.

use std::fmt;
use std::sync::Arc;

use super::hash_queue::{HashQueue, Place, WAITING_PER_CORE, cores};
use crate::domain::Password;
use crate::server::rng::Rng;
use argon2::password_hash::phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, Params};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;

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

/// Why nothing was hashed: never a wrong password.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HashError {
    /// No fault: every place in the queue is taken.
    #[error("no place in the queue")]
    Busy,
    #[error("the password hash failed: {0}")]
    Algorithm(#[from] argon2::password_hash::Error),
    #[error("the hashing thread is gone")]
    Stopped,
}

/// Hashes and verifies with Argon2id at 19 MiB, two passes and one lane, the
/// first choice of the OWASP Password Storage Cheat Sheet and the crate's own
/// default. At most as many at once as there are cores, with a short queue
/// before them: whoever wants to hash takes a [`Place`] first.
#[derive(Clone)]
pub struct PasswordHasher {
    queue: HashQueue,
    rng: Rng,
    /// Verified when there is no account, so that the answer takes as long.
    dummy: Arc<PasswordHash>,
}

impl PasswordHasher {
    /// A hasher for this machine, with the queue that a setting has by default.
    #[must_use]
    pub fn new(rng: Rng) -> Self {
        Self::with_queue(rng, WAITING_PER_CORE * cores())
    }

    /// A hasher whose queue has room for `waiting` people.
    #[must_use]
    pub fn with_queue(rng: Rng, waiting: usize) -> Self {
        let dummy = Arc::new(PasswordHash::of_no_password(&rng));
        Self { queue: HashQueue::new(waiting), rng, dummy }
    }

    /// Takes a place in the queue: before anything else that takes time, so
    /// that who has to come back hears so at once.
    ///
    /// # Errors
    /// [`HashError::Busy`] when every place is taken.
    pub fn enter(&self) -> Result<Place, HashError> {
        self.queue.enter()
    }

    /// Hashes a password with a fresh salt.
    ///
    /// # Errors
    /// Only faults of the machine.
    pub async fn hash(&self, place: Place, password: &Password) -> Result<PasswordHash, HashError> {
        let (password, salt) = (password.clone(), self.rng.bytes());
        place.run(move || hash(password.expose().as_bytes(), &salt)).await
    }

    /// Whether `password` is the one behind `stored`. With no `stored` the work
    /// is the same and the answer is no.
    ///
    /// # Errors
    /// Only faults of the machine, and a stored hash that cannot be read.
    pub async fn verify(
        &self,
        place: Place,
        password: &Password,
        stored: Option<PasswordHash>,
    ) -> Result<bool, HashError> {
        let known = stored.is_some();
        let (password, dummy) = (password.clone(), Arc::clone(&self.dummy));
        let right = place.run(move || verify(password.expose().as_bytes(), stored.as_ref().unwrap_or(&dummy))).await?;
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
    use crate::server::rng::Rng;

    #[tokio::test]
    async fn only_the_password_that_was_hashed_verifies() {
        let hasher = PasswordHasher::new(Rng::from_seed(1));
        let right = Password::parse_new("correct horse battery").expect("valid");
        let wrong = Password::parse_new("correct horse batterz").expect("valid");
        let place = || hasher.enter().expect("a place");
        let stored = hasher.hash(place(), &right).await.expect("hashes");
        assert!(stored.as_stored().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.as_stored());
        assert!(hasher.verify(place(), &right, Some(stored.clone())).await.expect("verifies"));
        assert!(!hasher.verify(place(), &wrong, Some(stored.clone())).await.expect("verifies"));
        assert!(!hasher.verify(place(), &right, None).await.expect("verifies"));
        assert_ne!(hasher.hash(place(), &right).await.expect("hashes"), stored, "every hash has its own salt");
        let shape = |hash: &PasswordHash| hash.as_stored().split('$').map(str::len).collect::<Vec<_>>();
        assert_eq!(shape(&hasher.dummy), shape(&stored), "nobody's password is checked at the same cost");
        assert!(hasher.verify(place(), &right, Some(PasswordHash::from_stored("x".into()))).await.is_err());
    }
}
