//! `/from-mail`: says what the link in an email will do, with a button to do it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::ApiError;
use crate::paths;
use crate::routes::Secret;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::store::mail_links::LinkPurpose;
use crate::ui::{CardLayout, EnhancedForm, Field, Form};

pub const PAGE: Page = Page { path: paths::FROM_MAIL, access: Access::Anyone, load: |request| Box::pin(load(request)) };

const TITLE: &str = "Link from an email";

async fn load(request: PageRequest<'_>) -> PageResult {
    let token = url::form_urlencoded::parse(request.query().as_bytes()).find(|(name, _)| name == "token");
    let Some((_, token)) = token else { return Ok(used_or_expired()) };
    let Some(purpose) = request.state.email_links().find_purpose(&token).await? else { return Ok(used_or_expired()) };
    let token = token.into_owned();
    Ok(Document::new(TITLE, move |context| {
        let (heading, text, label, busy_label) = texts(purpose);
        let form =
            Form::to(FromMail::PATH, &context.flash).field(Field::hidden("token", token)).submit(label, busy_label);
        view! {
            <CardLayout context>
                <h1>{heading}</h1>
                <p>{text}</p>
                <EnhancedForm form />
            </CardLayout>
        }
    }))
}

/// The page of an invalid link: used, expired or unknown.
fn used_or_expired() -> Document {
    Document::new(TITLE, |context| {
        view! {
            <CardLayout context>
                <h1>"This link no longer works"</h1>
                <p>"It has been used or has expired. If you're worried about your account, reset your password."</p>
                <a class="btn btn-primary btn-wide" href=paths::RECOVER>
                    "Reset your password"
                </a>
            </CardLayout>
        }
    })
}

/// Returns the heading, what the button does, its label and its label while busy.
fn texts(purpose: LinkPurpose) -> (&'static str, &'static str, &'static str, &'static str) {
    match purpose {
        LinkPurpose::EndSession => (
            "Sign out that device?",
            "This signs out the device that the email is about, and removes the sign-in methods that it added in the \
             last 3 days. Then reset your password.",
            "Sign out that device",
            "Signing out…",
        ),
        LinkPurpose::UndoEmailChange => (
            "Restore your email address?",
            "We'll use this email address again, remove the sign-in methods that the same device added in the last 3 \
             days, and sign out all devices. Then reset your password.",
            "Restore email address",
            "Restoring…",
        ),
        LinkPurpose::UndoFactor => (
            "Remove this sign-in method?",
            "This removes the sign-in method that the email is about, and everything that the same device added after \
             it. It signs out all devices. Then reset your password.",
            "Remove it and sign out all devices",
            "Removing…",
        ),
        LinkPurpose::KeepAccount => (
            "Keep your account?",
            "It won't be deleted, and you can sign in as before.",
            "Keep my account",
            "Restoring…",
        ),
    }
}

/// Carries out the link's action, once. A link that no longer works leads to its
/// page, which says so.
#[server(prefix = "", endpoint = "from-mail")]
pub async fn from_mail(#[server(default)] token: Secret) -> Result<(), ApiError> {
    let post = FormRequest::of::<FromMail>()?;
    let outcome = post.state.email_links().follow(token.expose(), &post.requester).await;
    post.answer(outcome).await
}
