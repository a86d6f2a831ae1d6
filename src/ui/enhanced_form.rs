//! The form that nearly every page uses.

use leptos::prelude::*;

use super::{CaptchaField, Form, FormField, FormMessage, SubmitButton};
use crate::islands::FormScript;

/// A form that is sent by script if possible, and by the browser otherwise. See [`Form`] for how to write one.
///
/// The browser gets finished markup, to which [`FormScript`] adds its behavior. So neither a new form nor a new kind of
/// field makes the WebAssembly module larger.
#[component]
pub fn EnhancedForm(form: Form) -> impl IntoView {
    let Form { action, id_prefix, feedback, fields, guarded, captcha, label, busy_label, class, wait_ms, .. } = form;
    let fields = fields.into_iter().map(|field| {
        let id = format!("{id_prefix}{}", field.name);
        let error = feedback.fields.of(&field.name).map(str::to_owned);
        view! { <FormField field id error /> }
    });
    let fields: Vec<_> = fields.collect();
    view! {
        <form method="post" action=action novalidate>
            <FormMessage feedback />
            {fields}
            {guarded.then(|| view! { <CaptchaField captcha /> })}
            <SubmitButton label busy_label class wait_ms />
            <FormScript />
        </form>
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::EnhancedForm;
    use crate::domain::FieldErrors;
    use crate::islands::{Feedback, Flash};
    use crate::ui::{Field, Form};

    /// Returns the values of an attribute, in document order.
    fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
        let before = format!(" {attribute}=\"");
        html.split(before.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    fn render(forms: Vec<Form>) -> String {
        let owner = Owner::new();
        owner.with(|| forms.into_iter().map(|form| view! { <EnhancedForm form /> }).collect::<Vec<_>>().to_html())
    }

    #[test]
    fn forms_that_share_a_field_name_have_different_ids() {
        let flash = Flash::default();
        let form = |action| {
            Form::to(action, &flash)
                .field(Field::password("password", "Password"))
                .field(Field::new_password("new", "New password", 8))
                .field(Field::checkbox("sure", "Sure"))
                .field(Field::hidden("which", "7"))
        };
        let html = render(vec![form("/one"), form("/two").id_prefix("two-")]);
        let mut ids = values(&html, "id");
        assert!(ids.contains(&"password") && ids.contains(&"two-password") && ids.contains(&"two-sure"), "{ids:?}");
        for refers in ["for", "aria-controls", "aria-describedby"] {
            for id in values(&html, refers).into_iter().flat_map(str::split_whitespace) {
                assert!(ids.contains(&id), "{refers} names {id}, which is not there");
            }
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{html}");
    }

    #[test]
    fn only_secret_fields_are_marked_as_secret() {
        let flash = Flash::default();
        let form = Form::to("/one", &flash)
            .field(Field::email("email", "Email"))
            .field(Field::code("code", "Code"))
            .field(Field::any_code("any", "Code"))
            .field(Field::password("old", "Password"))
            .field(Field::new_password("new", "New password", 8));
        let html = render(vec![form]);
        for (field, secret) in [("email", false), ("code", true), ("any", true), ("old", true), ("new", true)] {
            let input =
                html.split("<input").find(|input| input.contains(&format!("name=\"{field}\""))).expect("an input");
            let input = input.split('>').next().unwrap_or_default();
            assert_eq!(input.contains("data-secret"), secret, "{field}: {input}");
        }
    }

    #[test]
    fn an_error_is_shown_at_its_field_which_gets_the_focus() {
        let feedback = Feedback { fields: FieldErrors::one("email", "Enter it."), ..Feedback::default() };
        let flash = Flash { form: "/one".to_owned(), feedback, ..Flash::default() };
        let html = render(vec![Form::to("/one", &flash).field(Field::email("email", "Email"))]);
        let input = html.split("<input").nth(1).and_then(|rest| rest.split('>').next()).expect("an input");
        assert!(input.contains("aria-invalid=\"true\"") && input.contains("autofocus"), "{input}");
        assert!(html.contains("Enter it."), "{html}");
    }
}
