//! An optional third-party captcha.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::Form;
use crate::config::captcha::ThirdPartyConfig;
use crate::config::site::SiteConfig;
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
    /// The hosts whose pages may have shown the widget.
    hosts: Vec<String>,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct VerifyResponse {
    success: bool,
    /// The host of the page that showed the widget.
    hostname: Option<String>,
    /// The action of the widget, which Turnstile supports and hCaptcha does not.
    action: Option<String>,
}

/// What hCaptcha sends instead of the host under high load. The site key, which it also verifies, then has to do.
const NOT_PROVIDED: &str = "not-provided";
/// The hosts under which developers open a portal on their own machine.
const DEVELOPMENT_HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];

impl ThirdParty {
    /// Creates a client.
    ///
    /// # Errors
    /// A missing certificate store.
    pub fn new(config: ThirdPartyConfig, site: &SiteConfig) -> Result<Self, reqwest::Error> {
        let ThirdPartyConfig { provider, site_key, secret, verify_url } = config;
        // This fails if mail over TLS has already installed a provider, which is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        let own = [site.public_url.host.as_str()];
        let development: &[&str] = if site.production { &[] } else { &DEVELOPMENT_HOSTS };
        let hosts = own.iter().chain(development).map(|host| (*host).to_owned()).collect();
        Ok(Self { provider, site_key, secret, verify_url, hosts, client })
    }

    /// Returns the name by which the widget of this form and its response are tied together, if the
    /// provider supports it.
    #[must_use]
    pub fn action(&self, form: Form) -> Option<&'static str> {
        match self.provider {
            CaptchaProvider::Turnstile => Some(form.name()),
            CaptchaProvider::HCaptcha => None,
        }
    }

    /// Whether the widget's response is valid, and comes from this form on a page of the portal.
    /// Otherwise a response that was solved on another site with the same keys, or in another form,
    /// would count. Returns `None` if there is no response or the provider cannot be reached. The
    /// form is then treated as unproven, so that an outage of the provider does not lock users out.
    pub async fn verify(&self, form: Form, response: &str, by: &RequestContext) -> Option<bool> {
        if response.is_empty() {
            return None;
        }
        match self.request(response, by).await {
            Ok(response) => Some(response.success && self.is_ours(form, &response)),
            Err(error) => {
                // The URL is not secret, but long.
                tracing::error!(error = %error.without_url(), "the captcha provider cannot be reached");
                None
            }
        }
    }

    fn is_ours(&self, form: Form, response: &VerifyResponse) -> bool {
        // A compatible service at another URL may not say where it was solved.
        let (hostname, solved_for) = (response.hostname.as_deref(), response.action.as_deref());
        let own_host = hostname.is_none_or(|hostname| {
            self.hosts.iter().any(|host| host == hostname)
                || (self.provider == CaptchaProvider::HCaptcha && hostname == NOT_PROVIDED)
        });
        let own_action = self.action(form).is_none_or(|action| solved_for.is_none_or(|it| it == action));
        if !own_host || !own_action {
            let (action, expected) = (solved_for, self.hosts.join(", "));
            tracing::warn!(event = "captcha.foreign", hostname, action, expected, form = form.name());
        }
        own_host && own_action
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
