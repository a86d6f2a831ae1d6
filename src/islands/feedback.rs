//! The error answers of forms.

use std::time::Duration;

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

use super::Captcha;
use crate::domain::{FieldErrors, Notice};

/// What a form shows after a refused submission. Sent as the answer to a script,
/// and otherwise kept in the flash for the next page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// One sentence above the fields.
    pub message: Option<String>,
    /// Messages for the fields.
    pub fields: FieldErrors,
    /// Seconds until the user may try again.
    pub retry_after: Option<u64>,
    /// The challenge for the next attempt. Each is valid for one submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captcha: Option<Box<Captcha>>,
}

impl Feedback {
    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Creates feedback with only a message above the fields.
    #[must_use]
    pub fn message(text: impl Into<String>) -> Self {
        Self { message: Some(text.into()), ..Self::default() }
    }

    /// Creates a refusal that ends after `wait`. Seconds are rounded up, so that a user
    /// who waits that long is not too early. The form shows the remaining time.
    #[must_use]
    pub fn until(text: impl Into<String>, wait: Duration) -> Self {
        let seconds = u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX).max(1);
        Self { retry_after: Some(seconds), ..Self::message(text) }
    }
}

/// The error of every server function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("the form was refused")]
pub struct ApiError(pub Feedback);

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let text = match error {
            ServerFnErrorErr::Request(_) => "We couldn't reach the server. Check your connection and try again.",
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                "We couldn't read the form. Reload the page and try again."
            }
            _ => "Something went wrong on our side. Please try again in a moment.",
        };
        Self(Feedback::message(text))
    }
}

/// The feedback of one request for the next page. Kept in the session and shown once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The path that may show it.
    pub path: String,
    /// The action of the form that the feedback belongs to.
    pub form: String,
    pub feedback: Feedback,
    /// Typed values to fill in again. Never a password or a code.
    pub values: Vec<(String, String)>,
    pub notice: Option<Notice>,
}

impl Flash {
    /// Returns the typed value of `field`, or an empty string.
    #[must_use]
    pub fn value(&self, field: &str) -> String {
        self.values.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Returns the feedback if it is for the form with this action, otherwise an empty one.
    #[must_use]
    pub fn feedback_for(&self, form: &str) -> Feedback {
        if self.form == form { self.feedback.clone() } else { Feedback::default() }
    }
}
