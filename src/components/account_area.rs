//! The pages on which a person looks after their account.

use leptos::prelude::*;

use super::SignedIn;
use crate::api::Visitor;
use crate::paths;

/// The parts of the area, in the order in which they are offered.
const PARTS: [(&str, &str); 3] =
    [(paths::ACCOUNT, "Account"), (paths::ACCOUNT_SECURITY, "Security"), (paths::ACCOUNT_SESSIONS, "Sessions")];

/// A page of the account: the ways to the others, its heading, and its sections
/// below one another.
///
/// ```text
/// <AccountArea visitor here=paths::ACCOUNT_SESSIONS heading="Sessions">
///     <Section title="Where you are signed in"> … </Section>
/// </AccountArea>
/// ```
#[component]
pub fn AccountArea(
    visitor: Visitor,
    /// The page's own path.
    here: &'static str,
    /// The part of the area that the page belongs to, if it is not one itself.
    #[prop(optional)]
    within: Option<&'static str>,
    #[prop(into)] heading: String,
    children: Children,
) -> impl IntoView {
    let links = PARTS.map(|(href, words)| {
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
        <SignedIn visitor here>
            <nav class="parts" aria-label="Account">
                <ul role="list">{links}</ul>
            </nav>
            <h1>{heading}</h1>
            <div class="sections">{children()}</div>
        </SignedIn>
    }
}
