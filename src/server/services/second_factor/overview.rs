//! What an account has beside its password, as its owner sees it.

use super::app::is_waiting;
use super::browsers::held;
use super::{Factors, SecondFactor};
use crate::domain::Timestamp;
use crate::server::crypto::{QrImage, Seed};
use crate::server::services::outcome::{Fault, ServiceError};
use crate::server::services::requester::Requester;
use crate::server::store::sessions::SecondStep;
use crate::server::store::trusted_browsers::TrustedBrowser;
use crate::server::store::{StoreError, accounts, recovery_codes, totp, trusted_browsers};

/// An authenticator app that is being added.
#[derive(Clone, Debug)]
pub enum Adding {
    Nothing,
    /// The password was given too long ago to show its seed.
    Hidden,
    /// The seed, the address that holds it, and that as a QR code.
    Shown {
        seed: Seed,
        url: String,
        qr: QrImage,
    },
}

/// What protects the account of the person who asks.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Since when an app counts.
    pub app_since: Option<Timestamp>,
    pub adding: Adding,
    pub factors: Factors,
    pub recovery_codes_left: u64,
    /// Each with whether it is the one that asks.
    pub browsers: Vec<(TrustedBrowser, bool)>,
    /// Whether a second factor is demanded of this account.
    pub demanded: bool,
}

impl SecondFactor {
    /// What the person who asks has. The seed of an app that is being added is
    /// shown to those who have just given the password.
    ///
    /// # Errors
    /// Nobody is signed in; faults.
    pub async fn overview(&self, by: &Requester) -> Result<Overview, ServiceError> {
        let (now, reader) = (self.clock.now(), self.store.reader());
        let account_id = by.member()?.account_id;
        let account = accounts::by_id(reader, account_id).await?.ok_or(ServiceError::SignIn)?;
        let waiting = totp::waiting(reader, account_id).await?.filter(|stored| is_waiting(stored, now));
        let adding = match waiting {
            None => Adding::Nothing,
            Some(_) if by.fresh_member(now).is_err() => Adding::Hidden,
            Some(stored) => {
                let seed = self.open_seed(account_id, &stored)?;
                let url = seed.url(&self.portal, &account.username);
                let url = url.ok_or(StoreError::Corrupt("totp.secret"))?;
                let qr = QrImage::of(&url).ok_or(StoreError::Corrupt("totp.secret"))?;
                Adding::Shown { seed, url, qr }
            }
        };
        let browsers = trusted_browsers::of_account(reader, account_id, now).await?;
        let mine = held(account_id, by).map(|token| token.digest().into_bytes());
        Ok(Overview {
            app_since: totp::find(reader, account_id).await?.map(|seed| seed.since),
            adding,
            factors: self.factors(reader, account_id).await?,
            recovery_codes_left: recovery_codes::left(reader, account_id).await?,
            browsers: browsers.into_iter().map(|it| (it.clone(), Some(it.digest) == mine)).collect(),
            demanded: self.demanded.concerns(account.role),
        })
    }

    /// The factors with which a second step that is due can be taken.
    ///
    /// # Errors
    /// Only faults.
    pub async fn factors_for(&self, due: &SecondStep) -> Result<Factors, Fault> {
        Ok(self.factors(self.store.reader(), due.account_id).await?)
    }
}
