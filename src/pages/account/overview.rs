//! `/account`: username, email, password, data download and account deletion.

use leptos::prelude::*;

use crate::islands::{EnhancedForm, Field, Flash, Form};
use crate::api::View;
use crate::ui::{AccountArea, ActionButton, PlainRefusal, Section};
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn AccountPage() -> impl IntoView {
    let visitor = visitor();
    let flash = visitor.flash.clone();
    let awaited = match &visitor.view {
        View::Account(awaited) => awaited.clone(),
        _ => None,
    };
    visitor.account.clone().map(|account| {
        view! {
            <AccountArea visitor here=paths::ACCOUNT heading="Your account">
                <Username flash=flash.clone() username=account.username />
                <Address flash=flash.clone() email=account.email awaited />
                <Password flash=flash.clone() />
                <YourData flash />
            </AccountArea>
        }
    })
}

#[component]
fn Username(flash: Flash, username: String) -> impl IntoView {
    let form = Form::to(paths::ACCOUNT_USERNAME, &flash)
        .id_prefix("name-")
        .field(Field::username().value(username))
        .submit("Change username", "Checking…")
        .outlined();
    view! {
        <Section title="Username" id="username">
            <EnhancedForm form />
        </Section>
    }
}

#[component]
fn Address(flash: Flash, email: String, awaited: Option<String>) -> impl IntoView {
    let form = Form::to(paths::ACCOUNT_EMAIL, &flash)
        .id_prefix("email-")
        .field(Field::email("email", "New email").hint("We'll email you a code to confirm it."))
        .submit("Change email", "Sending…")
        .outlined();
    let awaited = awaited.map(|email| {
        view! {
            <p>
                "Waiting for you to confirm " <strong>{email}</strong> ". "
                <a href=paths::ACCOUNT_EMAIL_VERIFY>"Enter the code"</a>
            </p>
        }
    });
    view! {
        <Section title="Email" id="email">
            <p>"We email you at " <strong>{email}</strong> ". We'll switch to the new email address once you confirm it."</p>
            {awaited}
            <EnhancedForm form />
        </Section>
    }
}

#[component]
fn Password(flash: Flash) -> impl IntoView {
    let form = Form::to(paths::ACCOUNT_PASSWORD, &flash)
        .id_prefix("password-")
        .field(Field::password("current_password", "Current password"))
        .field(Field::new_password("password", "New password"))
        .submit("Change password", "Checking…")
        .outlined();
    view! {
        <Section title="Password" id="password">
            <p>"You'll be signed out on other devices, and trusted browsers will ask for a code again."</p>
            <EnhancedForm form />
        </Section>
    }
}

#[component]
fn YourData(flash: Flash) -> impl IntoView {
    view! {
        <Section title="Your data" id="data">
            <p>"Download a copy of your data (JSON)."</p>
            <PlainRefusal flash action=paths::ACCOUNT_EXPORT />
            <ActionButton action=paths::ACCOUNT_EXPORT label="Download my data" />
        </Section>
        <Section title="Delete your account" id="delete">
            <p>"Your account is deleted after a waiting period. You can cancel until then."</p>
            <a class="btn btn-outline-danger" href=paths::ACCOUNT_DELETE>
                "Delete my account"
            </a>
        </Section>
    }
}
