//! `/account/sessions`: where the person is signed in, and how to end it.

use leptos::prelude::*;

use crate::api::{SessionView, View};
use crate::components::{AccountArea, LocalTime, PlainForm, PlainRefusal, Row, Rows, Section};
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn SessionsPage() -> impl IntoView {
    let visitor = visitor();
    let View::Sessions(sessions) = visitor.view.clone() else { return None };
    let flash = visitor.flash.clone();
    let others = sessions.listed.iter().any(|session| !session.this_one) || !sessions.all;
    let newest = (!sessions.all).then(|| view! { <p>"These are the newest. To end the others, end all of them."</p> });
    let rows: Vec<_> = sessions.listed.into_iter().map(|session| view! { <Session session /> }).collect();
    Some(view! {
        <AccountArea visitor here=paths::ACCOUNT_SESSIONS heading="Sessions">
            <Section title="Where you are signed in">
                <PlainRefusal flash action=paths::ACCOUNT_SESSIONS_END />
                <p>
                    "If you do not know one of these, end it and "
                    <a href=paths::ACCOUNT>"change your password"</a> "."
                </p>
                {newest}
                <Rows>{rows}</Rows>
            </Section>
            {others.then(|| view! { <EndOthers /> })}
        </AccountArea>
    })
}

#[component]
fn Session(session: SessionView) -> impl IntoView {
    let SessionView { handle, device, address, began_at, last_seen_at, this_one } = session;
    let (badge, label) = if this_one { ("This one", "Sign out") } else { ("", "End") };
    let about = if this_one { String::new() } else { format!("{device}, {address}") };
    let action = move || {
        let hidden = vec![("session", handle)];
        view! { <PlainForm action=paths::ACCOUNT_SESSIONS_END label about hidden /> }
    };
    view! {
        <Row title=device badge action>
            "Signed in "
            <LocalTime at=began_at.0 with_time=true />
            ", from "
            {address}
            <br />
            "Last seen "
            <LocalTime at=last_seen_at.0 with_time=true />
        </Row>
    }
}

#[component]
fn EndOthers() -> impl IntoView {
    view! {
        <Section title="Everywhere else">
            <p>"This signs you out in every other browser at once. You stay signed in here."</p>
            <PlainForm action=paths::ACCOUNT_SESSIONS_END_OTHERS label="End all other sessions" danger=true />
        </Section>
    }
}
