//! A list with live updates.

use leptos::prelude::*;

use crate::islands::LiveRowsScript;
use crate::islands::live_rows::ROWS;

/// Contains the table that [`LiveRows`] updates, whose rows have ids, and its pager.
#[component]
pub fn FreshRows(children: Children) -> impl IntoView {
    view! { <div id=ROWS>{children()}</div> }
}

/// Updates the rows in [`FreshRows`] in the browser, until the user pauses it.
#[component]
pub fn LiveRows() -> impl IntoView {
    view! {
        <button type="button" class="btn btn-outline needs-script" aria-pressed="false">
            "Pause"
        </button>
        <span class="quiet" aria-live="polite"></span>
        <LiveRowsScript />
    }
}
