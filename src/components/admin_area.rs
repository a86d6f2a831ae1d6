//! The pages of the administration.

use leptos::prelude::*;

use super::SignedIn;
use crate::api::Visitor;
use crate::paths;

/// The parts of the area, in the order in which they are offered.
const PARTS: [(&str, &str); 7] = [
    (paths::ADMIN, "Overview"),
    (paths::ADMIN_USERS, "Users"),
    (paths::ADMIN_INVITATIONS, "Invitations"),
    (paths::ADMIN_OTPS, "OTP log"),
    (paths::ADMIN_AUDIT, "Audit log"),
    (paths::ADMIN_MAIL, "Mail"),
    (paths::ADMIN_SETTINGS, "Settings"),
];

/// A page of the administration: the ways to the others, its heading, and its
/// sections below one another.
///
/// ```text
/// <AdminArea visitor here=paths::ADMIN_AUDIT heading="Audit log">
///     <Section title="Everything that was done"> … </Section>
/// </AdminArea>
/// ```
#[component]
pub fn AdminArea(
    visitor: Visitor,
    /// The path of the part of the area that the page is, or is in.
    here: &'static str,
    /// Whether the page is in that part, and not the part itself.
    #[prop(optional)]
    within: bool,
    #[prop(into)] heading: String,
    children: Children,
) -> impl IntoView {
    let links = PARTS.map(|(href, words)| {
        let mark = (href == here).then_some(if within { "true" } else { "page" });
        view! {
            <li>
                <a class="bar-link" href=href aria-current=mark>
                    {words}
                </a>
            </li>
        }
    });
    view! {
        <SignedIn visitor here=paths::ADMIN>
            <nav class="parts" aria-label="Administration">
                <ul role="list">{links}</ul>
            </nav>
            <h1>{heading}</h1>
            <div class="sections wide">{children()}</div>
        </SignedIn>
    }
}
