//! `/account/delete`: what the user will lose, and the form that deletes the account.

use leptos::prelude::*;

use crate::api::View;
use crate::ui::{AccountArea, Section};
use crate::islands::{EnhancedForm, Field, Form};
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn DeletePage() -> impl IntoView {
    let visitor = visitor();
    let days = match visitor.view {
        View::Delete { days } => days,
        _ => 0,
    };
    let form = Form::to(paths::ACCOUNT_DELETE, &visitor.flash)
        .field(Field::text("confirmation", "Your username").hint("Type your username to confirm."))
        .field(Field::password("password", "Password"))
        .submit("Delete account", "Deleting…")
        .dangerous();
    let time = match days {
        0 => "shortly".to_owned(),
        1 => "in one day".to_owned(),
        days => format!("in {days} days"),
    };
    let username = visitor.account.as_ref().map(|account| account.username.clone());
    view! {
        <AccountArea visitor here=paths::ACCOUNT_DELETE within=paths::ACCOUNT heading="Delete your account">
            <Section title="What happens next">
                <p>
                    "Your account " <strong>{username}</strong> " will be closed now and deleted " {time} ". You'll lose:"
                </p>
                <ul>
                    <li>"your username and email address (others can use them)"</li>
                    <li>"your password, authenticator app, recovery codes and passkeys"</li>
                    <li>"your sessions, trusted browsers and security log"</li>
                </ul>
                <p>
                    "Until it's deleted, you can restore your account with the link we email you. "
                    <a href=paths::ACCOUNT>"Keep my account"</a>
                </p>
                <EnhancedForm form />
            </Section>
        </AccountArea>
    }
}
