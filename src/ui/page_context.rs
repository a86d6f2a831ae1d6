//! The data of a request that every page can show.

use crate::domain::{RegistrationMode, Timestamp};
use crate::islands::{Captcha, Flash};

/// The context of every page. Holds only data that this user may see.
#[derive(Clone, Debug)]
pub struct PageContext {
    /// The portal's name, from `PORTAL_NAME`.
    pub portal_name: String,
    /// The signed-in user's account.
    pub account: Option<AccountView>,
    /// Who can create an account.
    pub registration: RegistrationMode,
    /// The feedback of the previous request.
    pub flash: Flash,
    /// The captcha of this page's form, if it needs one.
    pub captcha: Option<Captcha>,
    /// A validated path to open after signing in.
    pub next: Option<String>,
    /// The relying party id of passkeys, if they are available.
    pub passkeys: Option<String>,
    /// Minimum number of characters in a new password, from `PORTAL_PASSWORD_MIN`.
    pub password_min: usize,
    /// How long "Keep me signed in" lasts, from `PORTAL_SESSION_REMEMBER`: `30 days`.
    pub remember_for: String,
    /// Whether this browser can read the development mailbox.
    pub dev_mailbox: bool,
    /// When the page was rendered, by the server's clock.
    pub now: Timestamp,
}

/// The signed-in user's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    pub username: String,
    pub email: String,
    pub administrator: bool,
    pub created_at: Timestamp,
    pub verified_at: Timestamp,
    /// When this session was started, and from which IP address.
    pub signed_in_at: Timestamp,
    pub signed_in_from: String,
    /// The sign-in before this session's, if there was one.
    pub previous_sign_in_at: Option<Timestamp>,
    pub previous_sign_in_from: Option<String>,
    /// When this session expires.
    pub session_ends_at: Timestamp,
    /// Whether the user signed in with two factors.
    pub two_step: bool,
    /// Whether a second factor is required and not set up yet.
    pub must_enroll: bool,
}

impl AccountView {
    /// Returns how the user signed in, as text.
    #[must_use]
    pub fn signed_in_with(&self) -> &'static str {
        if self.two_step { "Two-step sign-in" } else { "Password only" }
    }
}
