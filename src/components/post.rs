//! Sending a form by script.
//!
//! The framework's `ActionForm` reads a form into a structure, writes it out
//! again and calls the server function by type. The codecs for that made the
//! browser's module half as large again; the browser already knows how to write
//! down a form. On the wire both are the same.

use leptos::prelude::*;
use leptos::serde_json;
use leptos::server_fn::error::ServerFnErrorErr;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, Headers, HtmlFormElement, RequestInit, Response, UrlSearchParams};

use crate::api::{ApiError, Feedback};

/// Posts a form to its own address and tells where to go next, if not to this
/// page as it now is.
///
/// # Errors
/// What the server has to say about the form, or that it could not be asked.
pub async fn post(form: &HtmlFormElement) -> Result<Option<String>, Feedback> {
    let typed = fields_of(form).map_err(unreachable)?;
    Ok(next_of(&call(&form.action(), &typed).await?))
}

/// Posts fields to an address and gives the answer, if it is no refusal.
///
/// # Errors
/// As [`post`].
pub async fn call(to: &str, fields: &UrlSearchParams) -> Result<Response, Feedback> {
    let answer = send(to, fields).await.map_err(unreachable)?;
    if answer.ok() || answer.redirected() {
        return Ok(answer);
    }
    let body = text_of(&answer).await.map_err(unreachable)?;
    let refusal = serde_json::from_str::<ApiError>(&body);
    Err(refusal.map_or_else(|_| fault(ServerFnErrorErr::Deserialization(String::new())), |ApiError(refusal)| refusal))
}

/// Where an answer leads.
#[must_use]
pub fn next_of(answer: &Response) -> Option<String> {
    if answer.redirected() {
        // A guard stood in the way: the session has ended meanwhile, say.
        return Some(answer.url());
    }
    answer.headers().get("location").ok().flatten()
}

fn unreachable(_: JsValue) -> Feedback {
    fault(ServerFnErrorErr::Request(String::new()))
}

/// A fault in the words that every form uses for it.
fn fault(error: ServerFnErrorErr) -> Feedback {
    ApiError::from_server_fn_error(error).0
}

/// Posts these fields of a form, if it has them, to another address, each under the name
/// that stands beside its own. Gives the answer if it is a good one: whoever asks beside
/// the form can do without.
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
    // Tells the server that a script reads the answer: it is not shown as a page.
    headers.set("accept", "application/json")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(fields);
    JsFuture::from(window().fetch_with_str_and_init(to, &request)).await?.dyn_into()
}

/// What an answer says.
///
/// # Errors
/// When it ends too early.
pub async fn text_of(answer: &Response) -> Result<String, JsValue> {
    Ok(JsFuture::from(answer.text()?).await?.as_string().unwrap_or_default())
}
