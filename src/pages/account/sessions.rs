//! `/account/sessions`: the user's sessions, with buttons to end them.

use leptos::prelude::*;

use crate::api::{SessionView, View};
use crate::ui::{AccountArea, ActionButton, Item, ItemList, PlainRefusal, Section};
use crate::islands::LocalTime;
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn SessionsPage() -> impl IntoView {
    let visitor = visitor();
    let View::Sessions(sessions) = visitor.view.clone() else { return None };
    let flash = visitor.flash.clone();
    let others = sessions.listed.iter().any(|session| !session.this_one) || !sessions.all;
    let newest = (!sessions.all).then(
        || view! { <p>"Showing the most recent devices. To sign out the rest, sign out on all other devices."</p> },
    );
    let rows: Vec<_> = sessions.listed.into_iter().map(|session| view! { <Session session /> }).collect();
    Some(view! {
        <AccountArea visitor here=paths::ACCOUNT_SESSIONS heading="Sessions">
            <Section title="Your devices">
                <PlainRefusal flash action=paths::ACCOUNT_SESSIONS_END />
                <p>
                    "Don't recognize a device? End its session and "
                    <a href=paths::ACCOUNT>"change your password"</a> "."
                </p>
                {newest}
                <ItemList>{rows}</ItemList>
            </Section>
            {others.then(|| view! { <EndOthers /> })}
        </AccountArea>
    })
}

#[component]
fn Session(session: SessionView) -> impl IntoView {
    let SessionView { handle, device, address, began_at, last_seen_at, this_one } = session;
    let (badge, label) = if this_one { ("This device", "Sign out") } else { ("", "End session") };
    let about = if this_one { String::new() } else { format!("{device}, {address}") };
    let action = move || {
        let hidden = vec![("session", handle)];
        view! { <ActionButton action=paths::ACCOUNT_SESSIONS_END label about hidden /> }
    };
    view! {
        <Item title=device badge action>
            "Signed in "
            <LocalTime at=began_at.0 with_time=true />
            ", from "
            {address}
            <br />
            "Last active "
            <LocalTime at=last_seen_at.0 with_time=true />
        </Item>
    }
}

#[component]
fn EndOthers() -> impl IntoView {
    view! {
        <Section title="Other devices">
            <p>"This signs you out everywhere else. You stay signed in here."</p>
            <ActionButton action=paths::ACCOUNT_SESSIONS_END_OTHERS label="Sign out on all other devices" danger=true />
        </Section>
    }
}
