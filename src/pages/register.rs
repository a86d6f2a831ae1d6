//! `/register`: a new person's details.

use leptos::prelude::*;

use crate::components::{CaptchaScript, Field, Form, Frame, PostForm, Step, Steps};
use crate::paths;

#[component]
pub fn RegisterPage() -> impl IntoView {
    let visitor = super::visitor();
    let captcha = visitor.captcha.clone();
    let form = Form::to(paths::REGISTER, &visitor.flash)
        .field(Field::username())
        .field(Field::email("email", "Email").hint("We send a six-digit code to it."))
        .field(Field::new_password("password", "Password"))
        .captcha(captcha.clone())
        .submit("Register", "Checking…");
    let under = || view! { "Already registered? " <a href=paths::LOGIN>"Sign in"</a> };
    view! {
        <Frame visitor under>
            <Steps current=Step::Details />
            <h1>"Register"</h1>
            <CaptchaScript captcha />
            <PostForm form />
        </Frame>
    }
}
