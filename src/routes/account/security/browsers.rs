//! The trusted browsers, which skip the second step.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::islands::{ApiError, Flash};
use crate::routes::form::FormRequest;
use crate::services::describe_user_agent;
use crate::store::trusted_browsers::TrustedBrowser;
use crate::ui::{ActionButton, EmptyList, Item, ItemList, LocalTime, PlainRefusal, Section};

#[component]
pub(super) fn TrustedBrowsers(
    /// The browsers, each with whether it is the one that sent the request.
    browsers: Vec<(TrustedBrowser, bool)>,
    flash: Flash,
) -> impl IntoView {
    let many = browsers.len() > 1;
    let list = if browsers.is_empty() {
        view! {
            <EmptyList>
                "No trusted browsers. Select \u{201c}Trust this browser\u{201d} when you sign in to add one."
            </EmptyList>
        }
        .into_any()
    } else {
        let rows = browsers.into_iter().map(|(browser, current)| view! { <Trusted browser current /> });
        let rows: Vec<_> = rows.collect();
        view! { <ItemList>{rows}</ItemList> }.into_any()
    };
    let all = many.then(|| {
        view! { <ActionButton action=ForgetBrowsers::PATH label="Remove all trusted browsers" danger=true /> }
    });
    view! {
        <Section title="Trusted browsers" id="browsers">
            <p>"These browsers don't ask for a code."</p>
            <PlainRefusal flash action=ForgetBrowser::PATH />
            {list}
            {all}
        </Section>
    }
}

#[component]
fn Trusted(browser: TrustedBrowser, current: bool) -> impl IntoView {
    let TrustedBrowser { id, user_agent, ip, created_at, last_used_at, expires_at, .. } = browser;
    let device = describe_user_agent(&user_agent);
    let badge = if current { "This browser" } else { "" };
    let about = device.clone();
    let hidden = vec![("id", id.to_string())];
    let action = move || view! { <ActionButton action=ForgetBrowser::PATH label="Remove" about hidden /> };
    let used = last_used_at.map(|at| view! { ", last used " <LocalTime at=at.0 with_time=true /> });
    view! {
        <Item title=device badge action>
            "Trusted on "
            <LocalTime at=created_at.0 with_time=false />
            " from "
            {ip}
            {used}
            ". Expires "
            <LocalTime at=expires_at.0 with_time=false />
            "."
        </Item>
    }
}

/// Removes a trusted browser.
///
/// # Errors
/// A message if it has already been removed.
#[server(prefix = "", endpoint = "account/security/browsers/forget")]
pub async fn forget_browser(#[server(default)] id: String) -> Result<(), ApiError> {
    let post = FormRequest::of::<ForgetBrowser>()?;
    let outcome = post.state.second_factor().forget_browser(&id, &post.requester).await;
    post.answer(outcome).await
}

/// Removes all trusted browsers.
#[server(prefix = "", endpoint = "account/security/browsers/forget-all")]
pub async fn forget_browsers() -> Result<(), ApiError> {
    let post = FormRequest::of::<ForgetBrowsers>()?;
    let outcome = post.state.second_factor().forget_browsers(&post.requester).await;
    post.answer(outcome).await
}
