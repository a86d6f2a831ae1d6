//! `/account/security/log`: the account's activity, and its newest entries for
//! `/account/security`.

use leptos::either::Either;
use leptos::prelude::*;

use crate::api::{EventView, View};
use crate::ui::{AccountArea, EmptyList, Item, ItemList, Pager, Section};
use crate::islands::LocalTime;
use crate::pages::visitor;
use crate::paths;

#[component]
pub fn SecurityLogPage() -> impl IntoView {
    let visitor = visitor();
    let View::SecurityLog(log) = visitor.view.clone() else { return None };
    let to = |name: &str, event: Option<String>| {
        event.map(|event| format!("{}?{name}={event}", paths::ACCOUNT_SECURITY_LOG))
    };
    let (newer, older) = (to("after", log.newer), to("before", log.older));
    Some(view! {
        <AccountArea
            visitor
            here=paths::ACCOUNT_SECURITY_LOG
            within=paths::ACCOUNT_SECURITY
            heading="Security log"
        >
            <Section title="Activity">
                <Events events=log.events />
                <Pager newer older />
            </Section>
        </AccountArea>
    })
}

/// The section of `/account/security` that shows the newest events.
#[component]
pub fn RecentEvents(events: Vec<EventView>) -> impl IntoView {
    view! {
        <Section title="Security log" id="log">
            <Events events />
            <p>
                <a href=paths::ACCOUNT_SECURITY_LOG>"View all"</a>
            </p>
        </Section>
    }
}

/// A list of events, or a sentence if there are none.
#[component]
pub fn Events(
    events: Vec<EventView>,
    #[prop(default = "No activity yet. Sign-ins and security changes will be listed here.")] empty: &'static str,
) -> impl IntoView {
    if events.is_empty() {
        return Either::Left(view! { <EmptyList>{empty}</EmptyList> });
    }
    let rows: Vec<_> = events.into_iter().map(|event| view! { <Event event /> }).collect();
    Either::Right(view! { <ItemList>{rows}</ItemList> })
}

#[component]
fn Event(event: EventView) -> impl IntoView {
    let EventView { what, detail, at, device, address } = event;
    let detail = detail.map(|detail| {
        view! {
            {detail}
            <br />
        }
    });
    // Events from the command line have no device and no IP address.
    let from = (!address.is_empty()).then(|| view! { ", " {device} ", from " {address} });
    view! {
        <Item title=what>
            {detail} <LocalTime at=at.0 with_time=true /> {from}
        </Item>
    }
}
