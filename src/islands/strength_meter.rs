//! The strength meter of a new password.

use std::time::Duration;

use js_sys::JSON;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use web_sys::{Element, HtmlInputElement};

use super::FormState;
use super::dom::{bind_attribute, bind_text, effect, find, listen};
use super::js::{number, text};
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

/// Shows the strength of the password in a field, by the rule that the form enforces.
///
/// Starts with the text that was typed before hydration, and clears the meter after a
/// refusal, which empties the field.
pub fn start(form: FormState, input: &HtmlInputElement, meter: &Element) {
    let strength = Strength {
        form,
        input: StoredValue::new_local(input.clone()),
        shown: RwSignal::new(None),
        timer: StoredValue::new(None),
        asking: StoredValue::new(false),
    };
    listen(input, "input", move |_| strength.typed());
    effect(move || {
        form.busy.track();
        strength.typed();
    });
    let part = move |part: fn(&StrengthView) -> String| move || strength.shown.with(|shown| shown.as_ref().map(part));
    bind_attribute(Some(meter.clone()), "data-step", part(|shown| shown.step.to_string()));
    let text = |selector, words: fn(&StrengthView) -> String| {
        let words = part(words);
        bind_text(find(meter, selector), move || words().unwrap_or_default());
    };
    text(".visually-hidden", |_| "Password strength: ".to_owned());
    text(".word", |shown| shown.word.clone());
    text(".advice", |shown| if shown.advice.is_empty() { String::new() } else { format!(". {}", shown.advice) });
}

/// The server rates the password, one request at a time. If a request fails, the meter
/// shows nothing.
#[derive(Clone, Copy, Debug)]
struct Strength {
    form: FormState,
    input: StoredValue<HtmlInputElement, LocalStorage>,
    shown: RwSignal<Option<StrengthView>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    asking: StoredValue<bool>,
}

impl Strength {
    /// Asks the server once typing stops. Hides the meter immediately if the field is empty.
    fn typed(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        if self.input.get_value().value().is_empty() {
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
        let input = self.input.get_value();
        let Some(form) = input.form() else { return };
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
                self.shown.set(answer.and_then(|answer| read(&answer)));
            }
        });
    }
}

/// Reads the server's answer in JSON.
fn read(json: &str) -> Option<StrengthView> {
    let answer = JSON::parse(json).ok()?;
    let step = u8::try_from(number(&answer, "step")?).ok()?;
    Some(StrengthView { step, word: text(&answer, "word")?, advice: text(&answer, "advice")? })
}
