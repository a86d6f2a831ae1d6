//! The frame of a signed-in page.

use leptos::prelude::*;

use super::{Brand, Icon, NoticeBox, Sign};
use crate::api::Visitor;
use crate::paths;

/// The bar with the person's menu, and below it the page in its measure.
///
/// The menu is a `<details>` and signing out a plain form: both work without a
/// script. On a phone the menu holds the links as well.
#[component]
pub fn SignedIn(visitor: Visitor, username: String, children: Children) -> impl IntoView {
    view! {
        <a class="skip-link visually-hidden-focusable" href="#content">
            "Skip to the content"
        </a>
        <header class="bar">
            <div>
                <Brand name=visitor.portal_name href=paths::DASHBOARD />
                <nav class="bar-wide" aria-label="Main">
                    <DashboardLink />
                </nav>
                <details class="menu">
                    <summary>
                        <span class="visually-hidden">"Menu of "</span>
                        <span class="menu-name">{username.clone()}</span>
                        <Icon sign=Sign::Chevron />
                    </summary>
                    <div>
                        <p class="quiet">"Signed in as " <strong>{username}</strong></p>
                        <nav class="bar-folded" aria-label="Main">
                            <DashboardLink />
                        </nav>
                        <form method="post" action=paths::LOGOUT>
                            <button class="btn btn-outline btn-wide">"Sign out"</button>
                        </form>
                    </div>
                </details>
            </div>
        </header>
        <main id="content" class="measure" tabindex="-1">
            {visitor.flash.notice.map(|notice| view! { <NoticeBox notice /> })}
            {children()}
        </main>
    }
}

/// There is one page behind the door today, so it is always the present one.
#[component]
fn DashboardLink() -> impl IntoView {
    view! {
        <a class="bar-link" href=paths::DASHBOARD aria-current="page">
            "Dashboard"
        </a>
    }
}
