//! The tables as sea-orm sees them. A `Model` never leaves `store`.

pub mod account;
pub mod failure_counter;
pub mod otp;
pub mod outbox;
pub mod quota;
pub mod registration;
pub mod session;
pub mod spent_challenge;
pub mod wrong_try;
