//! `/from-mail`: says what the link in an email will do, with a button to do it.

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::{EmailLinkAction, EmailLinkView, View};
use crate::ui::CardLayout;
use crate::islands::{EnhancedForm, Field, Form};
use crate::paths;

#[component]
pub fn FromMailPage() -> impl IntoView {
    let visitor = super::visitor();
    let card = match visitor.view.clone() {
        View::EmailLinks(Some(EmailLinkView { token, action })) => {
            let (heading, text, label, busy_label) = texts(action);
            let form = Form::to(paths::FROM_MAIL, &visitor.flash)
                .field(Field::hidden("token", token))
                .submit(label, busy_label);
            Either::Left(view! {
                <h1>{heading}</h1>
                <p>{text}</p>
                <EnhancedForm form />
            })
        }
        _ => Either::Right(view! {
            <h1>"This link no longer works"</h1>
            <p>"It has been used or has expired. If you're worried about your account, reset your password."</p>
            <a class="btn btn-primary btn-wide" href=paths::RECOVER>
                "Reset your password"
            </a>
        }),
    };
    view! { <CardLayout visitor>{card}</CardLayout> }
}

/// Returns the heading, what the button does, its label and its label while busy.
fn texts(action: EmailLinkAction) -> (&'static str, &'static str, &'static str, &'static str) {
    match action {
        EmailLinkAction::EndSession => (
            "Sign out that device?",
            "This signs out the device that the email is about. Then reset your password.",
            "Sign out that device",
            "Signing out…",
        ),
        EmailLinkAction::UndoEmailChange => (
            "Restore your email address?",
            "We'll use this email address again and sign out all devices. Then reset your password.",
            "Restore email address",
            "Restoring…",
        ),
        EmailLinkAction::KeepAccount => (
            "Keep your account?",
            "It won't be deleted, and you can sign in as before.",
            "Keep my account",
            "Restoring…",
        ),
    }
}
