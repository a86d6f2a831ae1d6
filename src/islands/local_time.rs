//! Times in the user's time zone. The server renders them in UTC, and the browser formats them again.

use js_sys::{Date, JSON};
use leptos::prelude::*;

use super::dyn_value::{effect, live};

/// A date with an optional time.
#[island]
pub fn ZonedTime(
    /// The time in RFC 3339.
    datetime: String,
    /// The text until the browser has formatted the time.
    utc: String,
    with_time: bool,
) -> impl IntoView {
    let words = RwSignal::new(utc);
    let at = datetime.clone();
    effect(move || words.set(if with_time { local_date_time(&at) } else { local_date(&at) }));
    view! { <time datetime=datetime>{live(move || words.get())}</time> }
}

/// Formats a time in RFC 3339 as `12 March 2026`. Only works in the browser.
fn local_date(datetime: &str) -> String {
    let options = JSON::parse(r#"{"day":"numeric","month":"long","year":"numeric"}"#).unwrap_or_default();
    Date::new(&datetime.into()).to_locale_date_string("en-GB", &options).into()
}

/// Formats a time in RFC 3339 as `14:32`. Only works in the browser.
#[must_use]
pub fn local_clock(datetime: &str) -> String {
    let local = Date::new(&datetime.into());
    format!("{:02}:{:02}", local.get_hours(), local.get_minutes())
}

/// Formats a time in RFC 3339 as `12 March 2026, 14:32`. Only works in the browser.
#[must_use]
pub fn local_date_time(datetime: &str) -> String {
    format!("{}, {}", local_date(datetime), local_clock(datetime))
}
