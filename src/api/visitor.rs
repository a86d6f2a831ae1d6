//! What the server knows about the person behind a request, as pages see it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::admin::AdminView;
use super::{
    Captcha, EventView, Feedback, PasskeyView, RecoveryCodesView, RegisterView, SecondStepView, SecurityLogView,
    SessionsView, TrustedBrowserView, TwoStepView,
};
use crate::domain::{Notice, RegistrationMode, Timestamp};

/// Given to every page as context. Holds only what may be shown to this person.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The portal's own name, `PORTAL_NAME`.
    pub portal_name: String,
    /// The person, when signed in.
    pub account: Option<AccountView>,
    /// Who may register.
    pub registration: RegistrationMode,
    /// What the previous request left to say.
    pub flash: Flash,
    /// What this page shows.
    pub view: View,
    /// What the form of this page that may be abused asks for.
    pub captcha: Option<Captcha>,
    /// A checked path to go to after signing in.
    pub next: Option<String>,
    /// The host whose pages can use passkeys, where browsers allow any.
    pub passkeys: Option<String>,
    /// Whether mail goes to the development mailbox.
    pub dev_mailbox: bool,
    /// When the page was made, by the server's clock.
    pub now: Timestamp,
}

impl Default for Visitor {
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
            dev_mailbox: false,
            now: Timestamp(0),
        }
    }
}

/// What a page shows beside what every page knows.
#[derive(Clone, Debug)]
pub enum View {
    None,
    /// A page of the administration.
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
    /// The address that waits for its code, if there is one.
    Account(Option<String>),
    /// The new address, and the code that was mailed to it.
    EmailCode(String, CodeView),
    /// After how many days an account goes.
    Delete {
        days: u64,
    },
    /// `None` for a link that is good for nothing any more.
    FromMail(Option<FromMailView>),
}

/// A link from a mail that still works.
#[derive(Clone, PartialEq, Eq)]
pub struct FromMailView {
    /// Goes back with the button.
    pub token: String,
    pub deed: MailDeed,
}

/// What the button behind a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailDeed {
    EndSession,
    UndoEmailChange,
    KeepAccount,
}

impl fmt::Debug for FromMailView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FromMailView({:?}, …)", self.deed)
    }
}

/// The facts of an account that its owner sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    pub username: String,
    pub email: String,
    pub administrator: bool,
    pub created_at: Timestamp,
    pub verified_at: Timestamp,
    /// When this session was begun, and from which address.
    pub signed_in_at: Timestamp,
    pub signed_in_from: String,
    /// The sign-in before this session's, if there was one.
    pub previous_sign_in_at: Option<Timestamp>,
    pub previous_sign_in_from: Option<String>,
    /// When this session ends at the latest.
    pub session_ends_at: Timestamp,
    /// Whether this session was begun with two factors.
    pub two_step: bool,
    /// A second factor is demanded and there is none yet.
    pub must_enrol: bool,
}

impl AccountView {
    /// What this session took, in words.
    #[must_use]
    pub fn signed_in_with(&self) -> &'static str {
        if self.two_step { "Two steps" } else { "The password alone" }
    }
}

/// A mailed code that is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeView {
    /// When the newest code stops counting, by the server's clock.
    pub deadline: Timestamp,
    /// How long a code lasts in all, in milliseconds: the countdown's full ring.
    pub lifetime_ms: u64,
    /// Milliseconds from the making of the page to `deadline`.
    pub remaining_ms: u64,
    /// Milliseconds until another code may be asked for.
    pub resend_in_ms: u64,
}

/// A registration that waits for its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingView {
    pub username: String,
    pub email: String,
    pub code: CodeView,
    /// How often the address may still be corrected.
    pub email_changes_left: u32,
    /// The address is the invitation's, and cannot be corrected.
    pub address_fixed: bool,
    /// The code was right but somebody took the username meanwhile.
    pub needs_username: bool,
}

/// How somebody who is signed in can show that it is them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmView {
    /// Whether they have a passkey to show in place of the password.
    pub has_passkey: bool,
}

/// What protects an account, as its owner sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityView {
    pub two_step: TwoStepView,
    pub passkeys: Vec<PasskeyView>,
    pub browsers: Vec<TrustedBrowserView>,
    /// The newest, the latest first.
    pub events: Vec<EventView>,
}

/// What one request leaves for the next page: kept in the session, shown once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The path that may show it.
    pub path: String,
    /// The form the feedback belongs to, by its action.
    pub form: String,
    pub feedback: Feedback,
    /// Harmless values as they were typed; never a password or a code.
    pub values: Vec<(String, String)>,
    pub notice: Option<Notice>,
}

impl Flash {
    /// What was typed into `field`, or nothing.
    #[must_use]
    pub fn value(&self, field: &str) -> String {
        self.values.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// The feedback for the form with this action; empty for any other.
    #[must_use]
    pub fn feedback_for(&self, form: &str) -> Feedback {
        if self.form == form { self.feedback.clone() } else { Feedback::default() }
    }
}
