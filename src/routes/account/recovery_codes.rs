//! `/account/security/recovery-codes`: shows new recovery codes once.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::crypto::recovery_codes::RECOVERY_CODES;
use crate::islands::ApiError;
use crate::paths;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::session::one_time_secrets;
use crate::services::InternalError;
use crate::ui::{AccountArea, ActionButton, CodeList, CopyText, PrintButton, Section};

/// The name of the downloaded file.
const FILE: &str = "recovery-codes.txt";

pub const PAGE: Page =
    Page { path: paths::RECOVERY_CODES, access: Access::SignedIn, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let codes = one_time_secrets::take(request).await;
    let codes = codes.map_err(|error| InternalError::Session(error.to_string()))?;
    let shown_before = codes.is_empty();
    Ok(Document::new("Recovery codes", move |context| {
        let body =
            if shown_before { view! { <ShownBefore /> }.into_any() } else { view! { <Shown codes /> }.into_any() };
        view! {
            <AccountArea
                context
                here=paths::RECOVERY_CODES
                within=paths::ACCOUNT_SECURITY
                heading="Recovery codes"
            >
                {body}
            </AccountArea>
        }
    }))
}

#[component]
fn Shown(codes: Vec<String>) -> impl IntoView {
    let text = codes.join("\n");
    // A `data:` URL, since the server cannot show the codes again.
    let file = format!("data:text/plain;charset=utf-8,{}%0A", codes.join("%0A"));
    let (title, about) = match codes.len() {
        RECOVERY_CODES.. => ("Save your recovery codes", "You won't see them again."),
        1 => ("Save your new recovery code", "It replaces the one that you used. You won't see it again."),
        _ => ("Save your new recovery codes", "They replace those that you used. You won't see them again."),
    };
    view! {
        <Section title=title>
            <p>
                {about}
                " Keep your codes somewhere safe, such as a password manager, but not only on your phone. Each works once."
            </p>
            <CodeList codes />
            <div class="actions">
                <a class="btn btn-outline" download=FILE href=file>
                    "Download"
                </a>
                <CopyText text />
                <PrintButton />
            </div>
            <p>
                <a class="btn btn-primary" href=paths::ACCOUNT_SECURITY>
                    "I've saved my codes"
                </a>
            </p>
        </Section>
    }
}

#[component]
fn ShownBefore() -> impl IntoView {
    view! {
        <Section title="Your codes can't be shown again">
            <p>
                "If you haven't saved your recovery codes, get new ones. The old ones will stop working."
            </p>
            <ActionButton action=NewRecoveryCodes::PATH label="Get new recovery codes" />
            <p>
                <a href=paths::ACCOUNT_SECURITY>"Back to Security"</a>
            </p>
        </Section>
    }
}

/// Replaces the recovery codes.
///
/// # Errors
/// A message while two-step sign-in is off.
#[server(prefix = "", endpoint = "account/security/recovery-codes")]
pub async fn new_recovery_codes() -> Result<(), ApiError> {
    let post = FormRequest::of::<NewRecoveryCodes>()?;
    let outcome = post.state.second_factor().new_recovery_codes(&post.requester).await;
    post.answer(outcome).await
}
