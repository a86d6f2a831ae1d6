//! The layout of a signed-in page.

use leptos::prelude::*;

use super::{Icon, IconName, Logo, NoticeBox};
use crate::paths;
use crate::ui::PageContext;

/// The navigation bar with the user's menu, and the page below it.
///
/// The menu is a `<details>` element and signing out is a plain form, so both work
/// without a script. On a phone the menu also contains the links.
#[component]
pub fn SignedIn(
    context: PageContext,
    /// The page's own path.
    here: &'static str,
    children: Children,
) -> impl IntoView {
    let administers = context.account.as_ref().is_some_and(|account| account.administrator && !account.must_enroll);
    let username = context.account.map(|account| account.username).unwrap_or_default();
    view! {
        <a class="skip-link visually-hidden-focusable" href="#content">
            "Skip to main content"
        </a>
        <header class="bar">
            <div>
                <Logo name=context.portal_name href=paths::DASHBOARD />
                <nav class="bar-wide" aria-label="Main">
                    <Links here administers />
                </nav>
                <details class="menu">
                    <summary>
                        <span class="visually-hidden">"Account menu for "</span>
                        <span class="menu-name">{username.clone()}</span>
                        <Icon sign=IconName::Chevron />
                    </summary>
                    <div>
                        <p class="quiet">"Signed in as " <strong>{username}</strong></p>
                        <nav class="bar-folded" aria-label="Main">
                            <Links here administers />
                        </nav>
                        <form method="post" action=paths::LOGOUT>
                            <button class="btn btn-outline btn-wide">"Sign out"</button>
                        </form>
                    </div>
                </details>
            </div>
        </header>
        <main id="content" class="measure" tabindex="-1">
            {context.flash.notice.map(|notice| view! { <NoticeBox notice /> })}
            {children()}
        </main>
    }
}

/// The links of the bar.
#[component]
fn Links(here: &'static str, administers: bool) -> impl IntoView {
    view! {
        <BarLink href=paths::DASHBOARD words="Dashboard" here />
        <BarLink href=paths::ACCOUNT words="Account" here />
        {administers.then(|| view! { <BarLink href=paths::ADMIN words="Admin" here /> })}
    }
}

#[component]
fn BarLink(href: &'static str, words: &'static str, here: &'static str) -> impl IntoView {
    view! {
        <a class="bar-link" href=href aria-current=current(href, here)>
            {words}
        </a>
    }
}

/// Returns the `aria-current` of a link to this page, or to an area that contains it.
fn current(href: &str, here: &str) -> Option<&'static str> {
    match here.strip_prefix(href)? {
        "" => Some("page"),
        rest => rest.starts_with('/').then_some("true"),
    }
}

#[cfg(test)]
mod tests {
    use super::current;

    #[test]
    fn a_link_is_marked_on_its_page_and_below_it() {
        assert_eq!(current("/account", "/account"), Some("page"));
        assert_eq!(current("/account", "/account/sessions"), Some("true"));
        assert_eq!(current("/account", "/accounts"), None);
        assert_eq!(current("/account", "/dashboard"), None);
    }
}
