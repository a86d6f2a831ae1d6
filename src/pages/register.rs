//! `/register`: a new person's details.

use leptos::prelude::*;

use crate::components::{CaptchaScript, Frame, RegisterForm, Step, Steps};
use crate::paths;

#[component]
pub fn RegisterPage() -> impl IntoView {
    let visitor = super::visitor();
    let flash = visitor.flash.clone();
    let captcha = visitor.captcha.clone();
    let under = || view! { "Already registered? " <a href=paths::LOGIN>"Sign in"</a> };
    view! {
        <Frame visitor under>
            <Steps current=Step::Details />
            <h1>"Register"</h1>
            <CaptchaScript captcha=captcha.clone() />
            <RegisterForm
                feedback=flash.feedback_for(paths::REGISTER)
                username=flash.value("username")
                email=flash.value("email")
                captcha
            />
        </Frame>
    }
}
