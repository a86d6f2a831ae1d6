//! Every path that leads nowhere, and those that are nobody else's business.

use leptos::prelude::*;

use crate::components::Frame;
use crate::paths;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    let visitor = super::visitor();
    let (href, words) = if visitor.account.is_some() {
        (paths::DASHBOARD, "Go to your dashboard")
    } else {
        (paths::HOME, "Go to the start")
    };
    view! {
        <Frame visitor>
            <h1>"Page not found"</h1>
            <p>"There is nothing at this address. If you typed it, check the spelling."</p>
            <a class="btn btn-primary btn-wide" href=href>
                {words}
            </a>
        </Frame>
    }
}
