//! The captcha of a form that could be abused.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::dyn_value::{bool_attr, effect, live};
use super::proof_of_work::{FIELD, SOLVED, start_challenge};
use super::{FormState, Icon, IconName, widget};
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
pub fn CaptchaField(form: FormState, captcha: Option<Captcha>) -> impl IntoView {
    let proof = form.proof;
    let (challenge, sum, container) = match captcha {
        None => (String::new(), None, None),
        Some(captcha) => match captcha.kind {
            CaptchaKind::PowChallenge(_) => (captcha.challenge.clone(), Some(captcha), None),
            CaptchaKind::Widget(widget) => (captcha.challenge, None, Some(widget)),
        },
    };
    // Set immediately, so that a press of the button waits even before the work has started.
    proof.set(sum.as_ref().map(|_| 0));
    effect(move || {
        if let Some(captcha) = &sum {
            start_challenge(form, captcha);
        }
    });

    let percent = move || proof.get().unwrap_or_default();
    let solved = move || percent() == SOLVED;
    let words = move || match (solved(), form.awaits_proof()) {
        (true, _) => "Checked",
        (false, false) => "Checking this browser…",
        (false, true) => "Checking…",
    };
    let share = move || if solved() { String::new() } else { format!("{}%", percent()) };
    view! {
        // Firefox would restore the value of an earlier visit in a reloaded page.
        <input type="hidden" id=FIELD name=FIELD value=challenge autocomplete="off" />
        // Set as text: a browser with scripts parses it as text, and hydration must not look for elements in it.
        <noscript inner_html=UNSEEN></noscript>
        {container.map(|container| view! { <div class=container.class data-sitekey=container.site_key data-action=container.action></div> })}
        <p class="check" hidden=live(move || bool_attr(proof.get().is_none())) data-done=live(move || bool_attr(solved()))>
            <span class="spinner-border"></span>
            <Icon sign=IconName::Check />
            <span role="status">{live(move || words().to_owned())}</span>
            <span class="digits" aria-hidden="true">
                {live(share)}
            </span>
        </p>
    }
}

/// The third party's script, on a page whose form has the widget.
#[component]
pub fn CaptchaScript(captcha: Option<Captcha>) -> impl IntoView {
    captcha.and_then(widget::of).map(|widget| {
        view! { <script src=widget.script async=true defer=true nonce=use_nonce()></script> }
    })
}
