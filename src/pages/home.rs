//! `/`: what this is and the two ways in.

use leptos::prelude::*;

use crate::components::Frame;
use crate::paths;

#[component]
pub fn HomePage() -> impl IntoView {
    let visitor = super::visitor();
    let name = visitor.portal_name.clone();
    view! {
        <Frame visitor under=|| "You need an email address that you can open now.">
            <h1>"Welcome to " {name}</h1>
            <p>
                "Register with a username, your email address and a password. We send you a six-digit code, you enter it, and your account is open."
            </p>
            <p>
                <a class="btn btn-primary btn-wide" href=paths::REGISTER>
                    "Register"
                </a>
            </p>
            <a class="btn btn-outline btn-wide" href=paths::LOGIN>
                "Sign in"
            </a>
        </Frame>
    }
}
