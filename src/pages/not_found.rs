//! The page for unknown paths, and for pages that the user may not know about.

use leptos::prelude::*;

use crate::ui::CardLayout;
use crate::paths;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    let visitor = super::visitor();
    let (href, label) = if visitor.account.is_some() {
        (paths::DASHBOARD, "Go to your dashboard")
    } else {
        (paths::HOME, "Go to the home page")
    };
    view! {
        <CardLayout visitor>
            <h1>"Page not found"</h1>
            <p>"Check that you typed the web address correctly."</p>
            <a class="btn btn-primary btn-wide" href=href>
                {label}
            </a>
        </CardLayout>
    }
}
