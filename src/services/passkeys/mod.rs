//! Passkeys: managing them, and using them to sign in, as the second step or to reauthenticate.
//!
//! Each use is a ceremony of two requests. The first returns options and stores nothing. The second
//! submits the authenticator's response and is accepted only once.

mod add;
mod authenticate;
mod manage;
mod sign_in;

use super::core::Core;
use super::outcome::ServiceError;
use crate::crypto::Ceremonies;

const NOT_HERE: &str = "This portal can't use passkeys at its current URL.";
/// The error for every rejected passkey: removed, unknown, of another account, used twice, expired,
/// or of a closed account.
const UNKNOWN: &str = "This passkey wasn't accepted. Try again or choose another way to continue.";

/// The browser's response at the end of a ceremony.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The encrypted state that was sent with the options.
    pub state: &'a str,
    /// The result of the credential's `toJSON()`.
    pub credential: &'a str,
}

/// The service behind all uses of passkeys.
#[derive(Clone, Copy, Debug)]
pub struct Passkeys<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn passkeys(&self) -> Passkeys<'_> {
        Passkeys { core: self }
    }
}

impl Passkeys<'_> {
    fn ceremonies(&self) -> Result<&Ceremonies, ServiceError> {
        let relying_party = self.core.relying_party.as_ref();
        relying_party.map(|party| &party.ceremonies).ok_or(ServiceError::Refused(NOT_HERE))
    }
}
