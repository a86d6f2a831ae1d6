//! `/`: what this is and the ways in.

use leptos::prelude::*;

use crate::components::Frame;
use crate::domain::RegistrationMode;
use crate::domain::registration_mode::{CLOSED, INVITED_ONLY};
use crate::paths;

#[component]
pub fn HomePage() -> impl IntoView {
    let visitor = super::visitor();
    let name = visitor.portal_name.clone();
    let open = visitor.registration == RegistrationMode::Open;
    let text = match visitor.registration {
        RegistrationMode::Open => {
            "Register with a username, your email address and a password. We send you a six-digit code, you enter it, and your account is open.".to_owned()
        }
        RegistrationMode::Invitation => {
            format!("{INVITED_ONLY} If you have one, open the link in its mail.")
        }
        RegistrationMode::Closed => CLOSED.to_owned(),
    };
    let register = open.then(|| {
        view! {
            <p>
                <a class="btn btn-primary btn-wide" href=paths::REGISTER>
                    "Register"
                </a>
            </p>
        }
    });
    // One button of a card is the first: where nobody registers, this one.
    let sign_in = if open { "btn btn-outline btn-wide" } else { "btn btn-primary btn-wide" };
    let under = if open {
        "You need an email address that you can open now."
    } else {
        "If you have an account, you can sign in."
    };
    view! {
        <Frame visitor under=move || under>
            <h1>"Welcome to " {name}</h1>
            <p>{text}</p>
            {register}
            <a class=sign_in href=paths::LOGIN>
                "Sign in"
            </a>
        </Frame>
    }
}
