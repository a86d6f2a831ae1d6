//! The third-party captcha.

use secrecy::SecretString;
use url::Url;

use super::Mistakes;
use super::env::{Env, Source};
use super::settings::{PORTAL_CAPTCHA, PORTAL_CAPTCHA_SECRET, PORTAL_CAPTCHA_SITE_KEY, PORTAL_CAPTCHA_VERIFY_URL};
use super::site::is_loopback_host;
use crate::domain::CaptchaProvider;

/// `PORTAL_CAPTCHA` and related settings.
#[derive(Clone, Debug)]
pub struct ThirdPartyConfig {
    pub provider: CaptchaProvider,
    /// `PORTAL_CAPTCHA_SITE_KEY`: public, part of every page.
    pub site_key: String,
    /// `PORTAL_CAPTCHA_SECRET`.
    pub secret: SecretString,
    /// `PORTAL_CAPTCHA_VERIFY_URL`; by default the provider's.
    pub verify_url: String,
}

/// Loads the section; `None` means the portal's own proof of work.
pub fn load(env: &Env, production: bool, mistakes: &mut Mistakes) -> Option<ThirdPartyConfig> {
    let provider = env.choice(&PORTAL_CAPTCHA, mistakes);
    let site_key = env.get(PORTAL_CAPTCHA_SITE_KEY.name);
    let secret = env.secret(&PORTAL_CAPTCHA_SECRET, mistakes);
    let Some(provider) = provider else {
        let unused =
            [(PORTAL_CAPTCHA_SITE_KEY.name, site_key.is_some()), (PORTAL_CAPTCHA_SECRET.name, secret.is_some())];
        for (name, _) in unused.iter().filter(|(_, set)| *set) {
            mistakes.add(name, "is only used with turnstile or hcaptcha, but PORTAL_CAPTCHA is set to neither");
        }
        return None;
    };
    let missing = match provider {
        CaptchaProvider::Turnstile => "is missing; get it from Cloudflare for your site",
        CaptchaProvider::HCaptcha => "is missing; get it from hCaptcha for your site",
    };
    let site_key = mistakes.check(PORTAL_CAPTCHA_SITE_KEY.name, site_key.ok_or(missing));
    // Only one mistake is reported for a file that cannot be read.
    if env.sources().of(PORTAL_CAPTCHA_SECRET.name) == Source::Default {
        mistakes.add(PORTAL_CAPTCHA_SECRET.name, missing);
    }
    let verify_url = env.get(PORTAL_CAPTCHA_VERIFY_URL.name).unwrap_or(provider.verify_url());
    let web = Url::parse(verify_url).is_ok_and(|url| match url.scheme() {
        "https" => url.has_host(),
        // Sends the secret unencrypted.
        "http" => url.host_str().is_some_and(|host| !production || is_loopback_host(host)),
        _ => false,
    });
    if !web {
        mistakes.add(PORTAL_CAPTCHA_VERIFY_URL.name, "must be a URL that starts with https://");
    }
    Some(ThirdPartyConfig {
        provider,
        site_key: site_key?.to_owned(),
        secret: secret?,
        verify_url: verify_url.to_owned(),
    })
}
