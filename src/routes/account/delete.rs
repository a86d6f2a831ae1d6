//! `/account/delete`: what the user will lose, and the form that deletes the account.

use std::future::ready;

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::ApiError;
use crate::limits::DAY;
use crate::paths;
use crate::routes::Secret;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::ui::{AccountArea, EnhancedForm, Field, Form, Section};

pub const PAGE: Page =
    Page { path: paths::ACCOUNT_DELETE, access: Access::SignedIn, load: |request| Box::pin(ready(load(request))) };

fn load(request: PageRequest<'_>) -> PageResult {
    let time = match request.state.config.limits.deletion_grace.as_secs() / DAY.as_secs() {
        0 => "shortly".to_owned(),
        1 => "in one day".to_owned(),
        days => format!("in {days} days"),
    };
    Ok(Document::new("Delete your account", move |context| {
        let form = Form::to(DeleteAccount::PATH, &context.flash)
            .field(Field::text("confirmation", "Your username").hint("Type your username to confirm."))
            .field(Field::password("password", "Password"))
            .submit("Delete account", "Deleting…")
            .dangerous();
        let username = context.account.as_ref().map(|account| account.username.clone());
        view! {
            <AccountArea context here=paths::ACCOUNT_DELETE within=paths::ACCOUNT heading="Delete your account">
                <Section title="What happens next">
                    <p>
                        "Your account " <strong>{username}</strong> " will be closed now and deleted " {time}
                        ". You'll lose:"
                    </p>
                    <ul>
                        <li>"your username and email address (others can then use them)"</li>
                        <li>"your password, authenticator app, recovery codes and passkeys"</li>
                        <li>"your sessions, trusted browsers and security log"</li>
                    </ul>
                    <p>
                        "Until it's deleted, you can restore your account with the link we email you. "
                        <a href=paths::ACCOUNT>"Keep my account"</a>
                    </p>
                    <EnhancedForm form />
                </Section>
            </AccountArea>
        }
    }))
}

/// Closes the account and schedules its deletion.
///
/// # Errors
/// Messages for the fields, or a refusal if the user is the last administrator.
#[server(prefix = "", endpoint = "account/delete")]
pub async fn delete_account(
    #[server(default)] confirmation: String,
    #[server(default)] password: Secret,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<DeleteAccount>()?.keep("confirmation", &confirmation);
    let outcome = post.state.account_settings().delete(&confirmation, password.expose(), &post.requester).await;
    post.answer(outcome).await
}
