//! A message about what just happened.

use leptos::prelude::*;

use super::{Icon, Sign};
use crate::api::{Notice, NoticeKind};

/// Shown at the top of a card after a redirect. It has `autofocus`, so that it is read
/// first, also without a script.
#[component]
pub fn NoticeBox(notice: Notice) -> impl IntoView {
    let (class, sign) = match notice.kind {
        NoticeKind::Success => ("alert alert-success", Sign::Check),
        NoticeKind::Info => ("alert alert-info", Sign::Info),
        NoticeKind::Warning => ("alert alert-warning", Sign::Alert),
    };
    view! {
        <div class=class role="status" tabindex="-1" autofocus>
            <Icon sign />
            <p>{notice.text}</p>
        </div>
    }
}
