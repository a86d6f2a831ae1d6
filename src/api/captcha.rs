//! What a form asks for before it is taken, and what it brings.

use serde::{Deserialize, Serialize};

/// The captcha of one form: shown to nobody as a riddle (WCAG 2.2, 3.3.8).
///
/// A challenge goes with every form that may be abused. A script answers it by
/// solving a sum, or a third party's widget does; without a script the form is
/// sent with the challenge as it came, which tells when the page was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captcha {
    /// What the form's field `captcha` holds until it is solved: signed by the
    /// server, for this form and one post alone.
    pub challenge: String,
    pub kind: CaptchaKind,
}

/// Who answers a challenge when scripts run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CaptchaKind {
    Sum(Sum),
    Widget(Widget),
}

/// Find the counter below `most` for which SHA-256 over the octets of `seed`
/// and the counter, as four octets with the highest first, begins with the
/// octets of `prefix` (ALTCHA's proof of work, version 2, with one iteration).
///
/// Solved, the field is `challenge.counter.digest`: the counter in decimal, the
/// digest of 32 octets in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// In hexadecimal.
    pub seed: String,
    /// In hexadecimal.
    pub prefix: String,
    /// There is a solution below this number.
    pub most: u32,
}

/// A third party's widget. It puts its answer into the form by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widget {
    /// The address of the third party's script.
    pub script: String,
    /// The class by which that script knows where to draw itself.
    pub class: String,
    pub site_key: String,
}

/// What a form brings. Every field may be missing.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct CaptchaAnswer {
    /// The challenge, with its solution when a script has found one.
    pub captcha: String,
    /// No person sees this field; what fills in every field fills it in.
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
