//! `/register`: a new person's details, or why there is no form for them.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::api::{RegisterView, View, Visitor};
use crate::components::{CaptchaScript, Field, Form, Frame, PostForm, Step, Steps};
use crate::domain::RegistrationMode;
use crate::domain::registration_mode::{CLOSED, INVITED_ONLY};
use crate::paths;

#[component]
pub fn RegisterPage() -> impl IntoView {
    let visitor = super::visitor();
    let view = match visitor.view.clone() {
        View::Register(view) => view,
        _ => RegisterView::default(),
    };
    let card = match view {
        RegisterView::Form { guest } => EitherOf3::A(view! { <Details visitor=visitor.clone() guest /> }),
        RegisterView::InvitedOnly { no_good } => EitherOf3::B(view! { <InvitedOnly no_good /> }),
        RegisterView::Closed => EitherOf3::C(view! {
            <h1>"Register"</h1>
            <p>{CLOSED}</p>
        }),
    };
    let under = || view! { "Already registered? " <a href=paths::LOGIN>"Sign in"</a> };
    view! { <Frame visitor under>{card}</Frame> }
}

/// The form; whose address it is for, if that is settled.
#[component]
fn Details(visitor: Visitor, guest: Option<String>) -> impl IntoView {
    let captcha = visitor.captcha;
    // Where anybody may register, a guest may do so with another address as well.
    let another = (guest.is_some() && visitor.registration == RegistrationMode::Open).then(|| {
        view! {
            <p class="other-ways">
                <a href=format!("{}?{}=", paths::REGISTER, paths::INVITATION)>"Use another address"</a>
            </p>
        }
    });
    let email = match guest {
        Some(address) => Field::email("email", "Email")
            .value(address)
            .fixed()
            .hint("Your invitation is for this address. We send a six-digit code to it."),
        None => Field::email("email", "Email").hint("We send a six-digit code to it."),
    };
    let form = Form::to(paths::REGISTER, &visitor.flash)
        .field(Field::username())
        .field(email)
        .field(Field::new_password("password", "Password"))
        .captcha(captcha.clone())
        .submit("Register", "Checking…");
    view! {
        <Steps current=Step::Details />
        <h1>"Register"</h1>
        <CaptchaScript captcha />
        <PostForm form />
        {another}
    }
}

/// What those see who bring no invitation, or one that is good for nothing.
#[component]
fn InvitedOnly(no_good: bool) -> impl IntoView {
    let what = if no_good {
        "The invitation of your link no longer works: it was used or taken back, or its time is over. Ask for another one."
    } else {
        "If you have one, open the link in its mail. It works once, until the time that stands there."
    };
    view! {
        <h1>"Register"</h1>
        <p>{INVITED_ONLY} " " {what}</p>
    }
}
