//! The rules of the portal, independent of HTTP.
//!
//! A service answers a request with [`NextStep`] (where to go next and what to say) or with a
//! [`ServiceError`]. A user's mistake is data; an internal error is an [`InternalError`].

pub mod access_revocation;
pub mod account_settings;
pub mod account_transaction;
pub mod admin;
pub mod admin_cli;
pub mod attempts;
pub mod audit;
pub mod captcha;
pub mod core;
pub mod devices;
pub mod email_domain_policy;
pub mod email_links;
pub mod email_owner;
pub mod email_verification;
pub mod ip_prefix;
pub mod key_rotation;
pub mod keyset;
pub mod login;
pub mod maintenance;
pub mod notifications;
pub mod outcome;
pub mod passkeys;
pub mod password_check;
pub mod rate_limit;
pub mod readiness;
pub mod reauthentication;
pub mod recovery;
pub mod registration;
pub mod request_context;
pub mod second_factor;
pub mod security_log;
pub mod session_manager;
pub mod sign_in;
pub mod sign_up_form;
pub mod sliding_window;
pub mod user_agent;
pub mod username_policy;

pub use account_settings::AccountSettings;
pub use account_transaction::AccountTransaction;
pub use admin::AdminService;
pub use admin_cli::AdminCli;
pub use audit::Audit;
pub use captcha::Captcha;
pub use core::Core;
pub use devices::Devices;
pub use email_links::EmailLinks;
pub use email_verification::{EmailVerifier, FlowEnded, PendingVerification};
pub use ip_prefix::IpPrefix;
pub use key_rotation::KeyRotation;
pub use login::Login;
pub use maintenance::Maintenance;
pub use notifications::Notifications;
pub use outcome::{
    FactorChange, Flow, FlowChange, InternalError, NextStep, Reauthenticated, ServiceError, SessionChange,
};
pub use passkeys::Passkeys;
pub use password_check::PasswordCheck;
pub use reauthentication::Reauthentication;
pub use recovery::Recovery;
pub use registration::Registration;
pub use request_context::{AuthenticatedUser, RequestContext};
pub use second_factor::SecondFactor;
pub use security_log::SecurityLog;
pub use session_manager::SessionManager;
pub use sign_in::{SignIn, SignInOutcome};
pub use user_agent::describe_user_agent;
