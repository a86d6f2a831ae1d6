//! The server's refusal of a form, as the browser reads it.

use js_sys::{Array, JSON};
use leptos::wasm_bindgen::JsValue;

use super::js::{get, number, text};
use super::{Captcha, CaptchaKind, Feedback, PowChallenge, Widget};
use crate::domain::{FieldError, FieldErrors};

/// Reads an [`ApiError`](super::ApiError) in JSON. Returns `None` for any other text.
#[must_use]
pub fn read(json: &str) -> Option<Feedback> {
    let answer = JSON::parse(json).ok()?;
    let fields = get(&answer, "fields").ok().filter(Array::is_array)?;
    let field = |error: JsValue| Some(FieldError { field: text(&error, "field")?, message: text(&error, "message")? });
    Some(Feedback {
        message: text(&answer, "message"),
        fields: FieldErrors(Array::from(&fields).iter().filter_map(field).collect()),
        retry_after: number(&answer, "retry_after").map(u64::from),
        captcha: get(&answer, "captcha").ok().and_then(|captcha| captcha_in(&captcha)).map(Box::new),
    })
}

fn captcha_in(captcha: &JsValue) -> Option<Captcha> {
    let challenge = text(captcha, "challenge")?;
    let kind = get(captcha, "kind").ok()?;
    let work = get(&kind, "PowChallenge").ok()?;
    let kind = if work.is_undefined() {
        let widget = get(&kind, "Widget").ok()?;
        CaptchaKind::Widget(Widget {
            script: text(&widget, "script")?,
            class: text(&widget, "class")?,
            site_key: text(&widget, "site_key")?,
            action: text(&widget, "action"),
        })
    } else {
        CaptchaKind::PowChallenge(PowChallenge {
            seed: text(&work, "seed")?,
            prefix: text(&work, "prefix")?,
            most: number(&work, "most")?,
        })
    };
    Some(Captcha { challenge, kind })
}
