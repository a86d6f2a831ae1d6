//! The layout of the account pages.

use leptos::prelude::*;

use super::{SectionNav, SignedIn};
use crate::paths;
use crate::ui::PageContext;

/// The sections of the area, in the order of the navigation.
const PARTS: [(&str, &str); 3] =
    [(paths::ACCOUNT, "Account"), (paths::ACCOUNT_SECURITY, "Security"), (paths::ACCOUNT_SESSIONS, "Sessions")];

/// An account page: the section navigation, the heading, and the page's cards
/// below one another.
///
/// ```text
/// <AccountArea context here=paths::ACCOUNT_SESSIONS heading="Sessions">
///     <Section title="Your devices"> … </Section>
/// </AccountArea>
/// ```
#[component]
pub fn AccountArea(
    context: PageContext,
    /// The page's own path.
    here: &'static str,
    /// The section that the page belongs to, if it is not one itself.
    #[prop(optional)]
    within: Option<&'static str>,
    #[prop(into)] heading: String,
    children: Children,
) -> impl IntoView {
    view! {
        <SignedIn context here>
            <SectionNav label="Account" parts=&PARTS here within />
            <h1>{heading}</h1>
            <div class="sections">{children()}</div>
        </SignedIn>
    }
}
