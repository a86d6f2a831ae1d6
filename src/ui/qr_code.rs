//! A QR code.

use leptos::prelude::*;

/// Always dark on white with a quiet zone, also on a dark page, so that cameras can read it.
#[component]
pub fn QrCode(
    /// The number of modules along a side.
    side: usize,
    /// The dark modules, as an SVG path.
    path: String,
    /// The accessible name.
    label: &'static str,
) -> impl IntoView {
    view! {
        <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label=label shape-rendering="crispEdges">
            <rect width=side height=side fill="#fff"></rect>
            <path fill="#000" d=path></path>
        </svg>
    }
}
