//! `/password/strength`: rates a new password for the strength meter.

use leptos::prelude::*;

use crate::crypto::PasswordContext;
use crate::islands::{ApiError, StrengthView};
use crate::paths;
use crate::routes::Secret;
use crate::routes::form::FormRequest;

/// Rates a password by the rule of the forms that set one.
///
/// The meter asks the server because the rule's dictionaries are larger than the rest
/// of the page, and because a second copy of the rule could disagree with it. The
/// password is sent in a request body, like the form itself. Nothing is stored, logged
/// or counted, and no session or cookie is created.
///
/// # Errors
/// 503 if the password hashing queue is full.
#[server(prefix = "", endpoint = "password/strength")]
pub async fn password_strength(
    #[server(default)] password: Secret,
    #[server(default)] username: String,
    #[server(default)] email: String,
) -> Result<StrengthView, ApiError> {
    let post = FormRequest::of::<PasswordStrength>()?;
    let context = PasswordContext { username: &username, email: &email };
    match post.state.password_check().rate(password.expose(), &context, &post.requester).await {
        Ok(assessment) => {
            post.redirect_plain_form(paths::REGISTER);
            Ok(StrengthView::of(assessment.score, assessment.reason))
        }
        Err(error) => post.answer(Err(error)).await.map(|()| StrengthView::of(0, "")),
    }
}
