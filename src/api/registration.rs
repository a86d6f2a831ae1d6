//! Beginning a registration.

use leptos::prelude::*;

use super::{ApiError, CaptchaAnswer, Secret};

/// What `/register` shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterView {
    Form {
        /// The address that the form is for, when an invitation settles it.
        guest: Option<String>,
    },
    InvitedOnly {
        /// The person did bring an invitation, which works no longer.
        no_good: bool,
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
        Self::Form { guest: None }
    }
}

/// Takes a new person's details and mails the first code.
///
/// # Errors
/// Messages beside the fields, a limit that was reached, or that the person may
/// not register.
#[server(prefix = "", endpoint = "register")]
pub async fn register(
    #[server(default)] username: String,
    #[server(default)] email: String,
    #[server(default)] password: Secret,
    #[server(flatten)] answer: CaptchaAnswer,
) -> Result<(), ApiError> {
    use crate::server::http::reply::Post;
    let post = Post::to("/register")?.keep("username", &username).keep("email", &email);
    let outcome = post
        .state
        .registration
        .start(&username, &email, password.expose(), &post.captcha(&answer), &post.requester)
        .await;
    post.answer(outcome).await
}
