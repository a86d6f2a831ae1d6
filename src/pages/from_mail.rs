//! `/from-mail`: what the link in a mail will do, and its button.

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::{FromMailView, MailDeed, View};
use crate::components::{Field, Form, Frame, PostForm};
use crate::paths;

#[component]
pub fn FromMailPage() -> impl IntoView {
    let visitor = super::visitor();
    let card = match visitor.view.clone() {
        View::FromMail(Some(FromMailView { token, deed })) => {
            let (heading, text, label, busy_label) = words(deed);
            let form = Form::to(paths::FROM_MAIL, &visitor.flash)
                .field(Field::hidden("token", token))
                .submit(label, busy_label);
            Either::Left(view! {
                <h1>{heading}</h1>
                <p>{text}</p>
                <PostForm form />
            })
        }
        _ => Either::Right(view! {
            <h1>"This link no longer works"</h1>
            <p>"It was used already, or its time is over. If you are worried about your account, set a new password."</p>
            <a class="btn btn-primary btn-wide" href=paths::RECOVER>
                "Set a new password"
            </a>
        }),
    };
    view! { <Frame visitor>{card}</Frame> }
}

/// Heading, what the button does, and its words at rest and under way.
fn words(deed: MailDeed) -> (&'static str, &'static str, &'static str, &'static str) {
    match deed {
        MailDeed::EndSession => (
            "End that session?",
            "This signs out the browser that the mail is about. Afterwards, set a new password.",
            "End that session",
            "Ending…",
        ),
        MailDeed::UndoEmailChange => (
            "Bring your address back?",
            "Mail about your account will come to this address again, and everybody is signed out of it. Afterwards, set a new password.",
            "Undo the change",
            "Undoing…",
        ),
        MailDeed::KeepAccount => (
            "Keep your account?",
            "It will not be deleted, and you can sign in as before.",
            "Keep my account",
            "Keeping…",
        ),
    }
}
