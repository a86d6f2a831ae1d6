//! What the browser may ask the server for: one file a feature, with the
//! server functions and the views they and the pages exchange.
//!
//! A `#[server]` body is compiled for the server alone, so `use crate::server`
//! stands inside it. Each function answers on the path of the page that holds
//! its form: the same post works with and without JavaScript.

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
