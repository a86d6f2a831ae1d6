//! The portal's logo and name.

use leptos::prelude::*;

/// A link to the start page with the logo, a doorway, and the portal's name.
#[component]
pub fn Logo(name: String, href: &'static str) -> impl IntoView {
    view! {
        <a class="brand" href=href>
            <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
                <rect width="32" height="32" rx="8" fill="currentColor"></rect>
                <path
                    d="M10 25V14a6 6 0 0 1 12 0v11M6.5 25h19"
                    fill="none"
                    stroke="var(--bs-on-primary)"
                    stroke-width="2.5"
                    stroke-linecap="round"
                    stroke-linejoin="round"
                ></path>
                <circle cx="18.25" cy="18.5" r="1.5" fill="var(--bs-on-primary)"></circle>
            </svg>
            <span>{name}</span>
        </a>
    }
}
