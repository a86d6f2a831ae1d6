//! The domain types. Each can hold only valid values.
//!
//! Pure code for both targets: no clock, no randomness, no I/O.

pub mod account_state;
pub mod audit_action;
pub mod audit_reason;
pub mod captcha_provider;
pub mod email;
pub mod email_domain;
pub mod email_domain_policy;
pub mod limits;
pub mod metric;
pub mod mfa_policy;
pub mod next_path;
pub mod notice;
pub mod otp_code;
pub mod otp_status;
pub mod passkey_name;
pub mod password;
pub mod proof_of_work;
pub mod recovery_code;
pub mod registration_mode;
pub mod role;
pub mod second_step_code;
pub mod security_event;
pub mod time_range;
pub mod timestamp;
pub mod user_action;
pub mod username;
pub mod validation;
pub(crate) mod words;

pub use account_state::AccountState;
pub use audit_action::AuditAction;
pub use audit_reason::AuditReason;
pub use captcha_provider::CaptchaProvider;
pub use email::Email;
pub use email_domain::EmailDomain;
pub use email_domain_policy::EmailDomainPolicy;
pub use metric::Metric;
pub use mfa_policy::MfaPolicy;
pub use next_path::NextPath;
pub use notice::{Notice, NoticeKind};
pub use otp_code::OtpCode;
pub use otp_status::{OtpDelivery, OtpStatus};
pub use passkey_name::PasskeyName;
pub use password::Password;
pub use proof_of_work::ProofOfWork;
pub use recovery_code::RecoveryCode;
pub use registration_mode::RegistrationMode;
pub use role::Role;
pub use second_step_code::SecondStepCode;
pub use security_event::SecurityEvent;
pub use time_range::TimeRange;
pub use timestamp::Timestamp;
pub use user_action::UserAction;
pub use username::Username;
pub use validation::{FieldError, FieldErrors};
