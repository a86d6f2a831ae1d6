//! `/account/security/log`: the account's activity, and its newest events for other pages.

use leptos::either::Either;
use leptos::prelude::*;

use crate::domain::Timestamp;
use crate::paths;
use crate::routes::access::Access;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::routes::query::{Neighbors, Query};
use crate::services::{RequestContext, ServiceError, describe_user_agent};
use crate::state::AppState;
use crate::store::security_events::Event as StoredEvent;
use crate::ui::{AccountArea, EmptyList, Item, ItemList, LocalTime, Pager, Section};

/// Number of the newest events that other pages show.
const NEWEST: u64 = 10;
/// Stored details whose wording has changed: the stored text, and the text that is shown.
const REWORDED: [(&str, &str); 2] = [
    ("By those who run the portal", "By the server administrator"),
    ("by the link in a mail", "with the link in an email"),
];

pub const PAGE: Page =
    Page { path: paths::ACCOUNT_SECURITY_LOG, access: Access::SignedIn, load: |request| Box::pin(load(request)) };

async fn load(request: PageRequest<'_>) -> PageResult {
    let query = Query::of(request.uri);
    let page = request.state.security_log().page(query.place(), request.by).await?;
    let Neighbors { newer, older } = query.neighbors(&page, |event| event.id.to_string());
    let events: Vec<_> = page.rows.into_iter().map(view).collect();
    Ok(Document::new("Security log", move |context| {
        view! {
            <AccountArea
                context
                here=paths::ACCOUNT_SECURITY_LOG
                within=paths::ACCOUNT_SECURITY
                heading="Security log"
            >
                <Section title="Activity">
                    <Events events />
                    <Pager newer older />
                </Section>
            </AccountArea>
        }
    }))
}

/// An event of the log, formatted for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    pub what: &'static str,
    /// Details of the event. May contain user input.
    pub detail: Option<String>,
    pub at: Timestamp,
    /// "Firefox on Linux"
    pub device: String,
    pub address: String,
}

/// Loads the newest events, for [`RecentEvents`].
///
/// # Errors
/// The user is not signed in any more.
pub async fn newest(state: &AppState, by: &RequestContext) -> Result<Vec<EventView>, ServiceError> {
    let events = state.security_log().newest(NEWEST, by).await?;
    Ok(events.into_iter().map(view).collect())
}

/// Formats an event for display.
#[must_use]
pub fn view(event: StoredEvent) -> EventView {
    EventView {
        what: event.event.label(),
        detail: event.detail.map(reworded),
        at: event.at,
        device: describe_user_agent(&event.user_agent),
        address: event.ip,
    }
}

fn reworded(detail: String) -> String {
    REWORDED.iter().find(|(stored, _)| *stored == detail).map_or(detail, |(_, shown)| (*shown).to_owned())
}

/// A section of another page that shows the newest events.
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
