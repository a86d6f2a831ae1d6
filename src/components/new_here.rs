//! The way in for those who have no account.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::domain::RegistrationMode;
use crate::domain::registration_mode::{CLOSED, INVITED_ONLY};
use crate::paths;

/// One line, as the mode of registration has it.
#[component]
pub fn NewHere(mode: RegistrationMode) -> impl IntoView {
    match mode {
        RegistrationMode::Open => EitherOf3::A(view! { "New here? " <a href=paths::REGISTER>"Register"</a> }),
        RegistrationMode::Invitation => EitherOf3::B(INVITED_ONLY),
        RegistrationMode::Closed => EitherOf3::C(CLOSED),
    }
}
