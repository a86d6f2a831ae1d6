//! The trusted browsers, which skip the second step.

use leptos::prelude::*;

use crate::islands::{Flash, LocalTime};
use crate::api::TrustedBrowserView;
use crate::ui::{ActionButton, EmptyList, Item, ItemList, PlainRefusal, Section};
use crate::paths;

#[component]
pub(super) fn TrustedBrowsers(browsers: Vec<TrustedBrowserView>, flash: Flash) -> impl IntoView {
    let many = browsers.len() > 1;
    let list = if browsers.is_empty() {
        view! {
            <EmptyList>
                "No trusted browsers. Tick \u{201c}Trust this browser\u{201d} when you sign in to add one."
            </EmptyList>
        }
        .into_any()
    } else {
        let rows = browsers.into_iter().map(|browser| view! { <Trusted browser /> }).collect::<Vec<_>>();
        view! { <ItemList>{rows}</ItemList> }.into_any()
    };
    view! {
        <Section title="Trusted browsers" id="browsers">
            <p>"These browsers don't ask for a code."</p>
            <PlainRefusal flash action=paths::FORGET_BROWSER />
            {list}
            {many.then(|| view! { <ActionButton action=paths::FORGET_BROWSERS label="Remove all trusted browsers" danger=true /> })}
        </Section>
    }
}

#[component]
fn Trusted(browser: TrustedBrowserView) -> impl IntoView {
    let TrustedBrowserView { id, browser, ip, since, last_used_at, until, this } = browser;
    let badge = if this { "This browser" } else { "" };
    let about = browser.clone();
    let action = move || {
        view! { <ActionButton action=paths::FORGET_BROWSER label="Remove" about hidden=vec![("id", id)] /> }
    };
    let used = last_used_at.map(|at| view! { ", last used " <LocalTime at=at.0 with_time=true /> });
    view! {
        <Item title=browser badge action>
            "Trusted on "
            <LocalTime at=since.0 with_time=false />
            " from "
            {ip}
            {used}
            ". Expires "
            <LocalTime at=until.0 with_time=false />
            "."
        </Item>
    }
}
