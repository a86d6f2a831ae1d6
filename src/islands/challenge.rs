//! The captcha of a form, and its answer.

use serde::{Deserialize, Serialize};

/// The captcha of a form. Users never see a puzzle (WCAG 2.2, 3.3.8).
///
/// Every form that could be abused has a challenge. A script answers it with a proof
/// of work, or a third party's widget does. Without a script the form is sent with
/// the challenge unchanged, which tells the server when the page was rendered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captcha {
    /// The initial value of the form's field `captcha`. Signed by the server and
    /// valid for one submission of this form.
    pub challenge: String,
    pub kind: CaptchaKind,
}

/// How a script answers a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaptchaKind {
    PowChallenge(PowChallenge),
    Widget(Widget),
}

/// A proof of work: find the counter below `most` for which SHA-256 over the bytes of
/// `seed` and the counter, as four big-endian bytes, starts with the bytes of
/// `prefix` (ALTCHA's proof of work, version 2, with one iteration).
///
/// The solved field is `challenge.counter.digest`, with the counter in decimal and
/// the digest of 32 bytes in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PowChallenge {
    /// In hexadecimal.
    pub seed: String,
    /// In hexadecimal.
    pub prefix: String,
    /// The exclusive upper bound of the solution.
    pub most: u32,
}

/// A third party's widget. It adds its answer to the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widget {
    /// The URL of the third party's script.
    pub script: String,
    /// The class of the element in which the script renders the widget.
    pub class: String,
    pub site_key: String,
    /// The form that the answer is for, if the third party verifies it.
    pub action: Option<String>,
}

/// The captcha fields of a submitted form. Every field may be missing.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct CaptchaAnswer {
    /// The challenge, with its solution if a script has found one.
    pub captcha: String,
    /// A honeypot: users can't see this field, but bots fill it in.
    pub website: String,
    #[serde(rename = "cf-turnstile-response")]
    pub turnstile: String,
    #[serde(rename = "h-captcha-response")]
    pub hcaptcha: String,
}

impl std::fmt::Debug for CaptchaAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CaptchaAnswer(…)")
    }
}
