//! The domain types. Each can hold only valid values.
//!
//! Pure code for both targets: no clock, no randomness, no I/O.

pub mod account_state;
pub mod audit_action;
pub mod email;
pub mod email_domain;
pub mod form;
pub mod limits;
pub mod next_path;
pub mod notice;
pub mod otp_code;
pub mod otp_fate;
pub mod passkey_name;
pub mod password;
pub mod proof_of_work;
pub mod reason;
pub mod recovery_code;
pub mod registration_mode;
pub mod role;
pub mod second_step_code;
pub mod security_event;
pub mod span;
pub mod tally;
pub mod timestamp;
pub mod user_deed;
pub mod username;

pub use account_state::AccountState;
pub use audit_action::AuditAction;
pub use email::Email;
pub use email_domain::EmailDomain;
pub use form::{FieldError, FieldErrors};
pub use next_path::NextPath;
pub use notice::{Notice, NoticeKind};
pub use otp_code::OtpCode;
pub use otp_fate::{OtpDelivery, OtpOutcome};
pub use passkey_name::PasskeyName;
pub use password::Password;
pub use proof_of_work::ProofOfWork;
pub use reason::Reason;
pub use recovery_code::RecoveryCode;
pub use registration_mode::RegistrationMode;
pub use role::Role;
pub use second_step_code::SecondStepCode;
pub use security_event::SecurityEvent;
pub use span::Span;
pub use tally::Tally;
pub use timestamp::Timestamp;
pub use user_deed::UserDeed;
pub use username::Username;
