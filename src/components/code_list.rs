//! Codes to be kept.

use leptos::prelude::*;

/// Codes that are shown once. When the page is printed, they are all that is on paper.
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
