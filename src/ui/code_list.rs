//! A list of codes for the user to save.

use leptos::prelude::*;

/// Codes that are shown once. A printout of the page contains only them.
///
/// ```text
/// <CodeList codes=codes.clone() />
/// <div class="actions">
///     <CopyText text=codes.join("\n") />
///     <PrintButton />
/// </div>
/// ```
#[component]
pub fn CodeList(codes: Vec<String>) -> impl IntoView {
    let codes = codes.into_iter().map(|code| {
        view! {
            <li>
                <code>{code}</code>
            </li>
        }
    });
    view! {
        <ul class="codes" role="list">
            {codes.collect::<Vec<_>>()}
        </ul>
    }
}
