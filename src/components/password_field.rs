//! A field for a password.

use leptos::prelude::*;

use super::field::{FieldError, FieldHead, described_by, invalid};
use super::live::{live, truth};
use super::{Strength, StrengthMeter, Submission};

const NAME: &str = "password";

/// What a password is typed for: password managers offer a new one or the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordUse {
    Choose,
    SignIn,
}

/// Can show what was typed, and hides it again while it is sent. The button that
/// does so is hidden by the stylesheet until a script answers it.
#[component]
pub fn PasswordField(usage: PasswordUse, form: Submission) -> impl IntoView {
    let (autocomplete, hint) = match usage {
        PasswordUse::Choose => ("new-password", "At least 8 characters. A few unrelated words work well."),
        PasswordUse::SignIn => ("current-password", ""),
    };
    let asked = RwSignal::new(false);
    let strength = (usage == PasswordUse::Choose).then(|| Strength::of(NAME, form));
    let shown = move || asked.get() && !form.busy.get();

    view! {
        <div class="field">
            <FieldHead name=NAME label="Password" hint />
            <div class="with-button">
                <input
                    class="form-control"
                    type=live(move || Some(if shown() { "text" } else { "password" }))
                    id=NAME
                    name=NAME
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    autofocus=form.begins_at(NAME)
                    aria-invalid=invalid(NAME, form)
                    aria-describedby=described_by(NAME)
                    data-secret=""
                    on:input=move |_| {
                        if let Some(strength) = strength {
                            strength.typed();
                        }
                    }
                />
                <button
                    type="button"
                    class="btn btn-show"
                    aria-label="Show password"
                    aria-controls=NAME
                    aria-pressed=live(move || truth(shown()))
                    on:click=move |_| asked.update(|asked| *asked = !*asked)
                >
                    "Show"
                </button>
            </div>
            {strength.map(|strength| view! { <StrengthMeter strength /> })}
            <FieldError name=NAME form />
        </div>
    }
}
