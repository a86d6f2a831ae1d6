//! The context of a request, as the pages see it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::admin::AdminView;
use super::{
    Captcha, EventView, Feedback, PasskeyView, RecoveryCodesView, RegisterView, SecondStepView, SecurityLogView,
    SessionsView, TrustedBrowserView, TwoStepView,
};
use crate::domain::{Notice, RegistrationMode, Timestamp};

/// The context of every page. Holds only data that this visitor may see.
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
    /// The data of this page.
    pub view: View,
    /// The captcha of this page's form, if it needs one.
    pub captcha: Option<Captcha>,
    /// A validated path to open after signing in.
    pub next: Option<String>,
    /// The relying party id of passkeys, if they are available.
    pub passkeys: Option<String>,
    /// How long "Keep me signed in" lasts, from `PORTAL_SESSION_REMEMBER`: `30 days`.
    pub remember_for: String,
    /// Whether emails go to the development mailbox.
    pub dev_mailbox: bool,
    /// When the page was rendered, by the server's clock.
    pub now: Timestamp,
}

impl Default for PageContext {
    fn default() -> Self {
        Self {
            portal_name: "Portal".to_owned(),
            account: None,
            registration: RegistrationMode::default(),
            flash: Flash::default(),
            view: View::None,
            captcha: None,
            next: None,
            passkeys: None,
            remember_for: String::new(),
            dev_mailbox: false,
            now: Timestamp(0),
        }
    }
}

/// The data of a page beyond the common context.
#[derive(Clone, Debug)]
pub enum View {
    None,
    /// An admin page.
    Admin(AdminView),
    Register(RegisterView),
    Verify(PendingView),
    Sessions(SessionsView),
    SecurityLog(SecurityLogView),
    SecondStep(SecondStepView),
    Confirm(ConfirmView),
    Security(SecurityView),
    RecoveryCodes(RecoveryCodesView),
    Recover(CodeView),
    /// The new email address that is still unconfirmed, if there is one.
    Account(Option<String>),
    /// The new email address, and the code that was sent to it.
    EmailCode(String, CodeView),
    /// The number of days until an account is deleted.
    Delete {
        days: u64,
    },
    /// `None` for a link that no longer works.
    EmailLinks(Option<EmailLinkView>),
}

/// A valid link from an email.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailLinkView {
    /// Sent back with the button.
    pub token: String,
    pub action: EmailLinkAction,
}

/// The action of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailLinkAction {
    EndSession,
    UndoEmailChange,
    KeepAccount,
}

impl fmt::Debug for EmailLinkView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailLinkView({:?}, …)", self.action)
    }
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

/// A pending code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeView {
    /// When the newest code expires, by the server's clock.
    pub deadline: Timestamp,
    /// The lifetime of a code in milliseconds: the countdown's full ring.
    pub lifetime_ms: u64,
    /// Milliseconds from rendering the page to `deadline`.
    pub remaining_ms: u64,
    /// Milliseconds until a new code can be requested.
    pub resend_in_ms: u64,
}

/// A pending registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingView {
    pub username: String,
    pub email: String,
    pub code: CodeView,
    /// How many times the email address can still be corrected.
    pub email_changes_left: u32,
    /// Whether the email address comes from an invitation and can't be corrected.
    pub address_fixed: bool,
    /// Whether the code was correct but the username is now taken.
    pub needs_username: bool,
}

/// How the signed-in user can reauthenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmView {
    /// Whether the user can use a passkey instead of the password.
    pub has_passkey: bool,
}

/// The security settings of the user's account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityView {
    pub two_step: TwoStepView,
    pub passkeys: Vec<PasskeyView>,
    pub browsers: Vec<TrustedBrowserView>,
    /// The most recent events, newest first.
    pub events: Vec<EventView>,
}
