//! The strength meter of a new password.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::serde_json;
use leptos::wasm_bindgen::JsCast;
use serde::{Deserialize, Serialize};
use web_sys::HtmlInputElement;

use super::FormState;
use super::dyn_value::{effect, live};
use super::post::ask;
use crate::paths;

/// The state of the meter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrengthView {
    /// 1 to 4. The form accepts the password from 3.
    pub step: u8,
    /// The label of the step.
    pub word: String,
    /// What is wrong with it; may be empty.
    pub advice: String,
}

impl StrengthView {
    /// Creates the state for a score from 0 to 4. Scores 0 and 1 look the same.
    #[must_use]
    pub fn of(score: u8, advice: impl ToString) -> Self {
        let (step, word) = match score {
            0 | 1 => (1, "Too weak"),
            2 => (2, "Weak"),
            3 => (3, "Good"),
            _ => (4, "Strong"),
        };
        Self { step, word: word.to_owned(), advice: advice.to_string() }
    }
}

/// The delay after the last keystroke before the server is asked.
const PAUSE: Duration = Duration::from_millis(300);

/// The strength of the password in a field, by the rule that the form enforces.
///
/// The server rates the password, one request at a time. If a request fails, the meter
/// shows nothing.
#[derive(Clone, Copy, Debug)]
pub struct Strength {
    /// The `id` of the field.
    field: StoredValue<String>,
    form: FormState,
    shown: RwSignal<Option<StrengthView>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    asking: StoredValue<bool>,
}

impl Strength {
    /// Starts with the text that was typed before hydration, and clears the meter after a
    /// refusal, which empties the field.
    #[must_use]
    pub fn of(field: String, form: FormState) -> Self {
        let (field, shown) = (StoredValue::new(field), RwSignal::new(None));
        let strength = Self { field, form, shown, timer: StoredValue::new(None), asking: StoredValue::new(false) };
        effect(move || {
            form.feedback.track();
            strength.typed();
        });
        strength
    }

    /// Asks the server once typing stops. Hides the meter immediately if the field is empty.
    pub fn typed(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if self.input().is_none_or(|input| input.value().is_empty()) {
            self.shown.set(None);
        } else {
            self.timer.set_value(set_timeout_with_handle(move || self.ask(), PAUSE).ok());
        }
    }

    fn ask(self) {
        if self.asking.get_value() {
            // Waits until the previous request has finished.
            return self.typed();
        }
        let Some((input, form)) = self.input().and_then(|input| Some((input.clone(), input.form()?))) else { return };
        if self.form.busy.get_untracked() {
            return;
        }
        self.asking.set_value(true);
        leptos::task::spawn_local(async move {
            let asked = input.value();
            let name = input.name();
            let fields = [(name.as_str(), "password"), ("username", "username"), ("email", "email")];
            let answer = ask(paths::PASSWORD_STRENGTH, &form, &fields).await;
            self.asking.set_value(false);
            // Ignores an answer about text that has changed.
            if input.value() == asked {
                self.shown.set(answer.and_then(|answer| serde_json::from_str(&answer).ok()));
            }
        });
    }

    fn input(self) -> Option<HtmlInputElement> {
        self.field.with_value(|id| document().get_element_by_id(id))?.dyn_into().ok()
    }
}

/// Four steps and a label, which is announced when it changes. The stylesheet draws the
/// steps and reserves space for the text, so that the layout does not shift.
#[component]
pub fn StrengthMeter(strength: Strength) -> impl IntoView {
    let shown = strength.shown;
    let text = move |part: fn(&StrengthView) -> String| {
        live(move || shown.with(|shown| shown.as_ref().map(part).unwrap_or_default()))
    };
    let step = live(move || {
        shown.with(|shown| {
            shown.as_ref().map(|shown| match shown.step {
                1 => "1",
                2 => "2",
                3 => "3",
                _ => "4",
            })
        })
    });
    view! {
        <div class="meter" data-step=step>
            <p>
                <strong aria-live="polite" aria-atomic="true">
                    <span class="visually-hidden">{text(|_| "Password strength: ".to_owned())}</span>
                    {text(|shown| shown.word.clone())}
                </strong>
                {text(|shown| if shown.advice.is_empty() { String::new() } else { format!(". {}", shown.advice) })}
            </p>
        </div>
    }
}
