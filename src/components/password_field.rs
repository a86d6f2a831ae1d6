//! A field for a password.

use leptos::html::Input;
use leptos::prelude::*;

use super::field::{Field, described_by, invalid};
use super::Submission;

/// What a password is typed for: password managers offer a new one or the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordUse {
    Choose,
    SignIn,
}

/// Can show what was typed, hides it again while it is sent, and forgets it
/// after every refused post.
#[component]
pub fn PasswordField(usage: PasswordUse, form: Submission) -> impl IntoView {
    const NAME: &str = "password";
    let (autocomplete, hint) = match usage {
        PasswordUse::Choose => ("new-password", "At least 8 characters. A few unrelated words work well."),
        PasswordUse::SignIn => ("current-password", ""),
    };
    let input = NodeRef::<Input>::new();
    form.clears(input);

    // The button does nothing until a script can make it, so there is none before.
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let asked = RwSignal::new(false);
    let shown = Memo::new(move |_| asked.get() && !form.busy.get());

    view! {
        <Field name=NAME label="Password" hint form>
            <div class="with-button">
                <input
                    class="form-control"
                    type=move || if shown.get() { "text" } else { "password" }
                    id=NAME
                    name=NAME
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    autofocus=form.begins_at(NAME)
                    aria-invalid=invalid(NAME, form)
                    aria-describedby=described_by(NAME, hint, form)
                    node_ref=input
                />
                <button
                    type="button"
                    class="btn btn-show"
                    hidden=move || !ready.get()
                    aria-label="Show password"
                    aria-controls=NAME
                    aria-pressed=move || if shown.get() { "true" } else { "false" }
                    on:click=move |_| asked.update(|asked| *asked = !*asked)
                >
                    "Show"
                </button>
            </div>
        </Field>
    }
}
