//! `/account/email/verify`: confirms a new email address.

use leptos::prelude::*;

use crate::api::{CodeView, View};
use crate::islands::{Field, Flash, Form};
use crate::ui::{ActionButton, CardLayout};
use crate::pages::otp_card::{Again, OtpCard};
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn EmailCodePage() -> impl IntoView {
    let visitor = visitor();
    let (flash, mailbox) = (visitor.flash.clone(), visitor.dev_mailbox);
    let card = match visitor.view.clone() {
        View::EmailCode(email, code) => Some(view! { <EnterCode email code flash mailbox /> }),
        _ => None,
    };
    let under = || view! { <a href=paths::ACCOUNT>"Back to your account"</a> };
    view! { <CardLayout visitor under>{card}</CardLayout> }
}

/// The form for the code, the button that sends a new one, and the button that cancels the change.
#[component]
fn EnterCode(email: String, code: CodeView, flash: Flash, mailbox: bool) -> impl IntoView {
    let form = Form::to(paths::ACCOUNT_EMAIL_VERIFY, &flash)
        .first_field(Field::code("code", "Code").hint("The 6-digit code in the email.").sends_itself())
        .submit("Confirm email", "Checking…");
    let resend = Form::resend(paths::ACCOUNT_EMAIL_RESEND, &flash, code.resend_in_ms);
    let again = Again {
        advice: "Enter your new email address again to get a new code.",
        label: "Back to your account",
        page: paths::ACCOUNT_EMAIL_VERIFY,
    };
    let lead = move || {
        view! {
            <h1>"Confirm your new email address"</h1>
            <p>"We've sent a 6-digit code to " <strong>{email}</strong> ". Your email address won't change until you enter it."</p>
        }
    };
    view! {
        <OtpCard code lead form resend captcha=None again mailbox>
            <ActionButton action=paths::ACCOUNT_EMAIL_CANCEL label="Cancel change" />
        </OtpCard>
    }
}
