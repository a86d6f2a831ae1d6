//! How long the code still counts.

use leptos::html;
use leptos::prelude::*;

use super::local_time::in_local_zone;
use super::moment::{Moment, minutes_and_seconds};
use super::seconds_left::{Origin, count_down};
use crate::paths;

/// A ring that empties, with the time left in it, and beside it the time of
/// expiry, which is what stands there without a script.
///
/// The page is drawn with the server's remaining time; in the browser it counts
/// from the moment the page arrived. Nothing restarts it. At zero it marks its
/// card as expired, which hides everything of class `while-live`, and says so
/// itself. A screen reader hears 60 s, 30 s and the end, and can read the time.
#[island]
pub fn Countdown(
    /// From the making of the page to `deadline`.
    remaining_ms: u64,
    /// The full ring.
    lifetime_ms: u64,
    /// Milliseconds since 1970, by the server's clock.
    deadline: i64,
) -> impl IntoView {
    let left = RwSignal::new(None::<u64>);
    Effect::new(move |_| count_down(left, remaining_ms, Origin::page()));
    let seconds = Memo::new(move |_| left.get().unwrap_or_else(|| remaining_ms.div_ceil(1_000)));
    let expired = Memo::new(move |_| left.get() == Some(0));
    let spoken = Memo::new(move |_| match left.get() {
        Some(0) => "This code has expired.",
        Some(21..=30) => "30 seconds left.",
        Some(51..=60) => "One minute left.",
        _ => "",
    });

    let root = NodeRef::<html::Div>::new();
    let heading = NodeRef::<html::H1>::new();
    Effect::new(move |_| {
        if expired.get() {
            close_card(root, heading);
        }
    });

    let share = move || format!("{} 100", (seconds.get() * 100_000 / lifetime_ms.max(1)).min(100));
    let utc = Moment::from_millis(deadline);
    let clock = move || match left.get() {
        None => format!("{} UTC", utc.time()),
        Some(_) => Moment::from_millis(in_local_zone(deadline)).time(),
    };

    view! {
        <div node_ref=root>
            <p class="visually-hidden" aria-live="polite">
                {spoken}
            </p>
            <div class="countdown while-live">
                <div
                    class="ring digits"
                    class:soon=move || seconds.get() < 60
                    role="timer"
                    data-still=move || left.get().is_none().then_some("")
                >
                    // Both circles are a hundred long, whatever their radius.
                    <svg viewBox="0 0 72 72" aria-hidden="true">
                        <circle cx="36" cy="36" r="33"></circle>
                        <circle class="left" cx="36" cy="36" r="33" pathLength="100" stroke-dasharray=share></circle>
                    </svg>
                    <span>{move || minutes_and_seconds(seconds.get())}</span>
                </div>
                <p>"Enter the code before " <time datetime=utc.iso8601()>{clock}</time> "."</p>
            </div>
            <Show when=move || expired.get()>
                <h1 tabindex="-1" node_ref=heading>
                    "This code has expired"
                </h1>
                <p>"Register again and we will send a new one."</p>
                <a class="btn btn-primary btn-wide" href=paths::REGISTER>
                    "Register again"
                </a>
            </Show>
        </div>
    }
}

/// Marks the surrounding card as expired. Whoever was at work in it is taken to
/// the words that say so; the focus would otherwise fall out of the page.
fn close_card(root: NodeRef<html::Div>, heading: NodeRef<html::H1>) {
    let card = root.get_untracked().and_then(|root| root.closest(".card").ok().flatten());
    let Some(card) = card else { return };
    let at_work = document().active_element().is_some_and(|active| card.contains(Some(&active)));
    // Fails only for a name that is no attribute's.
    let _ = card.set_attribute("data-expired", "");
    if at_work {
        request_animation_frame(move || {
            if let Some(heading) = heading.get_untracked() {
                let _ = heading.focus();
            }
        });
    }
}
