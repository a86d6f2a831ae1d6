//! What a form that may be abused asks a browser for.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::live::{effect, flag, live};
use super::proof::{FIELD, SOLVED, take_up};
use super::{Icon, Sign, Submission, widget};
use crate::api::{Captcha, CaptchaKind};

/// A field that nobody sees, for browsers that run no script: what fills in
/// every field fills it in. The others never have it, so that no password
/// manager can stumble over it.
const UNSEEN: &str = "<div class=\"unseen\" aria-hidden=\"true\">\
    <label for=\"website\">Website (leave this field empty)</label>\
    <input type=\"text\" id=\"website\" name=\"website\" tabindex=\"-1\" autocomplete=\"off\"></div>";

/// The hidden field with the challenge, and how far its answer is.
///
/// A sum is worked out while the person types; the line that says so keeps its
/// height, and a screen reader hears its words but not every percent. A third
/// party's widget draws itself into the empty container. Without a script the
/// form is sent with the challenge as it came.
#[component]
pub fn CaptchaField(form: Submission, captcha: Option<Captcha>) -> impl IntoView {
    let proof = form.proof;
    let (challenge, sum, container) = match captcha {
        None => (String::new(), None, None),
        Some(captcha) => match captcha.kind {
            CaptchaKind::Sum(_) => (captcha.challenge.clone(), Some(captcha), None),
            CaptchaKind::Widget(widget) => (captcha.challenge, None, Some(widget)),
        },
    };
    // From the first moment on, so that a press before it has begun waits as well.
    proof.set(sum.as_ref().map(|_| 0));
    effect(move || {
        if let Some(captcha) = &sum {
            take_up(form, captcha);
        }
    });

    let percent = move || proof.get().unwrap_or_default();
    let solved = move || percent() == SOLVED;
    let words = move || match (solved(), form.held()) {
        (true, _) => "Checked",
        (false, false) => "Checking this browser…",
        (false, true) => "Sending after this check…",
    };
    let share = move || if solved() { String::new() } else { format!("{}%", percent()) };
    view! {
        // Firefox would put the value of an earlier visit back into a reloaded page.
        <input type="hidden" id=FIELD name=FIELD value=challenge autocomplete="off" />
        // As text: to a browser that runs scripts it is one, and hydration must not look for elements in it.
        <noscript inner_html=UNSEEN></noscript>
        {container.map(|container| view! { <div class=container.class data-sitekey=container.site_key></div> })}
        <p class="check" hidden=live(move || flag(proof.get().is_none())) data-done=live(move || flag(solved()))>
            <span class="spinner-border"></span>
            <Icon sign=Sign::Check />
            <span role="status">{live(move || words().to_owned())}</span>
            <span class="digits" aria-hidden="true">
                {live(share)}
            </span>
        </p>
    }
}

/// The third party's script, for a page whose form has its widget.
#[component]
pub fn CaptchaScript(captcha: Option<Captcha>) -> impl IntoView {
    captcha.and_then(widget::of).map(|widget| {
        view! { <script src=widget.script async=true defer=true nonce=use_nonce()></script> }
    })
}
