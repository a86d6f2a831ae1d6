//! The button that asks for a passkey.

use std::time::Duration;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use serde::{Deserialize, Serialize};
use web_sys::{FormData, HtmlFormElement, UrlSearchParams};

use super::live::{effect, flag, live};
use super::passkey::{Asked, ask, can_suggest, has_stopped, is_supported, stop_waiting, wait_anew};
use super::post::{call, next_of};
use super::{FormMessage, Submission, SubmitButton};
use crate::api::Feedback;
use crate::paths;

/// How long a request waits behind the username field before it is made anew: less than
/// its options count for.
const RENEWAL: Duration = Duration::from_secs(4 * 60);
/// What goes along of the form beside the button.
const ALONG: [&str; 3] = ["next", "remember", "trust"];

const BUSY: &str = "Use your passkey…";
/// Beside another way to go on, which is a button of its own.
const OUTLINE: &str = "btn btn-outline btn-wide";

/// One ceremony, as a page gives it to its button. What is skipped is drawn by the server alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyUse {
    /// Where the credential is posted; the options are asked for at `options` below it.
    pub action: String,
    /// The host whose pages can use these passkeys.
    pub relying_party: String,
    #[serde(skip)]
    pub label: String,
    /// Makes a passkey, instead of showing one.
    pub creates: bool,
    /// Is offered among the suggestions for the username as well.
    pub suggests: bool,
    /// The action of the form whose choices count here as well, or nothing.
    pub beside: String,
}

impl PasskeyUse {
    /// Signs in, by the button or by the browser's suggestion for the username.
    #[must_use]
    pub fn sign_in(relying_party: String) -> Self {
        let beside = paths::LOGIN.to_owned();
        Self { suggests: true, beside, ..Self::of(paths::LOGIN_PASSKEY, "Sign in with a passkey", relying_party) }
    }

    /// Is the second step of signing in.
    #[must_use]
    pub fn second_step(relying_party: String) -> Self {
        let beside = paths::LOGIN_MFA.to_owned();
        Self { beside, ..Self::of(paths::LOGIN_MFA_PASSKEY, "Use a passkey", relying_party) }
    }

    /// Confirms who is at the keyboard.
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

/// Is there only in a browser that can do it: without a script, or without passkeys,
/// nothing is seen of it.
#[island]
pub fn PasskeyButton(passkey: PasskeyUse) -> impl IntoView {
    let form = Submission::new(Feedback::default());
    let there = RwSignal::new(false);
    let (action, label) = (passkey.action.clone(), passkey.label.clone());
    let passkey = StoredValue::new(passkey);
    effect(move || {
        let supported = passkey.with_value(|passkey| is_supported(&passkey.relying_party));
        there.set(supported);
        if supported && passkey.with_value(|passkey| passkey.suggests) {
            // The password is on its way: the browser should ask for nothing else meanwhile.
            window_event_listener(leptos::ev::submit, |_| stop_waiting());
            leptos::task::spawn_local(async move {
                if can_suggest().await {
                    suggest(form, passkey);
                }
            });
        }
    });
    let press = move |event: SubmitEvent| {
        event.prevent_default();
        if form.begin() {
            stop_waiting();
            leptos::task::spawn_local(async move {
                let use_ = passkey.get_value();
                let outcome = match ask(&format!("{}/options", use_.action), use_.creates, None).await {
                    Ok(asked) => finish(&use_, asked).await,
                    Err(refusal) => Err(refusal),
                };
                let refused = outcome.is_err();
                form.conclude(outcome);
                if refused && use_.suggests {
                    suggest(form, passkey);
                }
            });
        }
    };
    view! {
        <form method="post" action=action novalidate hidden=live(move || flag(!there.get())) on:submit=press>
            <FormMessage form />
            <SubmitButton label busy_label=BUSY.to_owned() class=OUTLINE.to_owned() wait_ms=None form />
        </form>
    }
}

/// Lets the browser offer a passkey among its suggestions. Whatever keeps it from that
/// is not worth a word: there is the button.
fn suggest(form: Submission, passkey: StoredValue<PasskeyUse>) {
    let Some(controller) = wait_anew() else { return };
    let renewed = controller.clone();
    set_timeout(
        move || {
            if !has_stopped(&renewed) {
                suggest(form, passkey);
            }
        },
        RENEWAL,
    );
    leptos::task::spawn_local(async move {
        let passkey = passkey.get_value();
        let Ok(asked) = ask(&format!("{}/options", passkey.action), false, Some(&controller)).await else { return };
        if form.begin() {
            form.conclude(finish(&passkey, asked).await);
        }
    });
}

/// Posts what the authenticator gave.
async fn finish(passkey: &PasskeyUse, asked: Asked) -> Result<Option<String>, Feedback> {
    match asked {
        Asked::Elsewhere(to) => Ok(Some(to)),
        Asked::Shown(fields) => {
            take_along(&passkey.beside, &fields);
            Ok(next_of(&call(&passkey.action, &fields).await?))
        }
    }
}

fn take_along(beside: &str, fields: &UrlSearchParams) {
    let form = document().query_selector(&format!("form[action=\"{beside}\"]")).ok().flatten();
    let form = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let Some(typed) = form.and_then(|form| FormData::new_with_form(&form).ok()) else { return };
    for name in ALONG {
        if let Some(value) = typed.get(name).as_string() {
            fields.append(name, &value);
        }
    }
}
