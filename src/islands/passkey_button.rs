//! The button that starts a passkey ceremony.

use std::time::Duration;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use serde::{Deserialize, Serialize};
use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

use super::dyn_value::{bool_attr, effect, live};
use super::passkey::{
    CeremonyOutcome, abort_request, is_aborted, is_supported, request_credential, start_request, supports_autofill,
};
use super::post::{call, next_of};
use super::{FormMessage, FormState, SubmitButton};
use crate::islands::Feedback;
use crate::paths;

/// How often the pending autofill request is renewed. Shorter than the lifetime of its
/// options.
const RENEWAL: Duration = Duration::from_secs(4 * 60);
/// The fields of the form next to the button that are sent along.
const COPIED_FIELDS: [&str; 3] = ["next", "remember", "trust"];

const BUSY: &str = "Use your passkey…";
/// A secondary button, next to the form's own button.
const OUTLINE: &str = "btn btn-outline btn-wide";

/// A passkey ceremony for a [`PasskeyButton`]. The skipped fields are used only by the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyUse {
    /// The path that the credential is sent to. The options are at `options` below it.
    pub action: String,
    /// The relying party id of the passkeys.
    pub relying_party: String,
    #[serde(skip)]
    pub label: String,
    /// Whether to create a passkey instead of using one.
    pub creates: bool,
    /// Whether passkeys are also offered as suggestions for the username.
    pub suggests: bool,
    /// The action of the form whose fields are sent along; may be empty.
    pub beside: String,
}

impl PasskeyUse {
    /// Signs in, with the button or a suggestion for the username.
    #[must_use]
    pub fn sign_in(relying_party: String) -> Self {
        let beside = paths::LOGIN.to_owned();
        Self { suggests: true, beside, ..Self::of(paths::LOGIN_PASSKEY, "Sign in with a passkey", relying_party) }
    }

    /// Completes the second sign-in step.
    #[must_use]
    pub fn second_step(relying_party: String) -> Self {
        let beside = paths::LOGIN_MFA.to_owned();
        Self { beside, ..Self::of(paths::LOGIN_MFA_PASSKEY, "Use a passkey", relying_party) }
    }

    /// Reauthenticates the user.
    #[must_use]
    pub fn confirm(relying_party: String) -> Self {
        Self::of(paths::ACCOUNT_CONFIRM_PASSKEY, "Use a passkey", relying_party)
    }

    /// Adds a passkey to the account.
    #[must_use]
    pub fn add(relying_party: String) -> Self {
        Self { creates: true, ..Self::of(paths::PASSKEYS, "Add a passkey", relying_party) }
    }

    fn of(action: &str, label: &str, relying_party: String) -> Self {
        Self {
            action: action.to_owned(),
            relying_party,
            label: label.to_owned(),
            creates: false,
            suggests: false,
            beside: String::new(),
        }
    }
}

/// Shown only if the browser supports passkeys and runs scripts.
#[island]
pub fn PasskeyButton(passkey: PasskeyUse) -> impl IntoView {
    let form = FormState::new(Feedback::default());
    let shown = RwSignal::new(false);
    let (action, label) = (passkey.action.clone(), passkey.label.clone());
    let passkey = StoredValue::new(passkey);
    effect(move || {
        let supported = passkey.with_value(|passkey| is_supported(&passkey.relying_party));
        shown.set(supported);
        if supported && passkey.with_value(|passkey| passkey.suggests) {
            // The password form is being sent, so the browser should not ask for a passkey as well.
            window_event_listener(leptos::ev::submit, |_| abort_request());
            leptos::task::spawn_local(async move {
                if supports_autofill().await {
                    offer_autofill(form, passkey);
                }
            });
        }
    });
    let press = move |event: SubmitEvent| {
        event.prevent_default();
        if form.begin() {
            abort_request();
            leptos::task::spawn_local(async move {
                let use_ = passkey.get_value();
                let outcome = match request_credential(&format!("{}/options", use_.action), use_.creates, None).await {
                    Ok(credential) => finish(&use_, credential).await,
                    Err(refusal) => Err(refusal),
                };
                let refused = outcome.is_err();
                form.finish(outcome);
                if refused && use_.suggests {
                    offer_autofill(form, passkey);
                }
            });
        }
    };
    view! {
        <form method="post" action=action novalidate hidden=live(move || bool_attr(!shown.get())) on:submit=press>
            <FormMessage form />
            <SubmitButton label busy_label=BUSY.to_owned() class=OUTLINE.to_owned() wait_ms=None form />
        </form>
    }
}

/// Offers passkeys as autofill suggestions. Errors are ignored, since the button also
/// works.
fn offer_autofill(form: FormState, passkey: StoredValue<PasskeyUse>) {
    let Some(controller) = start_request() else { return };
    let renewed = controller.clone();
    set_timeout(
        move || {
            if !is_aborted(&renewed) {
                offer_autofill(form, passkey);
            }
        },
        RENEWAL,
    );
    leptos::task::spawn_local(async move {
        let passkey = passkey.get_value();
        let Ok(credential) = request_credential(&format!("{}/options", passkey.action), false, Some(&controller)).await
        else {
            return;
        };
        if form.begin() {
            form.finish(finish(&passkey, credential).await);
        }
    });
}

/// Sends the credential to the server.
async fn finish(passkey: &PasskeyUse, outcome: CeremonyOutcome) -> Result<Option<String>, Feedback> {
    match outcome {
        CeremonyOutcome::Redirect(to) => Ok(Some(to)),
        CeremonyOutcome::Credential(fields) => {
            copy_fields(&passkey.beside, &fields);
            Ok(next_of(&call(&passkey.action, &fields).await?))
        }
    }
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
