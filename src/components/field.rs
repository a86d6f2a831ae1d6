//! What there is to fill in, as data.

use serde::{Deserialize, Serialize};

/// One field of a [`Form`](super::Form).
///
/// What each kind brings with it can be changed by the methods of the same name. Only
/// what a script works with is told to the island: the rest it finds drawn in the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub kind: FieldKind,
    /// The name under which it is sent. Its `id` is the same after the form's prefix.
    pub name: String,
    #[serde(skip)]
    pub label: String,
    /// What to know before typing, or nothing.
    #[serde(skip)]
    pub hint: String,
    /// What password managers and browsers may offer (HTML, 4.10.18.7).
    #[serde(skip)]
    pub autocomplete: String,
    /// What stands in it at first; for a checkbox, anything means that it is checked.
    #[serde(skip)]
    pub value: String,
    /// Whether the page begins here. The form sees to it.
    #[serde(skip)]
    pub autofocus: bool,
    /// Whether it shows what is settled, and cannot be changed.
    #[serde(skip)]
    pub fixed: bool,
    /// Whether six digits send the form by themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sends_itself: bool,
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldKind {
    Text,
    Email,
    /// Six digits, large.
    Code,
    /// Six digits or a recovery code.
    AnyCode,
    Password,
    /// A password that is being chosen: with the meter.
    NewPassword,
    Checkbox,
    /// A value that goes along unseen.
    Hidden,
}

impl FieldKind {
    /// Whether its value is never kept: not by a page, and not after a refusal.
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
    /// A name or the like: a line that is no prose.
    #[must_use]
    pub fn text(name: &str, label: &str) -> Self {
        Self::new(FieldKind::Text, name, label, "off")
    }

    /// A username that somebody chooses.
    #[must_use]
    pub fn username() -> Self {
        let hint = "3 to 32 letters, digits, dots, - or _.";
        Self::text("username", "Username").autocomplete("username").hint(hint)
    }

    #[must_use]
    pub fn email(name: &str, label: &str) -> Self {
        Self::new(FieldKind::Email, name, label, "email")
    }

    /// A code of six digits, from a mail or an app.
    #[must_use]
    pub fn code(name: &str, label: &str) -> Self {
        Self::new(FieldKind::Code, name, label, "one-time-code")
    }

    /// A code of six digits, or a recovery code in its place.
    #[must_use]
    pub fn any_code(name: &str, label: &str) -> Self {
        Self::new(FieldKind::AnyCode, name, label, "one-time-code")
    }

    /// The password that somebody has.
    #[must_use]
    pub fn password(name: &str, label: &str) -> Self {
        Self::new(FieldKind::Password, name, label, "current-password")
    }

    /// A password that somebody chooses. Its meter takes the form's fields `username`
    /// and `email` into account, if there are any.
    #[must_use]
    pub fn new_password(name: &str, label: &str) -> Self {
        Self::new(FieldKind::NewPassword, name, label, "new-password")
            .hint("At least 8 characters. A few unrelated words work well.")
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

    /// What stands in it at first. What was typed into it before a refusal takes its place.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Shows what is settled: it cannot be changed, and what somebody sent all the same
    /// does not take its place.
    #[must_use]
    pub fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// Sends the form at the sixth digit, the first time only: a second slip should
    /// not cost a try.
    #[must_use]
    pub fn sends_itself(mut self) -> Self {
        self.sends_itself = true;
        self
    }
}
