//! `/register`: the registration form, or the reason why there is none.

use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::ui::{CardLayout, PageContext, Step, Steps};
use crate::api::{RegisterView, View};
use crate::islands::{CaptchaScript, EnhancedForm, Field, Form};
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
        RegisterView::Form { invited_email } => {
            EitherOf3::A(view! { <Details visitor=visitor.clone() invited_email /> })
        }
        RegisterView::InvitedOnly { invitation_invalid } => EitherOf3::B(view! { <InvitedOnly invitation_invalid /> }),
        RegisterView::Closed => EitherOf3::C(view! {
            <h1>"Create account"</h1>
            <p>{CLOSED}</p>
        }),
    };
    let under = || view! { "Already have an account? " <a href=paths::LOGIN>"Sign in"</a> };
    view! { <CardLayout visitor under>{card}</CardLayout> }
}

/// The registration form. `invited_email` is the email address of the invitation, which the user cannot change.
#[component]
fn Details(visitor: PageContext, invited_email: Option<String>) -> impl IntoView {
    let captcha = visitor.captcha;
    // While registration is open, an invited user may register with another email address as well.
    let another = (invited_email.is_some() && visitor.registration == RegistrationMode::Open).then(|| {
        view! {
            <p class="other-ways">
                <a href=format!("{}?{}=", paths::REGISTER, paths::INVITATION)>"Use a different email address"</a>
            </p>
        }
    });
    let email = match invited_email {
        Some(address) => Field::email("email", "Email")
            .value(address)
            .fixed()
            .hint("Your invitation was sent to this email address. We'll email you a code to confirm it."),
        None => Field::email("email", "Email").hint("We'll email you a code to confirm it."),
    };
    let form = Form::to(paths::REGISTER, &visitor.flash)
        .field(Field::username())
        .field(email)
        .field(Field::new_password("password", "Password"))
        .captcha(captcha.clone())
        .submit("Create account", "Checking…");
    view! {
        <Steps current=Step::Details />
        <h1>"Create account"</h1>
        <CaptchaScript captcha />
        <EnhancedForm form />
        {another}
    }
}

/// Shown without an invitation, or with one that no longer works.
#[component]
fn InvitedOnly(invitation_invalid: bool) -> impl IntoView {
    let what = if invitation_invalid {
        "This invitation was used or canceled, or it has expired. Ask for a new one."
    } else {
        "If you have one, open the link in the email. It can be used once and expires on the date in the email."
    };
    view! {
        <h1>"Create account"</h1>
        <p>{INVITED_ONLY} " " {what}</p>
    }
}
