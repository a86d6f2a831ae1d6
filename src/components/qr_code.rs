//! A QR code.

use leptos::prelude::*;

/// Dark on white with its quiet zone, also where the page is dark: cameras read no other.
#[component]
pub fn QrCode(
    /// Squares along a side.
    side: usize,
    /// The dark ones, as the path of an SVG.
    path: String,
    /// What it is, for those who do not see it.
    label: &'static str,
) -> impl IntoView {
    view! {
        <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label=label shape-rendering="crispEdges">
            <rect width=side height=side fill="#fff"></rect>
            <path fill="#000" d=path></path>
        </svg>
    }
}
