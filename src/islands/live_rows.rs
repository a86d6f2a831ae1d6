//! A list with live updates.

use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, Headers, RequestInit, Response, SupportedType};

use super::dyn_value::{aria_bool, effect, live};
use super::local_time::local_date_time;
use super::post::text_of;

/// The element that holds the list.
const ROWS: &str = "live-rows";
const EVERY: Duration = Duration::from_secs(5);
const ENDED: &str = "Live updates stopped. Reload the page.";

/// Contains the table that [`LiveRows`] updates, whose rows have ids, and its pager.
#[component]
pub fn FreshRows(children: Children) -> impl IntoView {
    view! { <div id=ROWS>{children()}</div> }
}

/// Fetches the page every five seconds while it is visible, and updates the rows in
/// [`FreshRows`]. Existing rows stay in place and keep the focus. A screen reader
/// announces the number of new rows, but not the rows.
#[island]
pub fn LiveRows() -> impl IntoView {
    let (paused, new) = (RwSignal::new(false), RwSignal::new(0));
    let failed = RwSignal::new(false);
    effect(move || schedule_refresh(paused, new, failed));
    let press = move |_| {
        failed.set(false);
        paused.update(|paused| *paused = !*paused);
    };
    let announcement = move || match new.get() {
        _ if failed.get() => ENDED.to_owned(),
        0 => String::new(),
        1 => "1 new row since the page was opened.".to_owned(),
        rows => format!("{rows} new rows since the page was opened."),
    };
    view! {
        <button
            type="button"
            class="btn btn-outline needs-script"
            aria-pressed=live(move || aria_bool(paused.get()))
            on:click=press
        >
            "Pause"
        </button>
        <span class="quiet" aria-live="polite">
            {live(announcement)}
        </span>
    }
}

fn schedule_refresh(paused: RwSignal<bool>, new: RwSignal<u32>, failed: RwSignal<bool>) {
    let refresh = async move {
        if !paused.get_untracked() && !document().hidden() {
            match fetch().await {
                Ok(Some(page)) => match update_rows(&page) {
                    // Setting the same text again would announce it again.
                    None | Some(0) => {}
                    Some(more) => new.update(|new| *new += more),
                },
                _ => {
                    failed.set(true);
                    paused.set(true);
                }
            }
        }
        schedule_refresh(paused, new, failed);
    };
    set_timeout(|| leptos::task::spawn_local(refresh), EVERY);
}

/// Fetches this page. Returns `None` if the user can no longer see it.
async fn fetch() -> Result<Option<Document>, JsValue> {
    let headers = Headers::new()?;
    // Marks an automatic request, which does not extend the session.
    headers.set("x-refresh", "1")?;
    let request = RequestInit::new();
    request.set_headers(&headers);
    let here = window().location().href()?;
    let answer: Response = JsFuture::from(window().fetch_with_str_and_init(&here, &request)).await?.dyn_into()?;
    if !answer.ok() || answer.redirected() {
        return Ok(None);
    }
    DomParser::new()?.parse_from_string(&text_of(&answer).await?, SupportedType::TextHtml).map(Some)
}

/// Updates the list on the page from `page`. Returns the number of new rows.
fn update_rows(page: &Document) -> Option<u32> {
    let (shown, fresh) = (document().get_element_by_id(ROWS)?, page.get_element_by_id(ROWS)?);
    for time in elements(&fresh, "time") {
        show_local_time(&time);
    }
    let rows = elements(&fresh, "tbody tr");
    let body = match shown.query_selector("tbody") {
        Ok(Some(body)) if !rows.is_empty() => body,
        // The list changes between empty and not empty.
        _ => {
            if shown.inner_html() != fresh.inner_html() {
                shown.set_inner_html(&fresh.inner_html());
            }
            return u32::try_from(rows.len()).ok();
        }
    };
    for row in elements(&body, "tr") {
        if page.get_element_by_id(&row.id()).is_none() {
            row.remove();
        }
    }
    let (first, mut new) = (body.first_element_child(), 0);
    for row in rows {
        let html = row.inner_html();
        match document().get_element_by_id(&row.id()) {
            Some(same) if same.inner_html() == html => {}
            Some(same) => same.set_inner_html(&html),
            None => {
                body.insert_before(&row, first.as_deref()).ok()?;
                new += 1;
            }
        }
    }
    // The older page now starts after a different last row.
    if let Ok(Some(older)) = fresh.query_selector("nav a") {
        match shown.query_selector("nav a") {
            Ok(Some(link)) => link.set_attribute("href", &older.get_attribute("href")?).ok()?,
            _ => _ = shown.append_child(older.parent_element()?.as_ref()).ok()?,
        }
    }
    Some(new)
}

fn elements(within: &Element, selector: &str) -> Vec<Element> {
    // Fails only for an invalid selector.
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// Formats the time like [`ZonedTime`](super::ZonedTime), which is not hydrated in rows that were added later.
fn show_local_time(time: &Element) {
    let at = time.get_attribute("datetime").unwrap_or_default();
    time.set_text_content(Some(&local_date_time(&at)));
}
