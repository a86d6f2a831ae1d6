//! The script of a list with live updates.

use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, DomParser, Element, Headers, RequestInit, Response, SupportedType};

use super::dom::{bind_attribute, bind_text, find, find_all, listen, truth};
use super::local_time::show_local_time;
use super::post::text_of;
use super::script::script;

/// The `id` of the element that holds the list.
pub const ROWS: &str = "live-rows";
const EVERY: Duration = Duration::from_secs(5);
const ENDED: &str = "Live updates stopped. Reload the page.";

/// Fetches the page every five seconds while it is visible, and updates the rows in the element [`ROWS`]. Existing rows
/// stay in place and keep the focus. A screen reader announces the number of new rows, but not the rows.
///
/// The button beside the island pauses the updates.
#[island]
pub fn LiveRowsScript() -> impl IntoView {
    script(|controls| start(&controls))
}

fn start(controls: &Element) {
    let Some(button) = find::<Element>(controls, "button") else { return };
    let (paused, new) = (RwSignal::new(false), RwSignal::new(0));
    let failed = RwSignal::new(false);
    schedule_refresh(paused, new, failed);
    listen(&button, "click", move |_| {
        failed.set(false);
        paused.update(|paused| *paused = !*paused);
    });
    bind_attribute(Some(button), "aria-pressed", move || truth(paused.get()));
    bind_text(find(controls, "[aria-live]"), move || match new.get() {
        _ if failed.get() => ENDED.to_owned(),
        0 => String::new(),
        1 => "1 new row since the page was opened.".to_owned(),
        rows => format!("{rows} new rows since the page was opened."),
    });
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
    for time in find_all(&fresh, "time") {
        show_local_time(&time);
    }
    let rows = find_all::<Element>(&fresh, "tbody tr");
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
    for row in find_all::<Element>(&body, "tr") {
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
