//! The links between the pages of a list.

use leptos::prelude::*;

/// Links to the newer and the older page, if they exist.
#[component]
pub fn Pager(
    newer: Option<String>,
    older: Option<String>,
    /// The labels of the two links.
    #[prop(default = ("Newer", "Older"))]
    words: (&'static str, &'static str),
) -> impl IntoView {
    let link = |href: Option<String>, rel, words| {
        href.map(|href| {
            view! {
                <a class="btn btn-outline" href=href rel=rel>
                    {words}
                </a>
            }
        })
    };
    (newer.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {link(newer, "prev", words.0)} {link(older, "next", words.1)}
            </nav>
        }
    })
}
