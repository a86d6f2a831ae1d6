//! Password storage with Argon2id.

use std::fmt;
use std::sync::Arc;

use super::hash_memory::HashMemory;
use super::hash_queue::{HashQueue, HashSlot, WAITING_PER_CORE, cores};
use crate::domain::Password;
use crate::fair_semaphore::Source;
use crate::rng::Rng;
use argon2::password_hash::phc::{self, Output, ParamsString, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
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
    memory: HashMemory,
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
        Self { queue: HashQueue::new(waiting), memory: HashMemory::default(), rng, dummy }
    }

    /// Takes a slot in the queue for a request from `source`. Call it before other slow work, so that a request is
    /// rejected immediately when the queue is full.
    ///
    /// # Errors
    /// [`HashError::Busy`] if the queue is full, or a third of it is taken by this source.
    pub fn enter(&self, source: Source) -> Result<HashSlot, HashError> {
        self.queue.enter(source)
    }

    /// Hashes a password with a new salt.
    pub async fn hash(&self, slot: HashSlot, password: &Password) -> Result<PasswordHash, HashError> {
        let (password, salt, memory) = (password.clone(), self.rng.bytes(), self.memory.clone());
        slot.run(move || memory.with(|memory| hash(memory, password.expose().as_bytes(), &salt))).await
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
        let (password, dummy, memory) = (password.clone(), Arc::clone(&self.dummy), self.memory.clone());
        let stored = move |memory: &mut Vec<Block>| {
            verify(memory, password.expose().as_bytes(), stored.as_ref().unwrap_or(&dummy))
        };
        let right = slot.run(move || memory.with(stored)).await?;
        Ok(right && known)
    }
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHasher(…)")
    }
}

fn hash(memory: &mut Vec<Block>, password: &[u8], salt: &[u8; SALT]) -> Result<PasswordHash, HashError> {
    let (algorithm, version, params) = (Algorithm::default(), Version::default(), Params::default());
    let salt = Salt::new(salt).map_err(argon2::password_hash::Error::from)?;
    let hash = phc::PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(salt),
        hash: Some(output(&Argon2::new(algorithm, version, params), memory, password, &salt)?),
    };
    Ok(PasswordHash(hash.to_string()))
}

/// Verifies with the algorithm, the version and the cost of the stored hash.
fn verify(memory: &mut Vec<Block>, password: &[u8], stored: &PasswordHash) -> Result<bool, HashError> {
    let stored = phc::PasswordHash::new(&stored.0).map_err(argon2::password_hash::Error::from)?;
    let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else { return Ok(false) };
    let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
    let version = stored.version.map_or(Ok(Version::default()), Version::try_from);
    let version = version.map_err(argon2::password_hash::Error::from)?;
    let argon2 = Argon2::new(algorithm, version, Params::try_from(&stored)?);
    // Takes the same time wherever they differ.
    Ok(output(&argon2, memory, password, &salt)? == expected)
}

fn output(
    argon2: &Argon2<'_>,
    memory: &mut Vec<Block>,
    password: &[u8],
    salt: &Salt,
) -> Result<Output, argon2::password_hash::Error> {
    memory.resize(argon2.params().block_count(), Block::new());
    let length = argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let mut output = [0; Output::MAX_LENGTH];
    let output = output.get_mut(..length).ok_or(argon2::password_hash::Error::OutputSize)?;
    argon2.hash_password_into_with_memory(password, salt, output, memory)?;
    Ok(Output::new(output)?)
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
