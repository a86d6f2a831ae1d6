//! Two-step sign-in: which second factors an account has, the second step itself, and managing the
//! factors.
//!
//! ```text
//!  password correct ──▶ trusted browser? ──yes──▶ SignIn::complete
//!                              │ no
//!                              ▼
//!  begin: check the limit ──▶ check the factor ──▶ succeed: SignIn::complete
//!                                         └──────▶ fail: record and log the failure
//! ```
//!
//! Each step is a single transaction. Because there is only one writer, a hundred parallel attempts
//! are counted one after another, and none beyond the limit is checked.

mod browsers;
mod change;
mod codes;
mod confirm;
mod limit;
mod overview;
mod step;
mod totp_app;
mod undo;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

pub use change::{FactorAdded, factor_removed};
pub use codes::REPLACED;
pub use confirm::ConfirmedCode;
pub use overview::{Adding, Overview};
pub use step::{SecondFactorAttempt, waited_too_long};

use super::core::Core;
use crate::store::{StoreError, passkeys, totp};

/// The second factors of an account. Recovery codes are not factors; they only replace one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// Whether there is an authenticator app.
    pub app: bool,
    pub passkeys: u64,
}

impl Factors {
    /// Whether two-step sign-in is on.
    pub fn any(self) -> bool {
        self.app || self.passkeys > 0
    }
}

/// The service behind `/login/mfa` and two-step sign-in on `/account/security`.
#[derive(Clone, Copy, Debug)]
pub struct SecondFactor<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn second_factor(&self) -> SecondFactor<'_> {
        SecondFactor { core: self }
    }
}

impl SecondFactor<'_> {
    /// Returns the second factors of an account.
    pub async fn factors(&self, db: &impl ConnectionTrait, account_id: Uuid) -> Result<Factors, StoreError> {
        let app = totp::find(db, account_id).await?.is_some();
        Ok(Factors { app, passkeys: passkeys::count(db, account_id).await? })
    }
}
