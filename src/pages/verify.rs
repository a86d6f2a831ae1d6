//! `/verify`: confirms the email address of a registration.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::otp_card::{Again, OtpCard};
use crate::islands::{Captcha, EnhancedForm, Field, Flash, Form};
use crate::api::{PendingView, View};
use crate::ui::{CardLayout, Step, Steps};
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
    let under = || view! { "Already have an account? " <a href=paths::LOGIN>"Sign in"</a> };
    view! { <CardLayout visitor under>{card}</CardLayout> }
}

/// The form for the code, the button that sends a new one, and the form that corrects the email address.
#[component]
fn EnterCode(pending: PendingView, flash: Flash, mailbox: bool, captcha: Option<Captcha>) -> impl IntoView {
    let PendingView { email, code, email_changes_left: left, address_fixed, .. } = pending;
    let form = Form::to(paths::VERIFY, &flash)
        .first_field(Field::code("code", "Code").hint("The 6-digit code in the email.").sends_itself())
        .submit("Confirm email", "Checking…");
    let resend = Form::resend(paths::VERIFY_RESEND, &flash, code.resend_in_ms).captcha(captcha.clone());
    let again = Again { advice: "Start again to get a new code.", label: "Start again", page: paths::VERIFY };
    let to = email.clone();
    let lead = move || {
        view! {
            <Steps current=Step::Email />
            <h1>"Check your email"</h1>
            <p>"We've sent a 6-digit code to " <strong>{to}</strong> "."</p>
        }
    };
    view! {
        <OtpCard code lead form resend captcha again mailbox>
            {(!address_fixed).then(|| view! { <CorrectEmail flash email left /> })}
        </OtpCard>
    }
}

/// The form that corrects the email address, folded unless it was refused.
#[component]
fn CorrectEmail(flash: Flash, email: String, left: u32) -> impl IntoView {
    let refused = flash.form == paths::VERIFY_EMAIL;
    let form = Form::to(paths::VERIFY_EMAIL, &flash)
        .field(Field::email("email", "Email").value(email))
        .submit("Update and send code", "Sending…")
        .outlined();
    let body = if left == 0 {
        leptos::either::Either::Left(view! {
            <p>
                "You can't change the email address again. "
                <a href=paths::REGISTER>"Start again"</a> " to use a different one."
            </p>
        })
    } else {
        let times = match left {
            1 => "once more".to_owned(),
            2 => "twice more".to_owned(),
            _ => format!("{left} more times"),
        };
        leptos::either::Either::Right(view! {
            <p class="quiet">"You can change it " {times} "."</p>
            <EnhancedForm form />
        })
    };
    view! {
        <details open=refused>
            <summary>"Wrong email address?"</summary>
            {body}
        </details>
    }
}

#[component]
fn ChooseUsername(pending: PendingView, flash: Flash) -> impl IntoView {
    let form = Form::to(paths::VERIFY_USERNAME, &flash).field(Field::username()).submit("Create account", "Checking…");
    view! {
        <h1>"Choose another username"</h1>
        <p>
            "Your email address is confirmed, but someone else has taken " <strong>{pending.username}</strong>
            ". Choose another username."
        </p>
        <EnhancedForm form />
    }
}

/// Shown only if the registration ends between the access check and the page.
#[component]
fn NothingPending() -> impl IntoView {
    view! {
        <h1>"Nothing to confirm"</h1>
        <p>"There's nothing to confirm in this browser. Sign in, or create an account."</p>
        <a class="btn btn-primary btn-wide" href=paths::REGISTER>
            "Create account"
        </a>
    }
}
