//! The section navigation of an area.

use leptos::prelude::*;

/// Links to the sections, each with its path and label.
#[component]
pub fn SectionNav(
    /// The area's name.
    label: &'static str,
    parts: &'static [(&'static str, &'static str)],
    /// The page's own path.
    here: &'static str,
    /// The section that the page belongs to, if it is not one itself.
    within: Option<&'static str>,
) -> impl IntoView {
    let links = parts.iter().map(|&(href, words)| {
        let mark = if href == here { Some("page") } else { (within == Some(href)).then_some("true") };
        view! {
            <li>
                <a class="bar-link" href=href aria-current=mark>
                    {words}
                </a>
            </li>
        }
    });
    view! {
        <nav class="parts" aria-label=label>
            <ul role="list">{links.collect::<Vec<_>>()}</ul>
        </nav>
    }
}
