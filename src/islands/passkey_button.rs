//! The script of the button that starts a passkey ceremony.

use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

use super::dom::listen;
use super::passkey::{
    CeremonyOutcome, abort_request, is_aborted, is_supported, request_credential, start_request, supports_autofill,
};
use super::post::{action_of, call, next_of};
use super::script::script;
use super::{Feedback, FormState};

/// How often the pending autofill request is renewed. Shorter than the lifetime of its
/// options.
const RENEWAL: Duration = Duration::from_secs(4 * 60);
/// The fields of the form next to the button that are sent along.
const COPIED_FIELDS: [&str; 3] = ["next", "remember", "trust"];

/// Shows the form around it if the browser supports passkeys. The form's button then starts a passkey ceremony.
#[island]
pub fn PasskeyScript() -> impl IntoView {
    script(|form| {
        if let Ok(form) = form.dyn_into() {
            start(&form);
        }
    })
}

/// A passkey ceremony, which the attributes of its form describe.
#[derive(Clone)]
struct Ceremony {
    /// The path that the credential is sent to. The options are at `options` below it.
    action: String,
    /// Whether to create a passkey instead of using one.
    creates: bool,
    /// The action of the form whose fields are sent along; may be empty.
    beside: String,
}

impl Ceremony {
    async fn request(&self, controller: Option<&JsValue>) -> Result<CeremonyOutcome, Feedback> {
        request_credential(&format!("{}/options", self.action), self.creates, controller).await
    }

    /// Sends the credential to the server. Returns the next page.
    async fn finish(&self, outcome: CeremonyOutcome) -> Result<Option<String>, Feedback> {
        match outcome {
            CeremonyOutcome::Redirect(to) => Ok(Some(to)),
            CeremonyOutcome::Credential(fields) => {
                copy_fields(&self.beside, &fields);
                Ok(next_of(&call(&self.action, &fields).await?))
            }
        }
    }
}

fn start(element: &HtmlFormElement) {
    if !is_supported(&element.get_attribute("data-relying-party").unwrap_or_default()) {
        return;
    }
    element.set_hidden(false);
    let form = FormState::of(element);
    let suggests = element.has_attribute("data-suggests");
    let ceremony = Ceremony {
        action: action_of(element),
        creates: element.has_attribute("data-creates"),
        beside: element.get_attribute("data-beside").unwrap_or_default(),
    };
    if suggests {
        // The password form is being sent, so the browser should not ask for a passkey as well.
        window_event_listener(leptos::ev::submit, |_| abort_request());
        let ceremony = ceremony.clone();
        leptos::task::spawn_local(async move {
            if supports_autofill().await {
                offer_autofill(form, ceremony);
            }
        });
    }
    listen(element, "submit", move |event| {
        event.prevent_default();
        if form.begin() {
            abort_request();
            let ceremony = ceremony.clone();
            leptos::task::spawn_local(async move {
                let outcome = match ceremony.request(None).await {
                    Ok(credential) => ceremony.finish(credential).await,
                    Err(refusal) => Err(refusal),
                };
                let refused = outcome.is_err();
                form.finish(outcome);
                if refused && suggests {
                    offer_autofill(form, ceremony);
                }
            });
        }
    });
}

/// Offers passkeys as autofill suggestions. Errors are ignored, since the button also
/// works.
fn offer_autofill(form: FormState, ceremony: Ceremony) {
    let Some(controller) = start_request() else { return };
    let (renewed, again) = (controller.clone(), ceremony.clone());
    set_timeout(
        move || {
            if !is_aborted(&renewed) {
                offer_autofill(form, again);
            }
        },
        RENEWAL,
    );
    leptos::task::spawn_local(async move {
        let Ok(credential) = ceremony.request(Some(&controller)).await else { return };
        if form.begin() {
            form.finish(ceremony.finish(credential).await);
        }
    });
}

fn copy_fields(beside: &str, fields: &UrlSearchParams) {
    let form = document().query_selector(&format!("form[action=\"{beside}\"]")).ok().flatten();
    let form = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let Some(typed) = form.and_then(|form| FormData::new_with_form(&form).ok()) else { return };
    for name in COPIED_FIELDS {
        if let Some(value) = typed.get(name).as_string() {
            fields.append(name, &value);
        }
    }
}
