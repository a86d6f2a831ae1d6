//! `/`: the start page, with the ways to create an account and to sign in.

use std::future::ready;

use leptos::prelude::*;

use crate::domain::RegistrationMode;
use crate::domain::registration_mode::{CLOSED, INVITED_ONLY};
use crate::paths;
use crate::routes::access::Access;
use crate::routes::page::{Document, Page};
use crate::ui::CardLayout;

pub const PAGE: Page = Page { path: paths::HOME, access: Access::SignedOut, load: |_| Box::pin(ready(Ok(document()))) };

fn document() -> Document {
    Document::new("Welcome", |context| {
        let name = context.portal_name.clone();
        let open = context.registration == RegistrationMode::Open;
        let text = match context.registration {
            RegistrationMode::Open => {
                "Create an account with your email address. We'll send you a code to confirm it.".to_owned()
            }
            RegistrationMode::Invitation => {
                format!("{INVITED_ONLY} If you have one, open the link in the email.")
            }
            RegistrationMode::Closed => CLOSED.to_owned(),
        };
        let register = open.then(|| {
            view! {
                <p>
                    <a class="btn btn-primary btn-wide" href=paths::REGISTER>
                        "Create account"
                    </a>
                </p>
            }
        });
        // A card has one primary button: without registration, this one.
        let sign_in = if open { "btn btn-outline btn-wide" } else { "btn btn-primary btn-wide" };
        let under =
            if open { "You'll need access to your email." } else { "Need an account? Contact your administrator." };
        view! {
            <CardLayout context under=move || under>
                <h1>"Welcome to " {name}</h1>
                <p>{text}</p>
                {register}
                <a class=sign_in href=paths::LOGIN>
                    "Sign in"
                </a>
            </CardLayout>
        }
    })
}
