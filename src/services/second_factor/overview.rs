//! The security settings of an account, as shown to its owner.

use super::browsers::trust_token;
use super::totp_app::is_pending;
use super::{Factors, SecondFactor};
use crate::crypto::{QrImage, Seed};
use crate::domain::Timestamp;
use crate::services::outcome::ServiceError;
use crate::services::request_context::RequestContext;
use crate::store::trusted_browsers::TrustedBrowser;
use crate::store::{StoreError, accounts, recovery_codes, totp, trusted_browsers};

/// The state of adding an authenticator app.
#[derive(Clone, Debug)]
pub enum Adding {
    Nothing,
    /// The user did not authenticate recently enough to see the seed.
    Hidden,
    /// The seed, the `otpauth` URL that contains it, and the URL as a QR code.
    Shown {
        seed: Seed,
        url: String,
        qr: QrImage,
    },
}

/// The user's second factors and trusted browsers.
#[derive(Clone, Debug)]
pub struct Overview {
    /// When the authenticator app was added.
    pub app_since: Option<Timestamp>,
    pub adding: Adding,
    pub factors: Factors,
    pub recovery_codes_left: u64,
    /// The trusted browsers, each with whether it is the current one.
    pub browsers: Vec<(TrustedBrowser, bool)>,
    /// Whether the account must have a second factor.
    pub required: bool,
}

impl SecondFactor<'_> {
    /// Returns the user's security settings. The seed of an app that this session is adding is included
    /// only if the user recently authenticated with all factors.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn overview(&self, by: &RequestContext) -> Result<Overview, ServiceError> {
        let (now, reader) = (self.core.clock.now(), self.core.store.reader());
        let member = by.member()?;
        let account_id = member.account_id;
        let account = accounts::by_id(reader, account_id).await?.ok_or(ServiceError::Unauthenticated)?;
        let pending = totp::waiting(reader, account_id).await?.filter(|stored| is_pending(stored, member, now));
        let adding = match pending {
            None => Adding::Nothing,
            Some(_) if by.authenticated_with_all_factors(now).is_err() => Adding::Hidden,
            Some(stored) => {
                let seed = self.open_seed(account_id, &stored)?;
                let url = seed.url(&self.core.config.site.name, &account.username);
                let url = url.ok_or(StoreError::Corrupt("totp.secret"))?;
                let qr = QrImage::of(&url).ok_or(StoreError::Corrupt("totp.secret"))?;
                Adding::Shown { seed, url, qr }
            }
        };
        let browsers = trusted_browsers::of_account(reader, account_id, now).await?;
        let current = trust_token(account_id, by).map(|token| token.digest().into_bytes());
        Ok(Overview {
            app_since: totp::find(reader, account_id).await?.map(|seed| seed.since),
            adding,
            factors: self.factors(reader, account_id).await?,
            recovery_codes_left: recovery_codes::left(reader, account_id).await?,
            browsers: browsers.into_iter().map(|it| (it.clone(), Some(it.digest) == current)).collect(),
            required: self.core.config.second_factor.applies_to(account.role),
        })
    }
}
