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
pub mod email_links;
pub mod error;
pub mod login;
pub mod page_context;
pub mod passkeys;
pub mod password;
pub mod recovery;
pub mod registration;
pub mod second_factor;
pub mod secret;
pub mod security_log;
pub mod sessions;
pub mod verification;

pub use captcha::{Captcha, CaptchaAnswer, CaptchaKind, PowChallenge, Widget};
pub use error::{ApiError, Feedback};
pub use page_context::{
    AccountView, CodeView, ConfirmView, EmailLinkAction, EmailLinkView, Flash, PageContext, PendingView, SecurityView,
    View,
};
pub use passkeys::{PasskeyOptions, PasskeyView};
pub use registration::RegisterView;
pub use second_factor::{AddingView, AppView, RecoveryCodesView, SecondStepView, TrustedBrowserView, TwoStepView};
pub use secret::Secret;
pub use security_log::{EventView, SecurityLogView};
pub use sessions::{SessionView, SessionsView};

pub use crate::domain::notice::{Notice, NoticeKind};
