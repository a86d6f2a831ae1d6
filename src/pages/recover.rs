//! `/recover` and `/recover/verify`: resets the password with an emailed code.

use leptos::either::Either;
use leptos::prelude::*;

use super::otp_card::{Again, OtpCard};
use crate::islands::{Captcha, CaptchaScript, EnhancedForm, Field, Flash, Form};
use crate::api::{CodeView, View};
use crate::ui::CardLayout;
use crate::paths;

#[component]
pub fn RecoverPage() -> impl IntoView {
    let visitor = super::visitor();
    let captcha = visitor.captcha.clone();
    let form = Form::to(paths::RECOVER, &visitor.flash)
        .field(Field::email("email", "Email").hint("The email address of your account."))
        .captcha(captcha.clone())
        .submit("Send me a code", "Sending…");
    let under = || view! { "Remember your password? " <a href=paths::LOGIN>"Sign in"</a> };
    view! {
        <CardLayout visitor under>
            <h1>"Reset your password"</h1>
            <p>"We'll email you a code. Your current password works until you set a new one."</p>
            <CaptchaScript captcha />
            <EnhancedForm form />
        </CardLayout>
    }
}

#[component]
pub fn RecoverVerifyPage() -> impl IntoView {
    let visitor = super::visitor();
    let (flash, captcha, mailbox) = (visitor.flash.clone(), visitor.captcha.clone(), visitor.dev_mailbox);
    let card = match visitor.view {
        View::Recover(code) => Either::Left(view! { <EnterCode code flash captcha mailbox /> }),
        // Only if the recovery ends between the access check and the page.
        _ => Either::Right(view! {
            <h1>"Nothing to confirm"</h1>
            <a class="btn btn-primary btn-wide" href=paths::RECOVER>
                "Send a code"
            </a>
        }),
    };
    let under = || view! { "Remember your password? " <a href=paths::LOGIN>"Sign in"</a> };
    view! { <CardLayout visitor under>{card}</CardLayout> }
}

/// The form for the code and the new password, and the button that sends a new code.
#[component]
fn EnterCode(code: CodeView, flash: Flash, captcha: Option<Captcha>, mailbox: bool) -> impl IntoView {
    let form = Form::to(paths::RECOVER_VERIFY, &flash)
        .first_field(Field::code("code", "Code").hint("The 6-digit code in the email."))
        .field(Field::new_password("password", "New password"))
        .submit("Reset password", "Checking…");
    let resend = Form::resend(paths::RECOVER_RESEND, &flash, code.resend_in_ms).captcha(captcha.clone());
    let again = Again {
        advice: "Get a new code to reset your password.",
        label: "Get a new code",
        page: paths::RECOVER_VERIFY,
    };
    let lead = || {
        view! {
            <h1>"Check your email"</h1>
            <p>
                "If that email address has an account, we've sent a 6-digit code to it. Resetting your password signs you out on all devices."
            </p>
        }
    };
    view! {
        <OtpCard code lead form resend captcha again mailbox>
            <a href=paths::RECOVER>"Use a different email address"</a>
        </OtpCard>
    }
}
