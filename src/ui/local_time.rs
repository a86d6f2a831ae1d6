//! A time in the user's time zone.

use leptos::prelude::*;

use crate::datetime;
use crate::domain::Timestamp;
use crate::islands::LocalTimeScript;

/// A date with an optional time. Without a script it stays in UTC, with "UTC" after the time.
#[component]
pub fn LocalTime(
    /// Milliseconds since 1970.
    at: i64,
    with_time: bool,
) -> impl IntoView {
    let at = Timestamp(at);
    let utc = if with_time { datetime::date_time(at) } else { datetime::date(at) };
    view! {
        <time datetime=datetime::rfc3339(at) data-with-time=with_time>
            {utc}
            <LocalTimeScript />
        </time>
    }
}
