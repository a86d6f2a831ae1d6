//! A self-hosted registration portal: register, confirm the email address with a
//! code, sign in, see a dashboard, sign out.
//!
//! # Modules and dependencies
//!
//! ```text
//!   browser and server │  server only
//!                      │
//!                      │           cli ──▶ http ──▶ app
//!                      │                    │        │
//!                      │                    ▼        │
//!   islands ◀──────────┼── ui ◀────────── routes ◀───┘
//!      │               │                    │
//!      │               │                    ▼
//!      │               │  config ◀────── services ◀── state
//!      │               │                    │
//!      │               │                    ├──▶ store ──▶ database
//!      │               │                    ├──▶ mail  ──▶ SMTP, files
//!      ▼               │                    ├──▶ crypto
//!   domain, paths ◀────┼────────────────────┴──▶ limits, clock, rng
//! ```
//!
//! * `domain`: pure types for both targets. Imports none of the other modules.
//! * `islands`: what the browser downloads, which is the interactive parts of the pages
//!   and the data that they share with the server.
//! * `ui`: markup that several pages share, rendered only on the server.
//! * `routes`: one file per page, with its path, access rule, loader, markup and the
//!   server functions of its forms. `routes::page` describes a page.
//! * `app`: the HTML document around every page.
//! * `services`: the business rules. Depends on neither leptos nor axum. A service
//!   returns the next step, and `routes::form` turns it into the answer to a form.
//! * `store`: the database. Its models are private to it.
//! * `mail`: the outbox worker, transports, texts and layout.
//! * `datetime`: times and durations as text.
//! * `fair_semaphore`: lets networks take turns at writing and at hashing passwords.
//! * `http`: the middleware, outermost first: logging, headers and the checks that need no
//!   session (`http::front`), compression, the session, and the access check; then the
//!   pages (`http::pages`).
//!
//! Everything except `domain`, `islands` and `paths` is compiled only for the server.
//! The test `directions` reads the imports and enforces this diagram. All feature gates
//! of the crate are in this file.

#![recursion_limit = "256"]

pub mod domain;
pub mod islands;
pub mod paths;

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod cli;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod crypto;
#[cfg(feature = "ssr")]
pub mod datetime;
#[cfg(feature = "ssr")]
pub mod fair_semaphore;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod limits;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod rng;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
mod sorted_lines;
#[cfg(feature = "ssr")]
pub mod state;
#[cfg(feature = "ssr")]
pub mod store;
#[cfg(feature = "ssr")]
pub mod telemetry;
#[cfg(feature = "ssr")]
pub mod ui;

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
