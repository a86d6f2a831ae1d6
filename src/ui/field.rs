//! Form fields as data.

/// One field of a [`Form`](super::Form).
///
/// The defaults of each kind can be changed with the methods of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub kind: FieldKind,
    /// The name under which it is sent. Its `id` is the form's prefix and this name.
    pub name: String,
    pub label: String,
    /// The hint under the label; may be empty.
    pub hint: String,
    /// The autofill hint for browsers and password managers (HTML, 4.10.18.7).
    pub autocomplete: String,
    /// The initial value. A checkbox is checked if it is not empty.
    pub value: String,
    /// Whether the field has the initial focus. Set by the form.
    pub autofocus: bool,
    /// Whether the field is read-only.
    pub fixed: bool,
    /// Whether the form is sent at the sixth digit.
    pub sends_itself: bool,
}

/// The kind of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Email,
    /// Six digits, large.
    Code,
    /// Six digits or a recovery code.
    AnyCode,
    Password,
    /// A new password, with the strength meter.
    NewPassword,
    Checkbox,
    /// A hidden value.
    Hidden,
}

impl FieldKind {
    /// Whether its value is never kept, neither by a page nor after a refusal.
    #[must_use]
    pub fn secret(self) -> bool {
        self.code() || self.password()
    }

    #[must_use]
    pub fn code(self) -> bool {
        matches!(self, Self::Code | Self::AnyCode)
    }

    #[must_use]
    pub fn password(self) -> bool {
        matches!(self, Self::Password | Self::NewPassword)
    }
}

impl Field {
    /// A line of text, such as a name.
    #[must_use]
    pub fn text(name: &str, label: &str) -> Self {
        Self::new(FieldKind::Text, name, label, "off")
    }

    /// A new username.
    #[must_use]
    pub fn username() -> Self {
        let hint = "3 to 32 characters: a–z, 0–9, dots, hyphens and underscores.";
        Self::text("username", "Username").autocomplete("username").hint(hint)
    }

    #[must_use]
    pub fn email(name: &str, label: &str) -> Self {
        Self::new(FieldKind::Email, name, label, "email")
    }

    /// A six-digit code, from an email or an app.
    #[must_use]
    pub fn code(name: &str, label: &str) -> Self {
        Self::new(FieldKind::Code, name, label, "one-time-code")
    }

    /// A six-digit code, or a recovery code.
    #[must_use]
    pub fn any_code(name: &str, label: &str) -> Self {
        Self::new(FieldKind::AnyCode, name, label, "one-time-code")
    }

    /// The current password.
    #[must_use]
    pub fn password(name: &str, label: &str) -> Self {
        Self::new(FieldKind::Password, name, label, "current-password")
    }

    /// A new password of at least `min` characters. Its meter takes the form's fields `username` and
    /// `email` into account, if there are any.
    #[must_use]
    pub fn new_password(name: &str, label: &str, min: usize) -> Self {
        Self::new(FieldKind::NewPassword, name, label, "new-password")
            .hint(&format!("At least {min} characters. Try three or four random words."))
    }

    #[must_use]
    pub fn checkbox(name: &str, label: &str) -> Self {
        Self::new(FieldKind::Checkbox, name, label, "off")
    }

    #[must_use]
    pub fn hidden(name: &str, value: impl Into<String>) -> Self {
        Self::new(FieldKind::Hidden, name, "", "off").value(value)
    }

    fn new(kind: FieldKind, name: &str, label: &str, autocomplete: &str) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            label: label.to_owned(),
            hint: String::new(),
            autocomplete: autocomplete.to_owned(),
            value: String::new(),
            autofocus: false,
            fixed: false,
            sends_itself: false,
        }
    }

    #[must_use]
    pub fn hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    #[must_use]
    pub fn autocomplete(mut self, autocomplete: &str) -> Self {
        autocomplete.clone_into(&mut self.autocomplete);
        self
    }

    /// Sets the initial value. The text that was typed before a refusal replaces it.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Makes the field read-only. A value that was sent anyway does not replace the
    /// initial one.
    #[must_use]
    pub fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// Sends the form at the sixth digit, but only the first time, so that a second
    /// typing error does not cost an attempt.
    #[must_use]
    pub fn sends_itself(mut self) -> Self {
        self.sends_itself = true;
        self
    }
}
