//! `/login/mfa`: the second step of signing in.

use leptos::prelude::*;

use crate::api::{SecondStepView, View};
use crate::components::{Field, Form, Frame, OtherWay, PasskeyUse, PostForm};
use crate::paths;

#[component]
pub fn SecondStepPage() -> impl IntoView {
    let visitor = super::visitor();
    let View::SecondStep(SecondStepView { has_app, has_passkeys, trusts_for }) = visitor.view.clone() else {
        return None;
    };
    let passkey = visitor.passkeys.clone().filter(|_| has_passkeys).map(PasskeyUse::second_step);
    let (lead, label) = if has_app {
        ("Your password is right. Now enter the code that your app shows.", "Code from your app, or a recovery code")
    } else {
        ("Your password is right. Now show in a second way that it is you.", "Recovery code")
    };
    let form = Form::to(paths::LOGIN_MFA, &visitor.flash)
        .first_field(Field::any_code("code", label))
        .field(Field::checkbox("trust", &format!("Trust this browser for {trusts_for}")))
        .submit("Sign in", "Checking…");
    Some(view! {
        <Frame visitor>
            <h1>"Second step"</h1>
            <p>{lead}</p>
            <PostForm form />
            {passkey.map(|passkey| view! { <OtherWay passkey /> })}
            {has_app
                .then(|| {
                    view! {
                        <p class="quiet">"No phone at hand? One of the recovery codes that you kept works as well."</p>
                    }
                })}
            <form method="post" action=paths::LOGOUT>
                <button class="btn btn-link">"Start over"</button>
            </form>
        </Frame>
    })
}
