//! What the portal talks about, in types that cannot hold a wrong value.
//!
//! Pure code for both targets: no clock, no randomness, no input or output.

pub mod audit_action;
pub mod email;
pub mod form;
pub mod limits;
pub mod next_path;
pub mod notice;
pub mod otp_code;
pub mod passkey_name;
pub mod password;
pub mod proof_of_work;
pub mod reason;
pub mod recovery_code;
pub mod role;
pub mod second_step_code;
pub mod security_event;
pub mod span;
pub mod tally;
pub mod timestamp;
pub mod username;

pub use audit_action::AuditAction;
pub use email::Email;
pub use form::{FieldError, FieldErrors};
pub use next_path::NextPath;
pub use notice::{Notice, NoticeKind};
pub use otp_code::OtpCode;
pub use passkey_name::PasskeyName;
pub use password::Password;
pub use proof_of_work::ProofOfWork;
pub use reason::Reason;
pub use recovery_code::RecoveryCode;
pub use role::Role;
pub use second_step_code::SecondStepCode;
pub use security_event::SecurityEvent;
pub use span::Span;
pub use tally::Tally;
pub use timestamp::Timestamp;
pub use username::Username;
