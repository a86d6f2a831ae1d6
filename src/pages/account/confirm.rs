//! `/account/confirm`: asks for the password again before a sensitive change.

use leptos::prelude::*;

use crate::api::View;
use crate::ui::{CardLayout, PasskeyAlternative};
use crate::islands::{EnhancedForm, Field, Form, PasskeyUse};
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let visitor = visitor();
    let form = Form::to(paths::ACCOUNT_CONFIRM, &visitor.flash)
        .first_field(Field::password("password", "Password"))
        .submit("Confirm password", "Checking…");
    let username = visitor.account.as_ref().map(|account| account.username.clone());
    let has_passkey = matches!(&visitor.view, View::Confirm(view) if view.has_passkey);
    let passkey = visitor.passkeys.clone().filter(|_| has_passkey).map(PasskeyUse::confirm);
    let under = || view! { <a href=paths::ACCOUNT>"Cancel"</a> };
    view! {
        <CardLayout visitor under>
            <h1>"Confirm your password"</h1>
            <p>
                "You're signed in as " <strong>{username}</strong>
                ". For your security, enter your password to continue. You won't lose your changes."
            </p>
            <EnhancedForm form />
            {passkey.map(|passkey| view! { <PasskeyAlternative passkey /> })}
        </CardLayout>
    }
}
