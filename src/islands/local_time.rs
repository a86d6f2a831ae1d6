//! A time in the user's time zone.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;

use super::datetime::Moment;
use super::dyn_value::{effect, live};

/// A date with an optional time. Shown in UTC, with "UTC" after it, until the browser
/// converts it to the user's time zone.
#[island]
pub fn LocalTime(
    /// Milliseconds since 1970.
    at: i64,
    with_time: bool,
) -> impl IntoView {
    let utc = Moment::from_millis(at);
    let here = RwSignal::new(false);
    effect(move || here.set(true));
    let words = move || {
        let (moment, zone) = if here.get() { (Moment::from_millis(in_local_zone(at)), "") } else { (utc, " UTC") };
        if with_time { format!("{}, {}{zone}", moment.date(), moment.time()) } else { moment.date() }
    };
    view! { <time datetime=utc.iso8601()>{live(words)}</time> }
}

/// Shifts a timestamp by the offset of the browser's time zone at that time. Only
/// works in the browser.
#[must_use]
pub fn in_local_zone(at: i64) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "exact in JavaScript's numbers for 285 000 years")]
    let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let west_of_utc = date.get_timezone_offset() as i64;
    at - west_of_utc * 60_000
}
