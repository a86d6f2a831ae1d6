//! `/verify`: the proof of the address.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::await_code::{Again, AwaitCode};
use crate::api::{Captcha, Flash, PendingView, View};
use crate::components::{Field, Form, Frame, PostForm, Step, Steps};
use crate::paths;

#[component]
pub fn VerifyPage() -> impl IntoView {
    let visitor = super::visitor();
    let flash = visitor.flash.clone();
    let mailbox = visitor.dev_mailbox;
    let captcha = visitor.captcha.clone();
    let card = match visitor.view.clone() {
        View::Verify(pending) if pending.needs_username => EitherOf3::A(view! { <ChooseUsername pending flash /> }),
        View::Verify(pending) => EitherOf3::B(view! { <EnterCode pending flash mailbox captcha /> }),
        _ => EitherOf3::C(view! { <NothingPending /> }),
    };
    let under = || view! { "Already registered? " <a href=paths::LOGIN>"Sign in"</a> };
    view! { <Frame visitor under>{card}</Frame> }
}

/// The code, another code, another address.
#[component]
fn EnterCode(pending: PendingView, flash: Flash, mailbox: bool, captcha: Option<Captcha>) -> impl IntoView {
    let PendingView { email, code, email_changes_left: left, address_fixed, .. } = pending;
    let form = Form::to(paths::VERIFY, &flash)
        .first_field(Field::code("code", "Code").hint("Six digits, from the email.").sends_itself())
        .submit("Confirm", "Checking…");
    let resend = Form::resend(paths::VERIFY_RESEND, &flash, code.resend_in_ms).captcha(captcha.clone());
    let again =
        Again { advice: "Register again and we will send a new one.", label: "Register again", page: paths::VERIFY };
    let to = email.clone();
    let lead = move || {
        view! {
            <Steps current=Step::Email />
            <h1>"Check your email"</h1>
            <p>"We sent a six-digit code to " <strong>{to}</strong></p>
        }
    };
    view! {
        <AwaitCode code lead form resend captcha again mailbox>
            {(!address_fixed).then(|| view! { <CorrectEmail flash email left /> })}
        </AwaitCode>
    }
}

/// Folded away until it is wanted, or has something to say.
#[component]
fn CorrectEmail(flash: Flash, email: String, left: u32) -> impl IntoView {
    let refused = flash.form == paths::VERIFY_EMAIL;
    let form = Form::to(paths::VERIFY_EMAIL, &flash)
        .field(Field::email("email", "Email").value(email))
        .submit("Send the code there", "Sending…")
        .outlined();
    let body = if left == 0 {
        leptos::either::Either::Left(view! {
            <p>
                "You have changed the address twice. To use another one, "
                <a href=paths::REGISTER>"register again"</a> "."
            </p>
        })
    } else {
        let times = if left == 1 { "once".to_owned() } else { format!("{left} times") };
        leptos::either::Either::Right(view! {
            <p class="quiet">"You can change it " {times} "."</p>
            <PostForm form />
        })
    };
    view! {
        <details open=refused>
            <summary>"Wrong address?"</summary>
            {body}
        </details>
    }
}

#[component]
fn ChooseUsername(pending: PendingView, flash: Flash) -> impl IntoView {
    let form = Form::to(paths::VERIFY_USERNAME, &flash).field(Field::username()).submit("Finish", "Checking…");
    view! {
        <h1>"Choose another username"</h1>
        <p>
            "Your email address is confirmed. Meanwhile somebody else took the username " <strong>{pending.username}</strong>
            ". Choose another one to finish."
        </p>
        <PostForm form />
    }
}

/// Shown only if a registration ends between the guard and the page.
#[component]
fn NothingPending() -> impl IntoView {
    view! {
        <h1>"Nothing to confirm"</h1>
        <p>"There is no registration to finish in this browser."</p>
        <a class="btn btn-primary btn-wide" href=paths::REGISTER>
            "Register"
        </a>
    }
}
