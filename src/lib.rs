//! A self-hosted registration portal: register, prove the address with a
//! mailed code, sign in, see a dashboard, sign out.
//!
//! # Rooms and directions
//!
//! ```text
//!          browser (wasm)            │            server (ssr)
//!                                    │
//!  pages ──▶ components ──▶ domain   │   http ──▶ pages (renders them)
//!    │                        ▲      │    │
//!    └─────▶ api ─────────────┤      │    ▼
//!             │  bodies only  │      │  services ──▶ store ──▶ database
//!             └───────────────┼──────┼────▲    ├───▶ mail  ──▶ SMTP, files
//!                             │      │         ├───▶ crypto
//!                             └──────┼─────────┴───▶ limits, clock, rng
//! ```
//!
//! * `domain`: pure types for both targets; imports none of the others.
//! * `api`: views and thin server functions; their bodies alone reach `server`.
//! * `components`, `pages`: markup; what a person operates is an island.
//! * `server::services`: the rules. Knows neither leptos nor axum.
//! * `server::store`: the database; its models never leave it.
//! * `server::mail`: the outbox's worker, transports and templates.
//! * `server::http`: what stands in front, outermost first: the line in the log,
//!   the headers, the net under a panic, odd targets, other sites' posts, the
//!   limit on posts; then a post's body, the session, and who may see what.
//!
//! The test `directions` reads the `use` lines and holds this picture. This
//! file holds the only feature gates of the crate.

#![recursion_limit = "256"]

pub mod api;
pub mod app;
pub mod components;
pub mod domain;
pub mod pages;
pub mod paths;

#[cfg(feature = "ssr")]
pub mod server;

/// Called by the page's script once the module is loaded; the islands are then
/// hydrated one by one.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
