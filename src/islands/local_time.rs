//! Times in the user's time zone. The server renders them in UTC, and the browser formats them again.

use js_sys::{Date, JSON};
use leptos::prelude::*;
use web_sys::Element;

use super::script::script;

/// Formats the `<time>` around it again.
#[island]
pub fn LocalTimeScript() -> impl IntoView {
    script(|time| show_local_time(&time))
}

/// Formats a `<time>` in the user's time zone. Only works in the browser.
pub fn show_local_time(time: &Element) {
    let at = time.get_attribute("datetime").unwrap_or_default();
    let date = local_date(&at);
    let text = if time.has_attribute("data-with-time") { format!("{date}, {}", local_clock(&at)) } else { date };
    time.set_text_content(Some(&text));
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
