//! The parts of a field that surround its control.
//!
//! The `id` of a control is its `name`; it names both texts in its
//! `aria-describedby`, where an empty one says nothing.

use leptos::prelude::*;

use super::live::{Live, flag, live};
use super::{Icon, Sign, Submission};

/// The label and, when there is something to know before typing, the hint.
#[component]
pub fn FieldHead(name: &'static str, label: &'static str, hint: &'static str) -> impl IntoView {
    view! {
        <label class="form-label" for=name>
            {label}
        </label>
        <div class="form-text" id=format!("{name}-hint") hidden=hint.is_empty()>
            {hint}
        </div>
    }
}

/// The message under a control, in words that say how to mend it.
#[component]
pub fn FieldError(name: &'static str, form: Submission) -> impl IntoView {
    view! {
        <p class="field-error" id=format!("{name}-error") hidden=live(move || flag(form.error(name).is_none()))>
            <Icon sign=Sign::Alert />
            <span>{live(move || form.error(name).unwrap_or_default())}</span>
        </p>
    }
}

/// The `aria-describedby` of a control.
#[must_use]
pub fn described_by(name: &str) -> String {
    format!("{name}-hint {name}-error")
}

/// The `aria-invalid` of a control.
#[must_use]
pub fn invalid(name: &'static str, form: Submission) -> Live<Option<&'static str>> {
    live(move || form.error(name).map(|_| "true"))
}
