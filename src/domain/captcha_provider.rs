//! The third parties whose captcha the portal can use.

/// The captcha provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptchaProvider {
    /// <https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>
    Turnstile,
    /// <https://docs.hcaptcha.com/#verify-the-user-response-server-side>
    HCaptcha,
}

impl CaptchaProvider {
    /// The URL of the script that renders the widget.
    #[must_use]
    pub fn script(self) -> &'static str {
        match self {
            Self::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/api.js",
            Self::HCaptcha => "https://js.hcaptcha.com/1/api.js",
        }
    }

    /// The CSS class of the element in which the script renders the widget.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Turnstile => "cf-turnstile",
            Self::HCaptcha => "h-captcha",
        }
    }

    /// The URL that verifies responses.
    #[must_use]
    pub fn verify_url(self) -> &'static str {
        match self {
            Self::Turnstile => "https://challenges.cloudflare.com/turnstile/v0/siteverify",
            Self::HCaptcha => "https://api.hcaptcha.com/siteverify",
        }
    }

    /// The origins of the widget's frames, styles and requests.
    #[must_use]
    pub fn origins(self) -> &'static [&'static str] {
        match self {
            Self::Turnstile => &["https://challenges.cloudflare.com"],
            Self::HCaptcha => &["https://hcaptcha.com", "https://*.hcaptcha.com"],
        }
    }
}
