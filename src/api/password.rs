//! How strong a password is, while it is typed.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, Secret};

/// What the meter shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrengthView {
    /// 1 to 4; the form takes the password from 3 on.
    pub step: u8,
    /// The step in a word.
    pub word: String,
    /// What is wrong with it, or nothing.
    pub advice: String,
}

impl StrengthView {
    /// A score from 0 to 4, where 0 and 1 are the same to the person who typed it.
    #[must_use]
    pub fn of(score: u8, advice: impl ToString) -> Self {
        let (step, word) = match score {
            0 | 1 => (1, "Too weak"),
            2 => (2, "Weak"),
            3 => (3, "Good"),
            _ => (4, "Strong"),
        };
        Self { step, word: word.to_owned(), advice: advice.to_string() }
    }
}

/// Assesses a password by the rule of the forms that set one.
///
/// The dictionaries behind the rule weigh more than the rest of the page, and only one
/// rule cannot contradict itself: the meter asks here. The password goes over the
/// connection that will carry the form itself, in a body, and is forgotten with the
/// answer: nothing is stored, logged or counted, and no session or cookie is made.
///
/// # Errors
/// Only when the request did not pass through the router.
#[server(prefix = "", endpoint = "password/strength")]
pub async fn password_strength(
    #[server(default)] password: Secret,
    #[server(default)] username: String,
    #[server(default)] email: String,
) -> Result<StrengthView, ApiError> {
    use crate::domain::Password;
    use crate::paths;
    use crate::server::crypto::PasswordContext;
    use crate::server::http::reply::Post;
    let post = Post::to("/password/strength")?;
    // The least of what the server does: whatever else is ready goes first.
    tokio::task::yield_now().await;
    let context = PasswordContext { username: &username, email: &email };
    let view = match Password::parse_new(password.expose()) {
        Ok(password) => {
            let assessment = post.state.policy.assess(&password, &context);
            StrengthView::of(assessment.score, assessment.reason)
        }
        Err(error) => StrengthView::of(0, error),
    };
    post.only_for_script(paths::REGISTER);
    Ok(view)
}
