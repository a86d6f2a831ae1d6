//! `/account/delete`: what will be lost, and the last word.

use leptos::prelude::*;

use crate::api::View;
use crate::components::{AccountArea, Field, Form, PostForm, Section};
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
        .field(Field::text("confirmation", "Your username").hint("Type it to show that you mean it."))
        .field(Field::password("password", "Password"))
        .submit("Delete account", "Closing…")
        .dangerous();
    let time = match days {
        0 => "shortly".to_owned(),
        1 => "in one day".to_owned(),
        days => format!("in {days} days"),
    };
    let username = visitor.account.as_ref().map(|account| account.username.clone());
    view! {
        <AccountArea visitor here=paths::ACCOUNT_DELETE within=paths::ACCOUNT heading="Delete your account">
            <Section title="What will be lost">
                <p>"The account " <strong>{username}</strong> " is closed at once and deleted " {time} ":"</p>
                <ul>
                    <li>"your username and address, which anybody can then use"</li>
                    <li>"your password, authenticator app, recovery codes and passkeys"</li>
                    <li>"your sessions, trusted browsers and security log"</li>
                </ul>
                <p>
                    "Until then we keep everything, nobody can sign in, and the link that we mail to you brings the account back. "
                    <a href=paths::ACCOUNT>"Keep my account"</a>
                </p>
                <PostForm form />
            </Section>
        </AccountArea>
    }
}
