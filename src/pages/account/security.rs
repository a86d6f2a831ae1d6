//! `/account/security`: what protects the account.

use leptos::prelude::*;

use crate::api::View;
use crate::components::{AccountArea, NoticeBox, PasskeySection};
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn SecurityPage() -> impl IntoView {
    let visitor = visitor();
    let flash = visitor.flash.clone();
    let View::Security(view) = visitor.view.clone() else { return None };
    let passkeys = (visitor.passkeys.clone(), view.passkeys);
    Some(view! {
        <AccountArea visitor here=paths::ACCOUNT_SECURITY heading="Security">
            {flash.notice.clone().map(|notice| view! { <NoticeBox notice /> })}
            <PasskeySection relying_party=passkeys.0 passkeys=passkeys.1 flash />
        </AccountArea>
    })
}
