//! The list of the user's passkeys and their actions.

use leptos::prelude::*;

use super::{ActionButton, EmptyList, Item, ItemList, PlainRefusal, Section};
use crate::islands::{EnhancedForm, Field, Flash, Form, LocalTime, PasskeyButton, PasskeyUse};
use crate::api::PasskeyView;
use crate::paths;

/// The list of passkeys, with a button to add one. Empty where passkeys are not
/// available, unless the account has some from when they were.
#[component]
pub fn PasskeySection(relying_party: Option<String>, passkeys: Vec<PasskeyView>, flash: Flash) -> impl IntoView {
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
            <PlainRefusal flash action=paths::PASSKEY_REMOVE />
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
fn PasskeyRow(passkey: PasskeyView, flash: Flash) -> impl IntoView {
    let PasskeyView { id, name, created_at, last_used_at } = passkey;
    // All rename forms have the same action, so the feedback is matched by the passkey's id.
    let mine = flash.form == paths::PASSKEY_RENAME && flash.value("id") == id;
    let flash = if mine { flash } else { Flash::default() };
    let rename = Form::to(paths::PASSKEY_RENAME, &flash)
        .id_prefix(&format!("passkey-{id}-"))
        .field(Field::hidden("id", id.clone()))
        .field(Field::text("name", "Name").value(name.clone()))
        .submit("Rename", "Renaming…")
        .outlined();
    let about = name.clone();
    let actions = move || {
        view! {
            <ActionButton action=paths::PASSKEY_REMOVE label="Remove" about hidden=vec![("id", id)] danger=true />
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
