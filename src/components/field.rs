//! The parts of a field that surround its control.

use leptos::prelude::*;

use super::{Icon, Sign, Submission};

/// Label above, hint under the label, control, error under the control.
///
/// The `id` of the control is its `name`, and the two texts belong to it through
/// [`described_by`].
#[component]
pub fn Field(
    name: &'static str,
    label: &'static str,
    /// What a person should know before typing; may be empty.
    hint: &'static str,
    form: Submission,
    children: Children,
) -> impl IntoView {
    let hint = (!hint.is_empty()).then(|| {
        view! {
            <div class="form-text" id=format!("{name}-hint")>
                {hint}
            </div>
        }
    });
    let error = move || {
        form.error(name).map(|message| {
            view! {
                <p class="field-error" id=format!("{name}-error")>
                    <Icon sign=Sign::Alert />
                    <span>{message}</span>
                </p>
            }
        })
    };
    view! {
        <div class="field">
            <label class="form-label" for=name>
                {label}
            </label>
            {hint}
            {children()}
            {error}
        </div>
    }
}

/// The `aria-describedby` of a control: its hint and, when there is one, its error.
pub fn described_by(name: &'static str, hint: &'static str, form: Submission) -> impl Fn() -> Option<String> {
    move || match (hint.is_empty(), form.error(name).is_some()) {
        (true, false) => None,
        (true, true) => Some(format!("{name}-error")),
        (false, false) => Some(format!("{name}-hint")),
        (false, true) => Some(format!("{name}-hint {name}-error")),
    }
}

/// The `aria-invalid` of a control.
pub fn invalid(name: &'static str, form: Submission) -> impl Fn() -> Option<&'static str> {
    move || form.error(name).map(|_| "true")
}
