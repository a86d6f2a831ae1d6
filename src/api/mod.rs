//! The server functions and the views that they share with the pages, one file per
//! feature.
//!
//! The body of a `#[server]` function is compiled only for the server, so `use
//! crate::server` goes inside it. Each function answers on the path of the page with
//! its form, so the same request works with and without JavaScript.

pub mod account;
pub mod account_email;
pub mod admin;
pub mod captcha;
pub mod error;
pub mod from_mail;
pub mod login;
pub mod passkeys;
pub mod password;
pub mod recovery;
pub mod registration;
pub mod second_factor;
pub mod secret;
pub mod security_log;
pub mod sessions;
pub mod verification;
pub mod visitor;

pub use captcha::{Captcha, CaptchaAnswer, CaptchaKind, Sum, Widget};
pub use error::{ApiError, Feedback};
pub use passkeys::{PasskeyOptions, PasskeyView};
pub use registration::RegisterView;
pub use second_factor::{AddingView, AppView, RecoveryCodesView, SecondStepView, TrustedBrowserView, TwoStepView};
pub use secret::Secret;
pub use security_log::{EventView, SecurityLogView};
pub use sessions::{SessionView, SessionsView};
pub use visitor::{
    AccountView, CodeView, ConfirmView, Flash, FromMailView, MailDeed, PendingView, SecurityView, View, Visitor,
};

pub use crate::domain::notice::{Notice, NoticeKind};
