//! The captcha of a form that could be abused.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::{Icon, IconName};
use crate::islands::proof_of_work::FIELD;
use crate::islands::{Captcha, CaptchaKind};

/// The honeypot: an invisible field for browsers without scripts, which bots fill in.
/// Browsers with scripts never get it, so that it does not confuse password managers.
const UNSEEN: &str = "<div class=\"unseen\" aria-hidden=\"true\">\
    <label for=\"website\">Website (leave this field empty)</label>\
    <input type=\"text\" id=\"website\" name=\"website\" tabindex=\"-1\" autocomplete=\"off\"></div>";

/// The hidden field with the challenge, and the progress of its answer.
///
/// The proof of work is computed while the user types. Its status line keeps its
/// height, and a screen reader announces the text but not every percent. A third
/// party's script renders its widget into the empty container. Without a script the
/// form is sent with the challenge unchanged.
#[component]
pub fn CaptchaField(captcha: Option<Captcha>) -> impl IntoView {
    let (challenge, work, widget) = match captcha {
        None => (String::new(), None, None),
        Some(Captcha { challenge, kind: CaptchaKind::PowChallenge(work) }) => (challenge, Some(work), None),
        Some(Captcha { challenge, kind: CaptchaKind::Widget(widget) }) => (challenge, None, Some(widget)),
    };
    let idle = work.is_none();
    let most = work.as_ref().map(|work| work.most);
    let (seed, prefix) = work.map(|work| (work.seed, work.prefix)).unzip();
    view! {
        // Firefox would restore the value of an earlier visit in a reloaded page.
        <input
            type="hidden"
            id=FIELD
            name=FIELD
            value=challenge
            autocomplete="off"
            data-seed=seed
            data-prefix=prefix
            data-most=most
        />
        <noscript inner_html=UNSEEN></noscript>
        {widget.map(|widget| view! { <div class=widget.class data-sitekey=widget.site_key data-action=widget.action></div> })}
        <p class="check" hidden=idle>
            <span class="spinner-border"></span>
            <Icon sign=IconName::Check />
            <span role="status">"Checking this browser…"</span>
            <span class="digits" aria-hidden="true">
                "0%"
            </span>
        </p>
    }
}

/// The third party's script, on a page whose form has the widget.
#[component]
pub fn CaptchaScript(captcha: Option<Captcha>) -> impl IntoView {
    captcha.and_then(|captcha| match captcha.kind {
        CaptchaKind::PowChallenge(_) => None,
        CaptchaKind::Widget(widget) => {
            Some(view! { <script src=widget.script async=true defer=true nonce=use_nonce()></script> })
        }
    })
}
