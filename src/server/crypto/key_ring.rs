//! The secret keys in force while one takes the place of another.

use super::SecretKey;

/// `SECRET_KEY`, and until the change is over `SECRET_KEY_PREVIOUS`. All that is
/// made is made with the current key; what the previous one made still counts.
/// Lives as long as the process.
#[derive(Clone, Debug)]
pub struct KeyRing {
    current: SecretKey,
    previous: Option<SecretKey>,
}

impl KeyRing {
    #[must_use]
    pub fn new(current: SecretKey, previous: Option<SecretKey>) -> Self {
        Self { current, previous }
    }

    #[must_use]
    pub fn current(&self) -> &SecretKey {
        &self.current
    }

    #[must_use]
    pub fn previous(&self) -> Option<&SecretKey> {
        self.previous.as_ref()
    }
}

impl From<SecretKey> for KeyRing {
    fn from(current: SecretKey) -> Self {
        Self::new(current, None)
    }
}
