//! The rules of the portal, independent of HTTP.
//!
//! A service answers a request with [`Done`] (where to go next and what to say) or with a
//! [`ServiceError`]. A user's mistake is data; an internal error is a [`Fault`].

pub mod address_prefix;
pub mod administration;
pub mod audit;
pub mod captcha;
pub mod closing;
pub mod codes;
pub mod confirmation;
pub mod device_words;
pub mod devices;
pub mod email_rules;
pub mod entry;
pub mod flow;
pub mod from_mail;
pub mod holder;
pub mod keyset;
pub mod login;
pub mod maintenance;
pub mod newcomer;
pub mod notices;
pub mod operators;
pub mod outcome;
pub mod own_account;
pub mod own_sessions;
pub mod passkeys;
pub mod password_check;
pub mod quota;
pub mod readiness;
pub mod recovery;
pub mod registration;
pub mod requester;
pub mod resealing;
pub mod second_factor;
pub mod security_log;
pub mod verification;
pub mod window;

pub use address_prefix::AddressPrefix;
pub use administration::Administration;
pub use audit::Audit;
pub use captcha::Captcha;
pub use codes::Codes;
pub use confirmation::Confirmation;
pub use device_words::device_in_words;
pub use devices::Devices;
pub use email_rules::EmailRules;
pub use entry::{Entered, Entry};
pub use flow::{Ended, Pending};
pub use from_mail::FromMail;
pub use login::Login;
pub use maintenance::Maintenance;
pub use notices::Notices;
pub use operators::Operators;
pub use outcome::{Done, Fault, Flow, FlowChange, ServiceError};
pub use own_account::OwnAccount;
pub use own_sessions::OwnSessions;
pub use passkeys::Passkeys;
pub use password_check::PasswordCheck;
pub use recovery::Recovery;
pub use registration::Registration;
pub use requester::{Member, Requester};
pub use resealing::Resealing;
pub use second_factor::SecondFactor;
pub use security_log::SecurityLog;
pub use verification::Verification;
