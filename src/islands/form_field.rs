//! A field with its label, hint and error.

use leptos::either::EitherOf3;
use leptos::ev::Event;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use super::dyn_value::{DynValue, aria_bool, bool_attr, live};
use super::field::{Field, FieldKind};
use super::{FormState, Icon, IconName, Strength, StrengthMeter};
use crate::domain::OtpCode;

/// The label, hint, control and error, from top to bottom. The control names both
/// texts in its `aria-describedby`; an empty one is not announced.
#[component]
pub fn FormField(field: Field, id: String, form: FormState) -> impl IntoView {
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
        _ => EitherOf3::C(view! { <Line field id form /> }),
    }
}

/// A single-line field, without autocapitalization and spell checking. The server
/// reports text that is too long, since a browser would truncate it silently.
#[component]
fn Line(field: Field, id: String, form: FormState) -> impl IntoView {
    let Field { kind, name, label, hint, autocomplete, value, autofocus, fixed, sends_itself } = field;
    let error = {
        let name = name.clone();
        live(move || form.error(&name))
    };
    let invalid = error.clone();
    let no_hint = hint.is_empty();
    let asked = RwSignal::new(false);
    let shown = move || asked.get() && !form.busy.get();
    let strength = (kind == FieldKind::NewPassword).then(|| Strength::of(id.clone(), form));
    // Only typing sends the form: a browser that restores an old code in a reloaded
    // page must not send it.
    let to_send = StoredValue::new(sends_itself);
    let typed = move |event: Event| {
        if let Some(strength) = strength {
            strength.typed();
        }
        if to_send.get_value() && send_if_whole(&event_target(&event)) {
            to_send.set_value(false);
        }
    };
    let (class, inputmode, maxlength) = match kind {
        // Longer than a code, so that one with spaces or hyphens can be pasted.
        FieldKind::Code => ("form-control code", Some("numeric"), Some("16")),
        FieldKind::AnyCode => ("form-control code code-any", None, Some("64")),
        _ => ("form-control", None, None),
    };
    let input_type = live(move || {
        Some(match kind {
            FieldKind::Email => "email",
            kind if kind.password() && !shown() => "password",
            _ => "text",
        })
    });
    let show = kind.password().then(|| {
        view! {
            <button
                type="button"
                class="btn btn-show"
                // Names the field, since a page can have several. Password labels are ASCII.
                aria-label=format!("Show {}", label.to_ascii_lowercase())
                aria-controls=id.clone()
                aria-pressed=live(move || aria_bool(shown()))
                on:click=move |_| asked.update(|asked| *asked = !*asked)
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
                    maxlength=maxlength
                    required
                    readonly=fixed
                    autofocus=autofocus
                    aria-invalid=live(move || invalid().map(|_| "true"))
                    aria-describedby=format!("{id}-hint {id}-error")
                    data-secret=bool_attr(kind.secret())
                    on:input=typed
                />
                {show}
            </div>
            {strength.map(|strength| view! { <StrengthMeter strength /> })}
            <FieldError id error />
        </div>
    }
}

/// The error message under a control.
#[component]
fn FieldError(id: String, error: DynValue<Option<String>>) -> impl IntoView {
    let none = error.clone();
    view! {
        <p class="field-error" id=format!("{id}-error") hidden=live(move || bool_attr(none().is_none()))>
            <Icon sign=IconName::Alert />
            <span>{live(move || error().unwrap_or_default())}</span>
        </p>
    }
}

/// Sends the form if the field holds six digits. Returns whether it did.
fn send_if_whole(input: &HtmlInputElement) -> bool {
    let whole = OtpCode::parse(&input.value()).is_ok();
    if let (true, Some(form)) = (whole, input.form()) {
        // Fails only without a form to send.
        let _ = form.request_submit();
    }
    whole
}
