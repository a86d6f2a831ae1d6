//! What a form hears when a post did not do what it should.

use std::time::Duration;

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

use super::Captcha;
use crate::domain::FieldErrors;

/// Everything a form shows after a failed post, alike in both modes: as the
/// script's answer, and in the flash that the next page is rendered from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// One sentence above the fields.
    pub message: Option<String>,
    /// Messages beside their fields.
    pub fields: FieldErrors,
    /// Seconds until a refused try may be made again.
    pub retry_after: Option<u64>,
    /// The challenge for the next try: each counts for one post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captcha: Option<Box<Captcha>>,
}

impl Feedback {
    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// A sentence above the fields and nothing else.
    #[must_use]
    pub fn message(text: impl Into<String>) -> Self {
        Self { message: Some(text.into()), ..Self::default() }
    }

    /// A refusal until `wait` is over. Seconds are rounded up, so that who waits
    /// that long does not come early; the form itself says when to try again.
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
            ServerFnErrorErr::Request(_) => "We could not reach the server. Check your connection and try again.",
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                "The form could not be read. Load the page again and retry."
            }
            _ => "Something went wrong on our side. Please try again in a moment.",
        };
        Self(Feedback::message(text))
    }
}
