//! Forms as data.

use super::Field;
use crate::islands::{Captcha, Feedback, Flash};

/// The primary button of a card.
const PRIMARY: &str = "btn btn-primary btn-wide";
/// A secondary button.
const OUTLINE: &str = "btn btn-outline btn-wide";
/// A button that looks like a link.
const LINK: &str = "btn btn-link digits";
/// A destructive action.
const DANGER: &str = "btn btn-danger btn-wide";

/// A form for an [`EnhancedForm`](super::EnhancedForm).
///
/// ```
/// use portal::islands::Flash;
/// use portal::ui::{Field, Form};
///
/// # let flash = Flash::default();
/// let form = Form::to("/login", &flash)
///     .field(Field::text("identifier", "Username or email").autocomplete("username"))
///     .field(Field::password("password", "Password"))
///     .submit("Sign in", "Signing in…");
/// ```
///
/// In a page: `<EnhancedForm form />`. The form already contains its part of the flash:
/// messages, typed values and the field to focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub action: String,
    /// The prefix of its fields' `id`s.
    pub id_prefix: String,
    pub feedback: Feedback,
    pub fields: Vec<Field>,
    /// Whether the form can have a captcha, now or after a refusal.
    pub guarded: bool,
    pub captcha: Option<Captcha>,
    pub label: String,
    /// The button's label while the form is being sent.
    pub busy_label: String,
    /// The button's class.
    pub class: String,
    /// Milliseconds from rendering the page until the button is enabled.
    pub wait_ms: Option<u64>,
    /// The feedback of the last request. Used only while the form is built.
    flash: Flash,
}

impl Form {
    /// Creates a form that is posted to `action`, with the last request's feedback for it.
    #[must_use]
    pub fn to(action: &str, flash: &Flash) -> Self {
        Self {
            action: action.to_owned(),
            id_prefix: String::new(),
            feedback: flash.feedback_for(action),
            fields: Vec::new(),
            guarded: false,
            captcha: None,
            label: String::new(),
            busy_label: String::new(),
            class: PRIMARY.to_owned(),
            wait_ms: None,
            flash: flash.clone(),
        }
    }

    /// Creates the form that requests a new code. The button counts down until `wait_ms`
    /// after rendering the page. Without a script it is always enabled, and the server
    /// says how long to wait.
    #[must_use]
    pub fn resend(action: &str, flash: &Flash, wait_ms: u64) -> Self {
        let form = Self::to(action, flash).submit("Send new code", "Sending…");
        Self { wait_ms: Some(wait_ms), class: LINK.to_owned(), ..form }
    }

    /// Sets a prefix for every `id`. If several forms of a page share a field name, all
    /// but one of them need their own prefix.
    #[must_use]
    pub fn id_prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.id_prefix);
        self
    }

    /// Adds a field, with the value that was typed before a refusal.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        let typed = self.flash.values.iter().find(|(name, _)| *name == field.name);
        let value =
            typed.filter(|_| self.owns_feedback() && !field.fixed).map_or(field.value, |(_, value)| value.clone());
        let refused = self.feedback.fields.0.first();
        let autofocus = refused.is_some_and(|first| first.field == field.name);
        self.fields.push(Field { value, autofocus, ..field });
        self
    }

    /// Adds a field with the initial focus, unless there is a message to read first.
    #[must_use]
    pub fn first_field(self, field: Field) -> Self {
        let takes_focus = self.owns_feedback() && self.flash.feedback == Feedback::default();
        let mut form = self.field(field);
        if let Some(field) = form.fields.last_mut() {
            field.autofocus |= takes_focus;
        }
        form
    }

    /// Allows a captcha. A page has at most one such form.
    #[must_use]
    pub fn captcha(self, captcha: Option<Captcha>) -> Self {
        Self { guarded: true, captcha, ..self }
    }

    /// Sets the labels of the button, at rest and while the form is being sent.
    #[must_use]
    pub fn submit(self, label: &str, busy_label: &str) -> Self {
        Self { label: label.to_owned(), busy_label: busy_label.to_owned(), ..self }
    }

    /// Makes the button a secondary one.
    #[must_use]
    pub fn outlined(self) -> Self {
        Self { class: OUTLINE.to_owned(), ..self }
    }

    /// Makes the button red, for a destructive action, which its label should name.
    #[must_use]
    pub fn dangerous(self) -> Self {
        Self { class: DANGER.to_owned(), ..self }
    }

    /// Whether the feedback is for this form.
    fn owns_feedback(&self) -> bool {
        self.flash.form.is_empty() || self.flash.form == self.action
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::FieldErrors;
    use crate::islands::{Feedback, Flash};
    use crate::ui::{Field, Form};

    fn refused(form: &str, feedback: Feedback) -> Flash {
        let values = vec![("email".to_owned(), "ann@x".to_owned())];
        Flash { form: form.to_owned(), feedback, values, ..Flash::default() }
    }

    fn email(form: &Form) -> &Field {
        form.fields.iter().find(|field| field.name == "email").expect("the field")
    }

    #[test]
    fn typed_values_are_shown_only_in_their_own_form() {
        let flash = refused("/one", Feedback::message("No."));
        let form = |action| Form::to(action, &flash).field(Field::email("email", "Email").value("old@x.example"));
        assert_eq!(email(&form("/one")).value, "ann@x");
        assert_eq!(form("/one").feedback, flash.feedback);
        assert_eq!(email(&form("/two")).value, "old@x.example");
        assert_eq!(form("/two").feedback, Feedback::default());
    }

    #[test]
    fn the_first_field_with_an_error_gets_the_focus_and_none_does_below_a_message() {
        let takes_focus = |flash: &Flash| {
            let form =
                Form::to("/one", flash).first_field(Field::code("code", "Code")).field(Field::email("email", ""));
            form.fields.into_iter().filter(|field| field.autofocus).map(|field| field.name).collect::<Vec<_>>()
        };
        let mistake = Feedback { fields: FieldErrors::one("email", "No."), ..Feedback::default() };
        assert_eq!(takes_focus(&Flash::default()), ["code"]);
        assert_eq!(takes_focus(&refused("/one", mistake.clone())), ["email"]);
        assert!(takes_focus(&refused("/one", Feedback::message("No."))).is_empty());
        assert!(takes_focus(&refused("/two", mistake)).is_empty());
    }
}
