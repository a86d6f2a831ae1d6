//! `/account/confirm`: the password once more, before a change that matters.

use leptos::prelude::*;

use crate::api::View;
use crate::components::{Field, Form, Frame, OtherWay, PasskeyUse, PostForm};
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let visitor = visitor();
    let form = Form::to(paths::ACCOUNT_CONFIRM, &visitor.flash)
        .first_field(Field::password("password", "Password"))
        .submit("Confirm", "Checking…");
    let username = visitor.account.as_ref().map(|account| account.username.clone());
    let has_passkey = matches!(&visitor.view, View::Confirm(view) if view.has_passkey);
    let passkey = visitor.passkeys.clone().filter(|_| has_passkey).map(PasskeyUse::confirm);
    let under = || view! { "Changed your mind? " <a href=paths::ACCOUNT>"Back to your account"</a> };
    view! {
        <Frame visitor under>
            <h1>"Is it you?"</h1>
            <p>
                "You are signed in as " <strong>{username}</strong>
                ". Enter your password before you change what protects your account. What you typed is kept."
            </p>
            <PostForm form />
            {passkey.map(|passkey| view! { <OtherWay passkey /> })}
        </Frame>
    }
}
