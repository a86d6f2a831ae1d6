//! The pages on which a person looks after their account.

use leptos::prelude::*;

use super::{Parts, SignedIn};
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
    view! {
        <SignedIn visitor here>
            <Parts label="Account" parts=&PARTS here within />
            <h1>{heading}</h1>
            <div class="sections">{children()}</div>
        </SignedIn>
    }
}
