//! The way to the other pages of a long list.

use leptos::prelude::*;

/// Links to the newer and the older page, each if there is one.
#[component]
pub fn Pager(
    newer: Option<String>,
    older: Option<String>,
    /// What the two links say.
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
