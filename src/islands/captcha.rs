//! The script of a form's captcha.

use leptos::prelude::*;
use web_sys::{Element, HtmlFormElement};

use super::dom::{bind_attribute, bind_text, find, flag};
use super::proof_of_work::{FIELD, SOLVED, start_challenge};
use super::{Captcha, CaptchaKind, FormState, PowChallenge};

/// Starts the proof of work that the server has rendered, if there is one, and shows its progress.
pub fn start(form: FormState, element: &HtmlFormElement) {
    let Some(status) = find::<Element>(element, ".check") else { return };
    if let Some(captcha) = rendered(element) {
        start_challenge(form, &captcha);
    }

    let percent = move || form.proof.get().unwrap_or_default();
    let solved = move || percent() == SOLVED;
    let words = move || match (solved(), form.awaits_proof()) {
        (true, _) => "Checked",
        (false, false) => "Checking this browser…",
        (false, true) => "Checking…",
    };
    let share = move || if solved() { String::new() } else { format!("{}%", percent()) };
    bind_text(find(&status, "[role=status]"), move || words().to_owned());
    bind_text(find(&status, ".digits"), share);
    bind_attribute(Some(status.clone()), "data-done", move || flag(solved()));
    bind_attribute(Some(status), "hidden", move || flag(form.proof.get().is_none()));
}

/// Returns the proof of work in the form's hidden field.
fn rendered(form: &HtmlFormElement) -> Option<Captcha> {
    let field = find::<Element>(form, &format!("#{FIELD}"))?;
    let text = |name| field.get_attribute(name);
    let work =
        PowChallenge { seed: text("data-seed")?, prefix: text("data-prefix")?, most: text("data-most")?.parse().ok()? };
    Some(Captcha { challenge: text("value")?, kind: CaptchaKind::PowChallenge(work) })
}
