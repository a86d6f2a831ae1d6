//! A field for a name or an address.

use leptos::prelude::*;

use super::Submission;
use super::field::{FieldError, FieldHead, described_by, invalid};

/// Nothing here is prose: no capital, no spelling. The server says what is too
/// long, since a browser would cut it silently.
#[component]
pub fn TextField(
    name: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(default = "text")] kind: &'static str,
    autocomplete: &'static str,
    value: String,
    form: Submission,
) -> impl IntoView {
    view! {
        <div class="field">
            <FieldHead name label hint />
            <input
                class="form-control"
                type=kind
                id=name
                name=name
                value=value
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                required
                autofocus=form.begins_at(name)
                aria-invalid=invalid(name, form)
                aria-describedby=described_by(name)
            />
            <FieldError name form />
        </div>
    }
}
