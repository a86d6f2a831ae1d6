//! The layout of the admin pages.

use leptos::prelude::*;

use super::{SectionNav, SignedIn};
use crate::paths;
use crate::ui::PageContext;

/// The sections of the area, in the order of the navigation.
const PARTS: [(&str, &str); 7] = [
    (paths::ADMIN, "Overview"),
    (paths::ADMIN_USERS, "Users"),
    (paths::ADMIN_INVITATIONS, "Invitations"),
    (paths::ADMIN_OTPS, "OTP log"),
    (paths::ADMIN_AUDIT, "Audit log"),
    (paths::ADMIN_MAIL, "Email"),
    (paths::ADMIN_SETTINGS, "Settings"),
];

/// An admin page: the section navigation, the heading, and the page's cards below
/// one another.
///
/// ```text
/// <AdminArea context here=paths::ADMIN_AUDIT heading="Audit log">
///     <Section title="Entries"> … </Section>
/// </AdminArea>
/// ```
#[component]
pub fn AdminArea(
    context: PageContext,
    /// The path of the section that the page is, or belongs to.
    here: &'static str,
    /// Whether the page belongs to that section and is not the section itself.
    #[prop(optional)]
    within: bool,
    #[prop(into)] heading: String,
    children: Children,
) -> impl IntoView {
    // A page within a section is not the section itself.
    let (page, within) = if within { ("", Some(here)) } else { (here, None) };
    view! {
        <SignedIn context here=paths::ADMIN>
            <SectionNav label="Admin" parts=&PARTS here=page within />
            <h1>{heading}</h1>
            <div class="sections wide">{children()}</div>
        </SignedIn>
    }
}
