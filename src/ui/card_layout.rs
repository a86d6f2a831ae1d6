//! The layout of a signed-out page.

use leptos::prelude::*;

use super::{Logo, NoticeBox};
use crate::paths;
use crate::ui::PageContext;

/// The portal's name, one card, and a line under it with a link to another page. The
/// message of the previous request is at the top of the card.
#[component]
pub fn CardLayout(
    context: PageContext,
    /// A line under the card.
    #[prop(optional, into)]
    under: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="frame">
            <header>
                <Logo name=context.portal_name href=paths::HOME />
            </header>
            <main class="frame-card">
                <div class="card">
                    <div class="card-body">
                        {context.flash.notice.map(|notice| view! { <NoticeBox notice /> })}
                        {children()}
                    </div>
                </div>
                {under.map(|under| view! { <p class="under">{under.run()}</p> })}
            </main>
        </div>
    }
}
