//! An optional third-party captcha.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::config::captcha::ThirdPartyConfig;
use crate::domain::CaptchaProvider;
use crate::services::RequestContext;

/// Timeout for the provider's response. It is short because the user is waiting.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A client for the provider. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct ThirdParty {
    pub provider: CaptchaProvider,
    pub site_key: String,
    secret: SecretString,
    verify_url: String,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct VerifyResponse {
    success: bool,
}

impl ThirdParty {
    /// Creates a client.
    ///
    /// # Errors
    /// A missing certificate store.
    pub fn new(config: ThirdPartyConfig) -> Result<Self, reqwest::Error> {
        let ThirdPartyConfig { provider, site_key, secret, verify_url } = config;
        // This fails if mail over TLS has already installed a provider, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { provider, site_key, secret, verify_url, client })
    }

    /// Whether the widget's response is valid. Returns `None` if there is no response or the
    /// provider cannot be reached. The form is then treated as unproven, so that an outage of the
    /// provider does not lock users out.
    pub async fn verify(&self, response: &str, by: &RequestContext) -> Option<bool> {
        if response.is_empty() {
            return None;
        }
        match self.request(response, by).await {
            Ok(response) => Some(response.success),
            Err(error) => {
                // The URL is not secret, but long.
                tracing::error!(error = %error.without_url(), "the captcha provider cannot be reached");
                None
            }
        }
    }

    async fn request(&self, response: &str, by: &RequestContext) -> Result<VerifyResponse, reqwest::Error> {
        let ip = by.ip.to_string();
        let fields = [
            ("secret", self.secret.expose_secret()),
            ("response", response),
            ("remoteip", ip.as_str()),
            ("sitekey", self.site_key.as_str()),
        ];
        let response = self.client.post(&self.verify_url).form(&fields).send().await?;
        response.error_for_status()?.json().await
    }
}
