//! Starting a registration.

use leptos::prelude::*;

use super::{ApiError, CaptchaAnswer, Secret};

/// The data of `/register`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterView {
    Form {
        /// The invited email address, if there is an invitation.
        invited_email: Option<String>,
    },
    InvitedOnly {
        /// Whether the user has an invitation that no longer works.
        invitation_invalid: bool,
    },
    Closed,
}

impl RegisterView {
    #[must_use]
    pub fn has_form(&self) -> bool {
        matches!(self, Self::Form { .. })
    }
}

impl Default for RegisterView {
    fn default() -> Self {
        Self::Form { invited_email: None }
    }
}

/// Starts a registration and emails the first code.
///
/// # Errors
/// Messages for the fields, a limit that was reached, or that the user may not
/// register.
#[server(prefix = "", endpoint = "register")]
pub async fn register(
    #[server(default)] username: String,
    #[server(default)] email: String,
    #[server(default)] password: Secret,
    #[server(flatten)] answer: CaptchaAnswer,
) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/register")?.keep("username", &username).keep("email", &email);
    let outcome = post
        .state
        .registration
        .start(&username, &email, password.expose(), &post.captcha(&answer), &post.requester)
        .await;
    post.answer(outcome).await
}
