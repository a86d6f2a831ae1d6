//! `/login/mfa`: the second step of signing in.

use leptos::prelude::*;

use crate::api::View;
use crate::components::{Field, Form, Frame, OtherWay, PasskeyUse, PostForm};
use crate::paths;

#[component]
pub fn SecondStepPage() -> impl IntoView {
    let visitor = super::visitor();
    let has_passkeys = matches!(&visitor.view, View::SecondStep(view) if view.has_passkeys);
    let passkey = visitor.passkeys.clone().filter(|_| has_passkeys).map(PasskeyUse::second_step);
    let has_app = matches!(&visitor.view, View::SecondStep(view) if view.has_app);
    let (lead, label) = if has_app {
        (
            "Your password is right. Now enter the code that your authenticator app shows.",
            "Code from your app, or a recovery code",
        )
    } else {
        ("Your password is right. Now show that it is you in a second way.", "Recovery code")
    };
    let form = Form::to(paths::LOGIN_MFA, &visitor.flash)
        .first_field(Field::any_code("code", label))
        .field(Field::checkbox("trust", "Trust this browser for 30 days"))
        .submit("Sign in", "Checking…");
    let under = || {
        view! {
            "Not you, or no code at hand? "
            <form method="post" action=paths::LOGOUT class="in-line">
                <button class="btn btn-link">"Start over"</button>
            </form>
        }
    };
    view! {
        <Frame visitor under>
            <h1>"Second step"</h1>
            <p>{lead}</p>
            <PostForm form />
            {passkey.map(|passkey| view! { <OtherWay passkey /> })}
            <p class="quiet">
                "No phone at hand? A recovery code works as well: one of the ten that you kept when you turned this on."
            </p>
        </Frame>
    }
}
