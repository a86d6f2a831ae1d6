//! `/login/mfa`: the second step of signing in.

use leptos::prelude::*;

use crate::api::{SecondStepView, View};
use crate::ui::{CardLayout, PasskeyAlternative};
use crate::islands::{EnhancedForm, Field, Form, PasskeyUse};
use crate::paths;

#[component]
pub fn SecondStepPage() -> impl IntoView {
    let visitor = super::visitor();
    let View::SecondStep(SecondStepView { has_app, has_passkeys, trust_lifetime }) = visitor.view.clone() else {
        return None;
    };
    let passkey = visitor.passkeys.clone().filter(|_| has_passkeys).map(PasskeyUse::second_step);
    let (lead, label) = if has_app {
        ("Enter the 6-digit code from your authenticator app.", "Authentication code")
    } else {
        ("Use your passkey or a recovery code to finish signing in.", "Recovery code")
    };
    let form = Form::to(paths::LOGIN_MFA, &visitor.flash)
        .first_field(Field::any_code("code", label))
        .field(Field::checkbox("trust", &format!("Trust this browser for {trust_lifetime}")))
        .submit("Sign in", "Checking…");
    Some(view! {
        <CardLayout visitor>
            <h1>"Two-step sign-in"</h1>
            <p>{lead}</p>
            <EnhancedForm form />
            {passkey.map(|passkey| view! { <PasskeyAlternative passkey /> })}
            {has_app
                .then(|| {
                    view! {
                        <p class="quiet">"Can't use your phone? Enter a recovery code instead."</p>
                    }
                })}
            <form method="post" action=paths::LOGOUT>
                <button class="btn btn-link">"Sign in as someone else"</button>
            </form>
        </CardLayout>
    })
}
