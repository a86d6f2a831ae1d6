//! The secret keys in use during a key rotation.

use super::SecretKey;

/// `SECRET_KEY` and, during a rotation, `SECRET_KEY_PREVIOUS`. Everything new is created with the
/// current key; data created with the previous key stays valid. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct KeyRing {
    current: SecretKey,
    previous: Option<SecretKey>,
}

impl KeyRing {
    pub fn new(current: SecretKey, previous: Option<SecretKey>) -> Self {
        Self { current, previous }
    }

    pub fn current(&self) -> &SecretKey {
        &self.current
    }

    pub fn previous(&self) -> Option<&SecretKey> {
        self.previous.as_ref()
    }
}

impl From<SecretKey> for KeyRing {
    fn from(current: SecretKey) -> Self {
        Self::new(current, None)
    }
}
