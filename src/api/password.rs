//! The password strength meter.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{ApiError, Secret};

/// The state of the meter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrengthView {
    /// 1 to 4. The form accepts the password from 3.
    pub step: u8,
    /// The label of the step.
    pub word: String,
    /// What is wrong with it; may be empty.
    pub advice: String,
}

impl StrengthView {
    /// Creates the state for a score from 0 to 4. Scores 0 and 1 look the same.
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

/// Rates a password by the rule of the forms that set one.
///
/// The meter asks the server because the rule's dictionaries are larger than the rest
/// of the page, and because a second copy of the rule could disagree with it. The
/// password is sent in a request body, like the form itself. Nothing is stored, logged
/// or counted, and no session or cookie is created.
#[server(prefix = "", endpoint = "password/strength")]
pub async fn password_strength(
    #[server(default)] password: Secret,
    #[server(default)] username: String,
    #[server(default)] email: String,
) -> Result<StrengthView, ApiError> {
    use crate::domain::Password;
    use crate::paths;
    use crate::crypto::PasswordContext;
    use crate::http::reply::FormRequest;
    let post = FormRequest::to("/password/strength")?;
    // Low priority: other ready tasks run first.
    tokio::task::yield_now().await;
    let context = PasswordContext { username: &username, email: &email };
    let view = match Password::parse_new(password.expose()) {
        Ok(password) => {
            let assessment = post.state.policy.assess(&password, &context);
            StrengthView::of(assessment.score, assessment.reason)
        }
        Err(error) => StrengthView::of(0, error),
    };
    post.redirect_plain_form(paths::REGISTER);
    Ok(view)
}
