//! The list of the user's passkeys and their actions.
//!
//! Only scripts send the two requests that add a passkey: a browser does not talk to an authenticator without one.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::{ApiError, Flash};
use crate::routes::Secret;
use crate::routes::form::{FormRequest, PasskeyOptions};
use crate::services::passkeys::Shown;
use crate::store::passkeys::StoredPasskey;
use crate::ui::{
    ActionButton, EmptyList, EnhancedForm, Field, Form, Item, ItemList, LocalTime, PasskeyButton, PasskeyUse,
    PlainRefusal, Section,
};

/// The list of passkeys, with a button to add one. Empty where passkeys are not
/// available, unless the account has some from when they were.
#[component]
pub(super) fn PasskeySection(
    relying_party: Option<String>,
    passkeys: Vec<StoredPasskey>,
    flash: Flash,
) -> impl IntoView {
    if relying_party.is_none() && passkeys.is_empty() {
        return None;
    }
    let rows = passkeys.into_iter().map(|passkey| view! { <PasskeyRow passkey flash=flash.clone() /> });
    let rows: Vec<_> = rows.collect();
    let list = if rows.is_empty() {
        view! { <EmptyList>"No passkeys yet."</EmptyList> }.into_any()
    } else {
        view! { <ItemList>{rows}</ItemList> }.into_any()
    };
    Some(view! {
        <Section title="Passkeys" id="passkeys">
            <p>
                "Sign in with your fingerprint, face or screen lock instead of a password."
            </p>
            <PlainRefusal flash action=RemovePasskey::PATH />
            {list}
            {relying_party.map(|relying_party| {
                let host = relying_party.clone();
                view! {
                    <div class="other-way">
                        <PasskeyButton passkey=PasskeyUse::add(relying_party) />
                        <p class="quiet">
                            "Your passkeys work on " {host} ". " <noscript>
                                <span>"Turn on JavaScript to add a passkey."</span>
                            </noscript>
                        </p>
                    </div>
                }
            })}
        </Section>
    })
}

#[component]
fn PasskeyRow(passkey: StoredPasskey, flash: Flash) -> impl IntoView {
    let StoredPasskey { id, name, created_at, last_used_at, .. } = passkey;
    let (id, name) = (id.to_string(), name.as_str().to_owned());
    // All rename forms have the same action, so the feedback is matched by the passkey's id.
    let mine = flash.form == RenamePasskey::PATH && flash.value("id") == id;
    let flash = if mine { flash } else { Flash::default() };
    let rename = Form::to(RenamePasskey::PATH, &flash)
        .id_prefix(&format!("passkey-{id}-"))
        .field(Field::hidden("id", id.clone()))
        .field(Field::text("name", "Name").value(name.clone()))
        .submit("Rename", "Renaming…")
        .outlined();
    let about = name.clone();
    let actions = move || {
        view! {
            <ActionButton action=RemovePasskey::PATH label="Remove" about hidden=vec![("id", id)] danger=true />
            <details open=mine>
                <summary>"Rename"</summary>
                <EnhancedForm form=rename />
            </details>
        }
    };
    let used = last_used_at.map(|at| view! { ", last used " <LocalTime at=at.0 with_time=true /> });
    view! {
        <Item title=name action=actions>
            "Added "
            <LocalTime at=created_at.0 with_time=false />
            {used}
        </Item>
    }
}

/// Returns the options for creating a passkey.
///
/// # Errors
/// A message if passkeys are not available, or the account has the maximum number of them.
#[server(prefix = "", endpoint = "account/security/passkeys/options")]
pub async fn passkey_adding_options() -> Result<PasskeyOptions, ApiError> {
    let post = FormRequest::of::<PasskeyAddingOptions>()?;
    let offer = post.state.passkeys().offer_adding(&post.requester).await;
    post.ceremony(offer).await
}

/// Adds a passkey that an authenticator created.
///
/// # Errors
/// A message if it does not match the options.
#[server(prefix = "", endpoint = "account/security/passkeys")]
pub async fn add_passkey(
    #[server(default)] state: Secret,
    #[server(default)] credential: Secret,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<AddPasskey>()?;
    let shown = Shown { state: state.expose(), credential: credential.expose() };
    let outcome = post.state.passkeys().add(shown, &post.requester).await;
    post.answer(outcome).await
}

/// Renames a passkey.
///
/// # Errors
/// A message for `name`.
#[server(prefix = "", endpoint = "account/security/passkeys/rename")]
pub async fn rename_passkey(#[server(default)] id: String, #[server(default)] name: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<RenamePasskey>()?.keep("id", &id).keep("name", &name);
    let outcome = post.state.passkeys().rename(&id, &name, &post.requester).await;
    post.answer(outcome).await
}

/// Removes a passkey.
///
/// # Errors
/// A message if it has already been removed.
#[server(prefix = "", endpoint = "account/security/passkeys/remove")]
pub async fn remove_passkey(#[server(default)] id: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<RemovePasskey>()?;
    let outcome = post.state.passkeys().remove(&id, &post.requester).await;
    post.answer(outcome).await
}
