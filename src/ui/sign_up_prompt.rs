//! The link to registration on the sign-in page.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::domain::RegistrationMode;
use crate::domain::registration_mode::{CLOSED, INVITED_ONLY};
use crate::paths;

/// A line that depends on the registration mode.
#[component]
pub fn SignUpPrompt(mode: RegistrationMode) -> impl IntoView {
    match mode {
        RegistrationMode::Open => EitherOf3::A(view! { "New here? " <a href=paths::REGISTER>"Create an account"</a> }),
        RegistrationMode::Invitation => EitherOf3::B(INVITED_ONLY),
        RegistrationMode::Closed => EitherOf3::C(CLOSED),
    }
}
