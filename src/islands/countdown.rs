//! The countdown of a code.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::countdown_timer::{Origin, count_down};
use super::duration::minutes_and_seconds;
use super::dyn_value::{bool_attr, effect, live};
use super::local_time::local_clock;

/// The heading of a card whose code has expired.
const EXPIRED_ID: &str = "expired";

/// The time left for a code, and what to do once it has expired.
///
/// Elements of the page that make no sense without a valid code have the class
/// `while-live`. When the code expires they disappear, and `children` are shown.
#[component]
pub fn Countdown(
    /// From rendering the page to `deadline`.
    remaining_ms: u64,
    /// The full ring.
    lifetime_ms: u64,
    /// When the code expires, by the server's clock, in RFC 3339.
    deadline: String,
    /// The time of day of `deadline`, in UTC.
    utc: String,
    /// What to do about an expired code.
    children: Children,
) -> impl IntoView {
    view! {
        <Ring remaining_ms lifetime_ms deadline utc />
        <div class="when-over">
            <h1 id=EXPIRED_ID tabindex="-1">
                "Your code has expired"
            </h1>
            {children()}
        </div>
    }
}

/// A ring that empties, with the time left in it, and the time of expiry beside it.
/// Without a script only the time of expiry is shown.
///
/// The page is rendered with the server's remaining time. The browser counts from the
/// moment the page arrived, and nothing restarts the countdown. The stylesheet hides
/// the ring until it moves. At zero the page is marked as expired, which the
/// stylesheet uses. A screen reader announces 60 s, 30 s and the end, and can read the
/// time.
#[island]
pub fn Ring(remaining_ms: u64, lifetime_ms: u64, deadline: String, utc: String) -> impl IntoView {
    let left = RwSignal::new(None::<u64>);
    effect(move || count_down(left, remaining_ms, Origin::page()));
    effect(move || {
        if left.get() == Some(0) {
            close_page();
        }
    });

    let seconds = move || left.get().unwrap_or_else(|| remaining_ms.div_ceil(1_000));
    let share = move || format!("{} 100", (seconds() * 100_000 / lifetime_ms.max(1)).min(100));
    // Each text stays for a while: one that is removed immediately might not be announced.
    let spoken = move || match left.get() {
        Some(0) => "Your code has expired.",
        Some(21..=30) => "30 seconds left.",
        Some(51..=60) => "One minute left.",
        _ => "",
    };
    let at = deadline.clone();
    let clock = move || if left.get().is_some() { local_clock(&at) } else { utc.clone() };

    view! {
        <p class="visually-hidden" aria-live="polite">
            {live(move || spoken().to_owned())}
        </p>
        <div class="countdown while-live">
            <div
                class="ring digits"
                role="timer"
                data-soon=live(move || bool_attr(seconds() < 60))
            >
                // Both circles have a path length of 100, whatever their radius.
                <svg viewBox="0 0 72 72" aria-hidden="true">
                    <circle cx="36" cy="36" r="33"></circle>
                    <circle class="left" cx="36" cy="36" r="33" pathLength="100" stroke-dasharray=live(share)></circle>
                </svg>
                <span>{live(move || minutes_and_seconds(seconds()))}</span>
            </div>
            <p>"The code expires at " <time datetime=deadline>{live(clock)}</time> "."</p>
        </div>
    }
}

/// Marks the page as expired. Moves the focus to the heading that says so if it was
/// on an element that disappears.
fn close_page() {
    let Some(body) = document().body() else { return };
    let at_work = document().active_element().is_some_and(|active| active != *body);
    // Fails only for an invalid attribute name.
    let _ = body.set_attribute("data-expired", "");
    if at_work {
        request_animation_frame(|| {
            let heading = document().get_element_by_id(EXPIRED_ID);
            if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<HtmlElement>().ok()) {
                // Fails only for an element that is no longer on the page.
                let _ = heading.focus();
            }
        });
    }
}
