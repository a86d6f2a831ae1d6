//! `/verify`: the proof of the address.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::api::{Captcha, Flash, PendingView, View};
use crate::components::{
    CaptchaScript, CodeForm, CorrectEmailForm, Countdown, Frame, ResendForm, Step, Steps, UsernameForm,
};
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

/// The code, another code, another address. What is of class `while-live` goes
/// when the countdown ends.
#[component]
fn EnterCode(pending: PendingView, flash: Flash, mailbox: bool, captcha: Option<Captcha>) -> impl IntoView {
    let PendingView { email, deadline, lifetime_ms, remaining_ms, resend_in_ms, email_changes_left, .. } = pending;
    let mailbox = mailbox.then(|| view! { <a href=paths::DEV_MAILBOX>"Development: read the mail"</a> });
    // A message elsewhere on the page is read first.
    let focus = [paths::VERIFY, ""].contains(&flash.form.as_str()) && flash.feedback.message.is_none();
    view! {
        <div class="while-live">
            <Steps current=Step::Email />
            <h1>"Check your email"</h1>
            <p>"We sent a six-digit code to " <strong>{email.clone()}</strong></p>
        </div>
        <Countdown remaining_ms lifetime_ms deadline=deadline.0 />
        <div class="while-live">
            <CodeForm feedback=flash.feedback_for(paths::VERIFY) focus />
            <div class="other-ways">
                <p class="quiet">"The email can take a minute or two. Look in your spam folder, too."</p>
                <CaptchaScript captcha=captcha.clone() />
                <ResendForm feedback=flash.feedback_for(paths::VERIFY_RESEND) wait_ms=resend_in_ms captcha />
                <CorrectEmail flash email left=email_changes_left />
                {mailbox}
            </div>
        </div>
    }
}

/// Folded away until it is wanted, or has something to say.
#[component]
fn CorrectEmail(flash: Flash, email: String, left: u32) -> impl IntoView {
    let feedback = flash.feedback_for(paths::VERIFY_EMAIL);
    let refused = flash.form == paths::VERIFY_EMAIL;
    let typed = if refused { flash.value("email") } else { email };
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
            <CorrectEmailForm feedback email=typed />
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
    view! {
        <h1>"Choose another username"</h1>
        <p>
            "Your email address is confirmed. Meanwhile somebody else took the username " <strong>{pending.username}</strong>
            ". Choose another one to finish."
        </p>
        <UsernameForm feedback=flash.feedback_for(paths::VERIFY_USERNAME) username=flash.value("username") />
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
