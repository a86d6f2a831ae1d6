//! The sea-orm entities, one per table. A `Model` never leaves `store`.

pub mod account;
pub mod attempt;
pub mod audit;
pub mod audit_anchor;
pub mod email_change;
pub mod email_verification;
pub mod invitation;
pub mod known_device;
pub mod mail_link;
pub mod otp;
pub mod outbox;
pub mod passkey;
pub mod recovery_code;
pub mod security_event;
pub mod session;
pub mod spent_challenge;
pub mod tally;
pub mod totp;
pub mod totp_replaced;
pub mod totp_waiting;
pub mod trusted_browser;
