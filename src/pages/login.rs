//! `/login`: the way in for those who have an account.

use leptos::prelude::*;

use crate::components::{CaptchaScript, Frame, LoginForm};
use crate::paths;

#[component]
pub fn LoginPage() -> impl IntoView {
    let visitor = super::visitor();
    let flash = visitor.flash.clone();
    let captcha = visitor.captcha.clone();
    let next = visitor.next.clone().or_else(|| Some(flash.value("next"))).filter(|next| !next.is_empty());
    let under = || view! { "New here? " <a href=paths::REGISTER>"Register"</a> };
    view! {
        <Frame visitor under>
            <h1>"Sign in"</h1>
            <CaptchaScript captcha=captcha.clone() />
            <LoginForm
                feedback=flash.feedback_for(paths::LOGIN)
                identifier=flash.value("identifier")
                remember=!flash.value("remember").is_empty()
                next
                captcha
            />
        </Frame>
    }
}
