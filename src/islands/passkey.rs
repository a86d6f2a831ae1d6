//! The browser's side of a passkey ceremony (W3C Web Authentication, level 3).
//!
//! The browser parses the options and serializes the credential as JSON (section
//! 5.1). Browsers that cannot do that are treated as having no passkeys.

use std::cell::RefCell;

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::UrlSearchParams;

use super::js::{get, text};
use super::post::{call, next_of, text_of};
use crate::islands::Feedback;

const API: &str = "PublicKeyCredential";

thread_local! {
    /// The controller that aborts the pending request of the username field. A page can
    /// have only one request at a time.
    static PENDING: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// The outcome of requesting a credential.
#[derive(Debug)]
pub enum CeremonyOutcome {
    /// The user has to complete another step first, at this URL.
    Redirect(String),
    /// The fields to send: `state` and `credential`.
    Credential(UrlSearchParams),
}

/// Whether pages on this host can use the passkeys of `relying_party`.
#[must_use]
pub fn is_supported(relying_party: &str) -> bool {
    let here = location().hostname().is_ok_and(|host| host == relying_party);
    here && get(&window(), API)
        .and_then(|api| get(&api, "parseRequestOptionsFromJSON"))
        .is_ok_and(|it| it.is_function())
}

/// Whether the browser supports passkey autofill.
pub async fn supports_autofill() -> bool {
    let available = async {
        let api = get(&window(), API)?;
        resolve(invoke(&api, "isConditionalMediationAvailable", &[])?).await
    };
    available.await.is_ok_and(|available| available.is_truthy())
}

/// Starts a request that can be aborted, and replaces the previous one.
#[must_use]
pub fn start_request() -> Option<JsValue> {
    abort_request();
    let constructor = get(&window(), "AbortController").ok()?.dyn_into::<Function>().ok()?;
    let controller = Reflect::construct(&constructor, &Array::new()).ok()?;
    PENDING.set(Some(controller.clone()));
    Some(controller)
}

/// Aborts the pending request, if there is one.
pub fn abort_request() {
    if let Some(controller) = PENDING.take() {
        // Never fails for an `AbortController`.
        let _ = invoke(&controller, "abort", &[]);
    }
}

/// Whether a request has been aborted or replaced.
#[must_use]
pub fn is_aborted(controller: &JsValue) -> bool {
    get(controller, "signal").and_then(|signal| get(&signal, "aborted")).is_ok_and(|aborted| aborted.is_truthy())
}

/// Gets options from the server and then a credential from the authenticator: a new
/// one if `creates`, otherwise an existing one. With a `controller` the browser offers
/// passkeys as autofill suggestions and shows nothing else.
///
/// # Errors
/// The message for the user.
pub async fn request_credential(
    options_path: &str,
    creates: bool,
    controller: Option<&JsValue>,
) -> Result<CeremonyOutcome, Feedback> {
    let nothing = UrlSearchParams::new().map_err(error_message)?;
    let answer = call(options_path, &nothing).await?;
    if let Some(url) = next_of(&answer) {
        return Ok(CeremonyOutcome::Redirect(url));
    }
    let fields = async {
        let response = JSON::parse(&text_of(&answer).await?)?;
        let (parse, verb) =
            if creates { ("parseCreationOptionsFromJSON", "create") } else { ("parseRequestOptionsFromJSON", "get") };
        let options = JSON::parse(&text(&response, "options").unwrap_or_default())?;
        let request = Object::new();
        set(&request, "publicKey", &invoke(&get(&window(), API)?, parse, &[options])?)?;
        if let Some(controller) = controller {
            set(&request, "signal", &get(controller, "signal")?)?;
            set(&request, "mediation", &"conditional".into())?;
        }
        let credentials = get(&get(&window(), "navigator")?, "credentials")?;
        let credential = resolve(invoke(&credentials, verb, &[request.into()])?).await?;
        let fields = UrlSearchParams::new()?;
        fields.append("state", &text(&response, "state").unwrap_or_default());
        // Calls the credential's own `toJSON`.
        fields.append("credential", &String::from(JSON::stringify(&credential)?));
        Ok(fields)
    };
    fields.await.map(CeremonyOutcome::Credential).map_err(error_message)
}

/// Returns the message for a browser's error (sections 5.1.3 and 5.1.4).
fn error_message(error: JsValue) -> Feedback {
    let name = text(&error, "name").unwrap_or_default();
    Feedback::message(match name.as_str() {
        "NotAllowedError" | "AbortError" => "The passkey request was canceled. You can try again.",
        "InvalidStateError" => "This device already has a passkey for your account.",
        _ => "This browser couldn't use a passkey. Try another browser or device.",
    })
}

fn set(object: &Object, name: &str, value: &JsValue) -> Result<bool, JsValue> {
    Reflect::set(object, &name.into(), value)
}

fn invoke(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = get(object, name)?.dyn_into()?;
    function.apply(object, &arguments.iter().collect::<Array>())
}

async fn resolve(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(promise.dyn_into::<Promise>()?).await
}
