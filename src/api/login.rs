//! Signing in and out.

use leptos::prelude::*;

use super::{ApiError, CaptchaAnswer, Secret};

/// Signs in with a username or an email address.
///
/// # Errors
/// The same message for every incorrect pair, or a limit that was reached.
#[server(prefix = "", endpoint = "login")]
pub async fn login(
    #[server(default)] identifier: String,
    #[server(default)] password: Secret,
    #[server(default)] remember: Option<String>,
    #[server(default)] next: Option<String>,
    #[server(flatten)] answer: CaptchaAnswer,
) -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    use crate::services::login::Credentials;
    let (remembered, wanted) = (remember.as_deref().unwrap_or_default(), next.as_deref().unwrap_or_default());
    let post =
        FormRequest::to("/login")?.keep("identifier", &identifier).keep("remember", remembered).keep("next", wanted);
    let brought = post.captcha(&answer);
    let typed = Credentials {
        identifier: &identifier,
        password: password.expose(),
        remember: remember.is_some(),
        next: next.as_deref(),
    };
    let outcome = post.state.login.sign_in(typed, &brought, &post.requester).await;
    post.sign_in(outcome, typed.next_path()).await
}

/// Ends this session.
#[server(prefix = "", endpoint = "logout")]
pub async fn logout() -> Result<(), ApiError> {
    use crate::http::reply::FormRequest;
    FormRequest::to("/logout")?.sign_out().await
}
