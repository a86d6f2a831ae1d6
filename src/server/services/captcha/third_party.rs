//! A third party that tells people from machines, when the operator wants one.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::server::config::captcha::ThirdPartyConfig;
use crate::server::services::Requester;

/// How long it may take to answer: a person waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose widget it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// <https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>
    Turnstile,
    /// <https://docs.hcaptcha.com/#verify-the-user-response-server-side>
    HCaptcha,
}

impl Provider {
    /// The script that draws the widget.
    #[must_use]
    pub fn script(self) -> &'static str {
        match self {
            Self::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/api.js",
            Self::HCaptcha => "https://js.hcaptcha.com/1/api.js",
        }
    }

    /// The class by which that script knows the widget's place.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Turnstile => "cf-turnstile",
            Self::HCaptcha => "h-captcha",
        }
    }

    /// Where its answers are verified.
    #[must_use]
    pub fn verify_url(self) -> &'static str {
        match self {
            Self::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/siteverify",
            Self::HCaptcha => "https://api.hcaptcha.com/siteverify",
        }
    }

    /// Where the widget's frame, styles and requests come from.
    #[must_use]
    pub fn origins(self) -> &'static [&'static str] {
        match self {
            Self::Turnstile => &["https://challenges.cloudflare.com"],
            Self::HCaptcha => &["https://hcaptcha.com", "https://*.hcaptcha.com"],
        }
    }
}

/// How to reach it. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct ThirdParty {
    pub provider: Provider,
    pub site_key: String,
    secret: SecretString,
    verify_url: String,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct Verdict {
    success: bool,
}

impl ThirdParty {
    /// # Errors
    /// When the machine has no certificates to trust.
    pub fn new(config: ThirdPartyConfig) -> Result<Self, reqwest::Error> {
        let ThirdPartyConfig { provider, site_key, secret, verify_url } = config;
        // Set already when mail goes out by TLS.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client =
            reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { provider, site_key, secret, verify_url, client })
    }

    /// Whether its widget's answer is good. `None` when there was no answer, or
    /// the third party cannot be asked: then the form counts as unproven, so
    /// that an outage elsewhere keeps nobody out.
    pub async fn judge(&self, response: &str, by: &Requester) -> Option<bool> {
        if response.is_empty() {
            return None;
        }
        match self.ask(response, by).await {
            Ok(verdict) => Some(verdict.success),
            Err(error) => {
                // Without the address, which would hold no secret but is long.
                tracing::error!(error = %error.without_url(), "the third party's verification cannot be reached");
                None
            }
        }
    }

    async fn ask(&self, response: &str, by: &Requester) -> Result<Verdict, reqwest::Error> {
        let ip = by.ip.to_string();
        let fields = [
            ("secret", self.secret.expose_secret()),
            ("response", response),
            ("remoteip", ip.as_str()),
            ("sitekey", self.site_key.as_str()),
        ];
        let answer = self.client.post(&self.verify_url).form(&fields).send().await?;
        answer.error_for_status()?.json().await
    }
}
