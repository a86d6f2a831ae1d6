//! The pages of the administration.

use leptos::prelude::*;

use super::{Parts, SignedIn};
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
    // A page that is in a part is none of the parts itself.
    let (page, within) = if within { ("", Some(here)) } else { (here, None) };
    view! {
        <SignedIn visitor here=paths::ADMIN>
            <Parts label="Administration" parts=&PARTS here=page within />
            <h1>{heading}</h1>
            <div class="sections wide">{children()}</div>
        </SignedIn>
    }
}
