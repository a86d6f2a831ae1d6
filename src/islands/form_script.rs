//! The island behind nearly every form.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement};

use super::dom::{bind_attribute, effect, find, find_all, listen, truth};
use super::script::script;
use super::{FormState, captcha, strength_meter};
use crate::domain::OtpCode;

/// Sends the form around it, and shows a refusal without loading the page again.
///
/// The server has rendered all of the form. Without this script, the browser sends the same fields.
#[island]
pub fn FormScript() -> impl IntoView {
    script(|form| {
        if let Ok(form) = form.dyn_into() {
            start(&form);
        }
    })
}

fn start(element: &HtmlFormElement) {
    let form = FormState::of(element);
    listen(element, "submit", move |event| form.send(&event));
    captcha::start(form, element);
    for field in find_all::<Element>(element, ".field") {
        let Some(input) = find::<HtmlInputElement>(&field, "input") else { continue };
        if let Some(button) = find(&field, ".btn-show") {
            show_on_request(form, input.clone(), button);
        }
        if let Some(meter) = find(&field, ".meter") {
            strength_meter::start(form, &input, &meter);
        }
        if input.has_attribute("data-sends-itself") {
            send_when_whole(&input);
        }
    }
}

/// Lets a button show and hide a password. It is hidden while the form is being sent.
fn show_on_request(form: FormState, input: HtmlInputElement, button: HtmlElement) {
    let asked = RwSignal::new(false);
    let shown = move || asked.get() && !form.busy.get();
    listen(&button, "click", move |_| asked.update(|asked| *asked = !*asked));
    bind_attribute(Some(button.into()), "aria-pressed", move || truth(shown()));
    effect(move || input.set_type(if shown() { "text" } else { "password" }));
}

/// Sends the form once its field holds six digits, the first time. Only typing sends it: a browser that restores an
/// old code in a reloaded page must not.
fn send_when_whole(input: &HtmlInputElement) {
    let (typed, mut sent) = (input.clone(), false);
    listen(input, "input", move |_| {
        if !sent && OtpCode::parse(&typed.value()).is_ok() {
            sent = true;
            if let Some(form) = typed.form() {
                // Fails only without a form to send.
                let _ = form.request_submit();
            }
        }
    });
}
