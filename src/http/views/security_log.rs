//! The security log of the signed-in user.

use axum::http::Uri;
use uuid::Uuid;

use super::LoadError;
use crate::api::{EventView, SecurityLogView};
use crate::services::keyset::Cursor;
use crate::services::{RequestContext, ServiceError, describe_user_agent};
use crate::state::AppState;
use crate::store::security_events::Event;

/// Number of events on `/account/security`.
const NEWEST: u64 = 10;
/// Stored details whose wording has changed: the stored text, and the text that is shown.
const REWORDED: [(&str, &str); 2] = [
    ("By those who run the portal", "By the server administrator"),
    ("by the link in a mail", "with the link in an email"),
];

/// Loads the page of the log that the query selects.
pub(super) async fn page(state: &AppState, uri: &Uri, by: &RequestContext) -> Result<SecurityLogView, LoadError> {
    let page = state.security_log.page(place(uri), by).await?;
    let id = |event: Option<&Event>| event.map(|event| event.id.to_string());
    Ok(SecurityLogView {
        newer: id(page.rows.first().filter(|_| page.newer)),
        older: id(page.rows.last().filter(|_| page.older)),
        events: page.rows.into_iter().map(view).collect(),
    })
}

/// Loads the newest events, for `/account/security`.
///
/// # Errors
/// The user is not signed in any more.
pub async fn newest(state: &AppState, by: &RequestContext) -> Result<Vec<EventView>, ServiceError> {
    let events = state.security_log.newest(None, NEWEST, by).await?;
    Ok(events.into_iter().map(view).collect())
}

/// Parses `before` or `after`; invalid IDs are ignored.
fn place(uri: &Uri) -> Cursor<Uuid> {
    let query = uri.query().unwrap_or_default().as_bytes();
    let mut pairs = url::form_urlencoded::parse(query);
    let place = pairs.find_map(|(name, value)| match (&*name, Uuid::try_parse(&value)) {
        ("before", Ok(event)) => Some(Cursor::Before(event)),
        ("after", Ok(event)) => Some(Cursor::After(event)),
        _ => None,
    });
    place.unwrap_or(Cursor::First)
}

fn reworded(detail: String) -> String {
    REWORDED.iter().find(|(stored, _)| *stored == detail).map_or(detail, |(_, shown)| (*shown).to_owned())
}

/// Formats an event for display.
#[must_use]
pub fn view(event: Event) -> EventView {
    EventView {
        what: event.event.label(),
        detail: event.detail.map(reworded),
        at: event.at,
        device: describe_user_agent(&event.user_agent),
        address: event.ip,
    }
}
