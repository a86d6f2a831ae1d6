//! The countdown of a code.

use leptos::prelude::*;

use crate::datetime;
use crate::domain::Timestamp;
use crate::islands::CountdownScript;
use crate::islands::countdown::EXPIRED_ID;
use crate::islands::duration::minutes_and_seconds;

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
    /// When the code expires, by the server's clock.
    deadline: Timestamp,
    /// What to do about an expired code.
    children: Children,
) -> impl IntoView {
    view! {
        <Ring remaining_ms lifetime_ms deadline />
        <div class="when-over">
            <h1 id=EXPIRED_ID tabindex="-1">
                "Your code has expired"
            </h1>
            {children()}
        </div>
    }
}

/// A ring that empties, with the time left in it, and the time of expiry beside it.
/// Without a script only the time of expiry is shown, in UTC.
///
/// The page is rendered with the server's remaining time. The stylesheet hides the ring
/// until it moves.
#[component]
fn Ring(remaining_ms: u64, lifetime_ms: u64, deadline: Timestamp) -> impl IntoView {
    view! {
        <div data-remaining-ms=remaining_ms data-lifetime-ms=lifetime_ms>
            <p class="visually-hidden" aria-live="polite"></p>
            <div class="countdown while-live">
                <div class="ring digits" role="timer">
                    // Both circles have a path length of 100, whatever their radius.
                    <svg viewBox="0 0 72 72" aria-hidden="true">
                        <circle cx="36" cy="36" r="33"></circle>
                        <circle class="left" cx="36" cy="36" r="33" pathLength="100"></circle>
                    </svg>
                    <span>{minutes_and_seconds(remaining_ms.div_ceil(1_000))}</span>
                </div>
                <p>
                    "The code expires at " <time datetime=datetime::rfc3339(deadline)>{datetime::clock_utc(deadline)}</time>
                    "."
                </p>
            </div>
            <CountdownScript />
        </div>
    }
}
