//! `/recover`: requests a code that resets the password.

use std::future::ready;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::{ApiError, CaptchaAnswer};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page};
use crate::ui::{CaptchaScript, CardLayout, EnhancedForm, Field, Form};

pub const PAGE: Page =
    Page { path: paths::RECOVER, access: Access::SignedOut, load: |_| Box::pin(ready(Ok(document()))) };

fn document() -> Document {
    Document::new("Reset your password", |context| {
        let captcha = context.captcha.clone();
        let form = Form::to(Recover::PATH, &context.flash)
            .field(Field::email("email", "Email").hint("The email address of your account."))
            .captcha(captcha.clone())
            .submit("Send me a code", "Sending…");
        let under = || view! { "Remember your password? " <a href=paths::LOGIN>"Sign in"</a> };
        view! {
            <CardLayout context under>
                <h1>"Reset your password"</h1>
                <p>"We'll email you a code. Your current password works until you set a new one."</p>
                <CaptchaScript captcha />
                <EnhancedForm form />
            </CardLayout>
        }
    })
}

/// Emails a code if the email address has an account. The answer does not reveal whether it has.
///
/// # Errors
/// A message for `email`, or a limit that was reached.
#[server(prefix = "", endpoint = "recover")]
pub async fn recover(
    #[server(default)] email: String,
    #[server(flatten)] answer: CaptchaAnswer,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<Recover>()?.keep("email", &email);
    let outcome = post.state.recovery().start(&email, &post.captcha(&answer), &post.requester).await;
    post.answer(outcome).await
}
