//! Sends forms by script.
//!
//! The framework's `ActionForm` deserializes a form, serializes it again and calls the
//! server function by type. The codecs for that made the WebAssembly module half as
//! large again, and the browser can already serialize a form. The request is the same.

use leptos::prelude::*;
use leptos::server_fn::error::ServerFnErrorErr;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, Headers, HtmlFormElement, RequestInit, Response, UrlSearchParams};

use super::refusal;
use crate::islands::{ApiError, Feedback};

/// Sends a form to its action. Returns the next page, or `None` to reload this one.
///
/// # Errors
/// The server's feedback about the form, or a message that it could not be reached.
pub async fn post(form: &HtmlFormElement) -> Result<Option<String>, Feedback> {
    let typed = fields_of(form).map_err(unreachable)?;
    Ok(next_of(&call(&action_of(form), &typed).await?))
}

/// Returns the action of a form: the attribute, because a field called "action" would hide the property of that name.
#[must_use]
pub fn action_of(form: &HtmlFormElement) -> String {
    form.get_attribute("action").unwrap_or_default()
}

/// Sends fields to a path. Returns the answer if it is not a refusal.
///
/// # Errors
/// Same as [`post`].
pub async fn call(to: &str, fields: &UrlSearchParams) -> Result<Response, Feedback> {
    let answer = send(to, fields).await.map_err(unreachable)?;
    if answer.ok() || answer.redirected() {
        return Ok(answer);
    }
    let body = text_of(&answer).await.map_err(unreachable)?;
    Err(refusal::read(&body).unwrap_or_else(|| fault(ServerFnErrorErr::Deserialization(String::new()))))
}

/// Returns the page that an answer redirects to.
#[must_use]
pub fn next_of(answer: &Response) -> Option<String> {
    if answer.redirected() {
        // Redirected by the access check, for example because the session has ended.
        return Some(answer.url());
    }
    answer.headers().get("location").ok().flatten()
}

fn unreachable(_: JsValue) -> Feedback {
    fault(ServerFnErrorErr::Request(String::new()))
}

/// Returns the message that all forms use for an error.
fn fault(error: ServerFnErrorErr) -> Feedback {
    ApiError::from_server_fn_error(error).0
}

/// Sends some fields of a form to another path. `names` pairs the name of each field with the
/// name to send it under. Returns `None` if the request fails.
pub async fn ask(to: &str, form: &HtmlFormElement, names: &[(&str, &str)]) -> Option<String> {
    let typed = FormData::new_with_form(form).ok()?;
    let fields = UrlSearchParams::new().ok()?;
    for (name, asked_as) in names {
        if let Some(value) = typed.get(name).as_string() {
            fields.append(asked_as, &value);
        }
    }
    let answer = send(to, &fields).await.ok()?;
    if !answer.ok() || answer.redirected() {
        return None;
    }
    text_of(&answer).await.ok()
}

fn fields_of(form: &HtmlFormElement) -> Result<UrlSearchParams, JsValue> {
    UrlSearchParams::new_with_str_sequence_sequence(&FormData::new_with_form(form)?.into())
}

async fn send(to: &str, fields: &UrlSearchParams) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    // Tells the server that a script reads the answer.
    headers.set("accept", "application/json")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(fields);
    JsFuture::from(window().fetch_with_str_and_init(to, &request)).await?.dyn_into()
}

/// Returns the body of an answer.
///
/// # Errors
/// If the body is incomplete.
pub async fn text_of(answer: &Response) -> Result<String, JsValue> {
    Ok(JsFuture::from(answer.text()?).await?.as_string().unwrap_or_default())
}
