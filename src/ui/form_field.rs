//! A field with its label, hint and error.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::field::{Field, FieldKind};
use super::{Icon, IconName};

/// The label, hint, control and error, from top to bottom. The control names both
/// texts in its `aria-describedby`; an empty one is not announced.
#[component]
pub fn FormField(field: Field, id: String, error: Option<String>) -> impl IntoView {
    match field.kind {
        FieldKind::Hidden => EitherOf3::A(view! {
            <input type="hidden" name=field.name value=field.value autocomplete=field.autocomplete />
        }),
        FieldKind::Checkbox => EitherOf3::B(view! {
            <div class="form-check">
                <input
                    class="form-check-input"
                    type="checkbox"
                    id=id.clone()
                    name=field.name
                    checked=!field.value.is_empty()
                    autofocus=field.autofocus
                />
                <label class="form-check-label" for=id>
                    {field.label}
                </label>
            </div>
        }),
        _ => EitherOf3::C(view! { <Line field id error /> }),
    }
}

/// A single-line field, without autocapitalization and spell checking. The server
/// reports text that is too long, since a browser would truncate it silently.
#[component]
fn Line(field: Field, id: String, error: Option<String>) -> impl IntoView {
    let Field { kind, name, label, hint, autocomplete, value, autofocus, fixed, sends_itself } = field;
    let (no_hint, no_error) = (hint.is_empty(), error.is_none());
    let (class, inputmode) = match kind {
        FieldKind::Code => ("form-control code", Some("numeric")),
        FieldKind::AnyCode => ("form-control code code-any", None),
        _ => ("form-control", None),
    };
    let input_type = match kind {
        FieldKind::Email => "email",
        kind if kind.password() => "password",
        _ => "text",
    };
    let show = kind.password().then(|| {
        view! {
            <button
                type="button"
                class="btn btn-show"
                // Names the field, since a page can have several. Password labels are ASCII.
                aria-label=format!("Show {}", label.to_ascii_lowercase())
                aria-controls=id.clone()
                aria-pressed="false"
            >
                "Show"
            </button>
        }
    });

    view! {
        <div class="field">
            <label class="form-label" for=id.clone()>
                {label}
            </label>
            <div class="form-text" id=format!("{id}-hint") hidden=no_hint>
                {hint}
            </div>
            <div class="with-button">
                <input
                    class=class
                    type=input_type
                    inputmode=inputmode
                    id=id.clone()
                    name=name
                    value=value
                    autocomplete=autocomplete
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    readonly=fixed
                    autofocus=autofocus
                    aria-invalid=(!no_error).then_some("true")
                    aria-describedby=format!("{id}-hint {id}-error")
                    data-secret=kind.secret()
                    data-sends-itself=sends_itself
                />
                {show}
            </div>
            {(kind == FieldKind::NewPassword).then(|| view! { <StrengthMeter /> })}
            <p class="field-error" id=format!("{id}-error") hidden=no_error>
                <Icon sign=IconName::Alert />
                <span>{error}</span>
            </p>
        </div>
    }
}

/// The strength of a new password: four steps and a label, which is announced when it changes. The stylesheet draws the
/// steps and reserves space for the text, so that the layout does not shift.
#[component]
fn StrengthMeter() -> impl IntoView {
    view! {
        <div class="meter">
            <p>
                <strong aria-live="polite" aria-atomic="true">
                    <span class="visually-hidden"></span>
                    <span class="word"></span>
                </strong>
                <span class="advice"></span>
            </p>
        </div>
    }
}
