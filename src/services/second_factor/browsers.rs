//! Trusted browsers, which are exempt from the second factor.

use std::fmt::Write as _;

use uuid::Uuid;

use super::SecondFactor;
use crate::crypto::{FlowToken, TokenDigest};
use crate::domain::{NoticeKind, SecurityEvent};
use crate::paths;
use crate::services::outcome::{NextStep, ServiceError};
use crate::services::request_context::RequestContext;
use crate::services::user_agent::describe_user_agent;
use crate::store::lineage::Lineage;
use crate::store::sessions::SignedIn;
use crate::store::trusted_browsers::TrustedBrowser;
use crate::store::{StoreError, Transaction, trusted_browsers};

const GONE: &str = "This browser has already been removed.";

impl SecondFactor<'_> {
    /// Returns where the account's trust in this browser comes from, or `None` if it does not trust it. Records the use
    /// if it does.
    pub async fn is_trusted(
        &self,
        tx: &Transaction,
        account_id: Uuid,
        by: &RequestContext,
    ) -> Result<Option<Lineage>, StoreError> {
        let Some(token) = trust_token(account_id, by) else { return Ok(None) };
        trusted_browsers::record_use(tx, account_id, token.digest(), self.core.clock.now()).await
    }

    /// Trusts this browser from now on, for the session that is just signed in. Returns the cookie's name and value.
    pub(super) async fn trust(
        &self,
        tx: &Transaction,
        signed_in: &SignedIn,
        by: &RequestContext,
    ) -> Result<(String, FlowToken), StoreError> {
        let (now, account_id) = (tx.now(), signed_in.account_id);
        if let Some(previous) = trust_token(account_id, by) {
            trusted_browsers::forget_token(tx, account_id, previous.digest()).await?;
        }
        let token = FlowToken::generate(&self.core.rng);
        let browser = TrustedBrowser {
            id: self.core.rng.id(now),
            account_id,
            digest: token.digest().into_bytes(),
            user_agent: by.user_agent.clone(),
            ip: by.ip.to_string(),
            created_at: now,
            last_used_at: None,
            expires_at: now + self.core.limits.trust_lifetime,
            added_by: signed_in.lineage(),
        };
        trusted_browsers::insert(tx, browser).await?;
        self.core
            .security_log()
            .record_with_detail(tx, account_id, SecurityEvent::BrowserTrusted, &by.browser(), by)
            .await?;
        Ok((cookie_name(account_id), token))
    }

    /// Removes one of the user's trusted browsers.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::SecondFactorRequired`], or [`ServiceError::Refused`] if they
    /// have no such browser.
    pub async fn forget_browser(&self, id: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        // An invalid id gets the same response as an unknown one.
        let id = Uuid::parse_str(id);
        let own = self.core.begin_own_with_all_factors(by).await?;
        let (tx, account_id) = (&own.tx, own.account.id);
        let id = id.map_err(|_| ServiceError::Refused(GONE))?;
        let known = trusted_browsers::of_account(tx, account_id, tx.now()).await?;
        let browser = known.into_iter().find(|browser| browser.id == id).ok_or(ServiceError::Refused(GONE))?;
        trusted_browsers::forget(tx, account_id, id).await?;
        let description = describe_user_agent(&browser.user_agent);
        self.core
            .security_log()
            .record_with_detail(tx, account_id, SecurityEvent::BrowserForgotten, &description, by)
            .await?;
        own.commit().await?;
        let message = format!("Trusted browser removed: {description}. It will be asked for a code again.");
        Ok(NextStep::go(paths::ACCOUNT_SECURITY).with_notice(NoticeKind::Success, message))
    }

    /// Removes all of the user's trusted browsers.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] or [`ServiceError::SecondFactorRequired`].
    pub async fn forget_browsers(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let own = self.core.begin_own_with_all_factors(by).await?;
        if trusted_browsers::forget_all(&own.tx, own.account.id).await? > 0 {
            let (event, detail) = (SecurityEvent::BrowserForgotten, "all trusted browsers");
            self.core.security_log().record_with_detail(&own.tx, own.account.id, event, detail, by).await?;
        }
        own.commit().await?;
        let message = "All trusted browsers removed. They will be asked for a code again.";
        Ok(NextStep::go(paths::ACCOUNT_SECURITY).with_notice(NoticeKind::Success, message))
    }
}

/// Returns this browser's token for an account, which may no longer be valid.
pub(super) fn trust_token(account_id: Uuid, by: &RequestContext) -> Option<&FlowToken> {
    let name = cookie_name(account_id);
    by.trusted.iter().find(|(cookie, _)| *cookie == name).map(|(_, token)| token)
}

/// Returns the name of an account's cookie: 16 hex digits of a hash that does not reveal the
/// account. The hash is not keyed, so trusted browsers stay trusted when `SECRET_KEY` changes.
fn cookie_name(account_id: Uuid) -> String {
    let digest = TokenDigest::of(&[b"trust".as_slice(), account_id.as_bytes()].concat()).into_bytes();
    digest.iter().take(8).fold(String::new(), |mut name, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(name, "{byte:02x}");
        name
    })
}

#[cfg(test)]
mod tests {
    use super::cookie_name;
    use uuid::Uuid;

    #[test]
    fn each_account_has_a_cookie_name_of_sixteen_hex_digits() {
        let name = cookie_name(Uuid::from_u128(1));
        assert!(name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        assert_ne!(name, cookie_name(Uuid::from_u128(2)));
    }
}
