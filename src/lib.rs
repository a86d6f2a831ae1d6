//! A self-hosted registration portal: register, confirm the email address with a
//! code, sign in, see a dashboard, sign out.
//!
//! # Modules and dependencies
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
//! * `domain`: pure types for both targets. Imports none of the other modules.
//! * `api`: views and thin server functions. Only their bodies use `server`.
//! * `components`, `pages`: markup. Interactive parts are islands.
//! * `server::services`: the business rules. Depends on neither leptos nor axum.
//! * `server::store`: the database. Its models are private to it.
//! * `server::mail`: the outbox worker, transports and templates.
//! * `server::http`: the middleware, outermost first: access log, headers, panic
//!   handler, request targets, CSRF check, rate limit, request body, session and
//!   access control.
//!
//! The test `directions` reads the `use` lines and enforces this diagram. All feature
//! gates of the crate are in this file.

#![recursion_limit = "256"]

pub mod api;
pub mod app;
pub mod components;
pub mod domain;
pub mod pages;
pub mod paths;

#[cfg(feature = "ssr")]
pub mod server;

/// Called by the page's script once the module is loaded. The script then hydrates
/// the islands one by one.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    // Without a hook, the browser's console shows a panic as "unreachable". The release has no messages of panics.
    if cfg!(debug_assertions) {
        std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    }
    leptos::mount::hydrate_islands();
}
