//! What an account wants beside the password: which factors it has, the step
//! itself, and looking after them.
//!
//! ```text
//!  password right ──▶ trusted here? ──yes──▶ Entry::admit
//!                          │ no
//!                          ▼
//!   begin: one more failure ──▶ a factor is looked at ──▶ succeed: forgiven, Entry::admit
//!                                         └─────────────▶ fail: written down
//! ```
//!
//! All of a step happens in one transaction. Since writers take turns, a hundred
//! parallel tries count as a hundred before the first beyond the limit is looked at.

mod app;
mod browsers;
mod change;
mod codes;
mod counter;
mod overview;
mod step;

use sea_orm::ConnectionTrait;
use uuid::Uuid;

pub use change::Change;
pub use counter::{count_failure, forgive};
pub use overview::{Adding, Overview};
pub use step::{Stepped, Try, waited_too_long};

use super::entry::Entry;
use super::notices::Notices;
use super::security_log::SecurityLog;
use crate::domain::Role;
use crate::server::clock::Clock;
use crate::server::crypto::{LookupKeys, Sealer};
use crate::server::limits::Limits;
use crate::server::rng::Rng;
use crate::server::store::{Store, StoreError, passkeys, totp};

/// Of whom a second factor is demanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Demanded {
    #[default]
    OfNobody,
    OfAdministrators,
    OfEveryone,
}

impl Demanded {
    /// Whether it is demanded of somebody of this role.
    #[must_use]
    pub fn concerns(self, role: Role) -> bool {
        match self {
            Self::OfNobody => false,
            Self::OfAdministrators => role == Role::Administrator,
            Self::OfEveryone => true,
        }
    }
}

/// The second factors that an account has. Recovery codes are none: they stand in for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// An authenticator app.
    pub app: bool,
    pub passkeys: u64,
}

impl Factors {
    /// Whether signing in takes two steps.
    #[must_use]
    pub fn any(self) -> bool {
        self.app || self.passkeys > 0
    }
}

/// The service behind `/login/mfa`, and behind two-step sign-in on `/account/security`.
#[derive(Clone, Debug)]
pub struct SecondFactor {
    pub store: Store,
    pub entry: Entry,
    pub log: SecurityLog,
    pub notices: Notices,
    /// One that nothing but the seeds of apps uses.
    pub seeds: Sealer,
    pub keys: LookupKeys,
    pub limits: Limits,
    pub demanded: Demanded,
    /// The portal's name, as apps show it.
    pub portal: String,
    pub clock: Clock,
    pub rng: Rng,
}

impl SecondFactor {
    /// The second factors of an account.
    ///
    /// # Errors
    /// Only faults.
    pub async fn factors(&self, db: &impl ConnectionTrait, account_id: Uuid) -> Result<Factors, StoreError> {
        let app = totp::find(db, account_id).await?.is_some();
        Ok(Factors { app, passkeys: passkeys::count(db, account_id).await? })
    }

    /// Whether a second factor is demanded of this account and it has none yet.
    ///
    /// # Errors
    /// Only faults.
    pub async fn must_enrol(&self, account_id: Uuid, role: Role) -> Result<bool, StoreError> {
        Ok(self.demanded.concerns(role) && !self.factors(self.store.reader(), account_id).await?.any())
    }
}
