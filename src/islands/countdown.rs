//! The script of the countdown of a code.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::countdown_timer::{Origin, count_down};
use super::dom::{bind_attribute, bind_text, effect, find, flag, number_of};
use super::duration::minutes_and_seconds;
use super::local_time::local_clock;
use super::script::script;

/// The `id` of the heading of a card whose code has expired.
pub const EXPIRED_ID: &str = "expired";

/// Moves the ring around it.
///
/// The browser counts from the moment the page arrived, and nothing restarts the
/// countdown. At zero the page is marked as expired, which the stylesheet uses. A screen
/// reader announces 60 s, 30 s and the end, and can read the time.
#[island]
pub fn CountdownScript() -> impl IntoView {
    script(|card| {
        let (remaining, lifetime) = (number_of(&card, "data-remaining-ms"), number_of(&card, "data-lifetime-ms"));
        if let (Some(remaining_ms), Some(lifetime_ms)) = (remaining, lifetime) {
            start(&card, remaining_ms, lifetime_ms);
        }
    })
}

fn start(card: &Element, remaining_ms: u64, lifetime_ms: u64) {
    let left = RwSignal::new(None::<u64>);
    effect(move || count_down(left, remaining_ms, Origin::page()));
    effect(move || {
        if left.get() == Some(0) {
            close_page();
        }
    });

    let seconds = move || left.get().unwrap_or_else(|| remaining_ms.div_ceil(1_000));
    bind_attribute(find(card, ".ring"), "data-soon", move || flag(seconds() < 60));
    bind_text(find(card, ".ring span"), move || minutes_and_seconds(seconds()));
    let share = move || format!("{} 100", (seconds() * 100_000 / lifetime_ms.max(1)).min(100));
    bind_attribute(find(card, ".ring .left"), "stroke-dasharray", move || Some(share()));
    // Each text stays for a while: one that is removed immediately might not be announced.
    let spoken = move || match left.get() {
        Some(0) => "Your code has expired.",
        Some(21..=30) => "30 seconds left.",
        Some(51..=60) => "One minute left.",
        _ => "",
    };
    bind_text(find(card, "[aria-live]"), move || spoken().to_owned());
    if let Some(time) = find::<Element>(card, "time") {
        let at = time.get_attribute("datetime").unwrap_or_default();
        time.set_text_content(Some(&local_clock(&at)));
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
