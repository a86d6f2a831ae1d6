//! `/recover` and `/recover/verify`: a new password by a mailed code.

use leptos::either::Either;
use leptos::prelude::*;

use super::await_code::{Again, AwaitCode};
use crate::api::{Captcha, CodeView, Flash, View};
use crate::components::{CaptchaScript, Field, Form, Frame, PostForm};
use crate::paths;

#[component]
pub fn RecoverPage() -> impl IntoView {
    let visitor = super::visitor();
    let captcha = visitor.captcha.clone();
    let form = Form::to(paths::RECOVER, &visitor.flash)
        .field(Field::email("email", "Email").hint("The address of your account."))
        .captcha(captcha.clone())
        .submit("Send me a code", "Sending…");
    let under = || view! { "Remembered it? " <a href=paths::LOGIN>"Sign in"</a> };
    view! {
        <Frame visitor under>
            <h1>"Set a new password"</h1>
            <p>"We send a six-digit code to your address. Until you set a new password, nothing changes."</p>
            <CaptchaScript captcha />
            <PostForm form />
        </Frame>
    }
}

#[component]
pub fn RecoverVerifyPage() -> impl IntoView {
    let visitor = super::visitor();
    let (flash, captcha, mailbox) = (visitor.flash.clone(), visitor.captcha.clone(), visitor.dev_mailbox);
    let card = match visitor.view {
        View::Recover(code) => Either::Left(view! { <EnterCode code flash captcha mailbox /> }),
        // Only if the recovery ends between the guard and the page.
        _ => Either::Right(view! {
            <h1>"No code is awaited"</h1>
            <a class="btn btn-primary btn-wide" href=paths::RECOVER>
                "Ask for a code"
            </a>
        }),
    };
    let under = || view! { "Remembered it? " <a href=paths::LOGIN>"Sign in"</a> };
    view! { <Frame visitor under>{card}</Frame> }
}

/// The code with the new password, and another code.
#[component]
fn EnterCode(code: CodeView, flash: Flash, captcha: Option<Captcha>, mailbox: bool) -> impl IntoView {
    let form = Form::to(paths::RECOVER_VERIFY, &flash)
        .first_field(Field::code("code", "Code").hint("Six digits, from the email."))
        .field(Field::new_password("password", "New password"))
        .submit("Set the password", "Checking…");
    let resend = Form::resend(paths::RECOVER_RESEND, &flash, code.resend_in_ms).captcha(captcha.clone());
    let again = Again {
        advice: "Ask for another one to set a new password.",
        label: "Ask for another code",
        page: paths::RECOVER_VERIFY,
    };
    let lead = || {
        view! {
            <h1>"Check your email"</h1>
            <p>
                "If that address has an account, we have sent a six-digit code to it. Setting a new password signs you out everywhere."
            </p>
        }
    };
    view! {
        <AwaitCode code lead form resend captcha again mailbox>
            <a href=paths::RECOVER>"Use another address"</a>
        </AwaitCode>
    }
}
