//! `/account/email/verify`: the proof of the new address.

use leptos::prelude::*;

use crate::api::{CodeView, Flash, View};
use crate::components::{Countdown, Field, Form, Frame, PlainForm, PostForm};
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
    view! { <Frame visitor under>{card}</Frame> }
}

/// What is of class `while-live` goes when the countdown ends.
#[component]
fn EnterCode(email: String, code: CodeView, flash: Flash, mailbox: bool) -> impl IntoView {
    let CodeView { deadline, lifetime_ms, remaining_ms, resend_in_ms } = code;
    let mailbox = mailbox.then(|| view! { <a href=paths::DEV_MAILBOX>"Development: read the mail"</a> });
    let form = Form::to(paths::ACCOUNT_EMAIL_VERIFY, &flash)
        .first_field(Field::code("code", "Code").hint("Six digits, from the email.").sends_itself())
        .submit("Confirm", "Checking…");
    let resend = Form::resend(paths::ACCOUNT_EMAIL_RESEND, &flash, resend_in_ms);
    view! {
        <div class="while-live">
            <h1>"Confirm your new address"</h1>
            <p>"We sent a six-digit code to " <strong>{email}</strong> ". Until you enter it, nothing changes."</p>
        </div>
        <Countdown remaining_ms lifetime_ms deadline=deadline.0>
            <p>"Enter the new address again to get another one."</p>
            // By the way of the page itself: the server then says why.
            <a class="btn btn-primary btn-wide" href=paths::ACCOUNT_EMAIL_VERIFY>
                "Back to your account"
            </a>
        </Countdown>
        <div class="while-live">
            <PostForm form />
            <div class="other-ways">
                <p class="quiet">"The email can take a minute or two. Look in your spam folder, too."</p>
                <PostForm form=resend />
                <PlainForm action=paths::ACCOUNT_EMAIL_CANCEL label="Do not change it" />
                {mailbox}
            </div>
        </div>
    }
}
