//! A message about what just happened.

use leptos::prelude::*;

use super::{Icon, IconName};
use crate::domain::{Notice, NoticeKind};

/// Shown at the top of a card after a redirect. It has `autofocus`, so that it is read
/// first, also without a script.
#[component]
pub fn NoticeBox(notice: Notice) -> impl IntoView {
    let (class, sign) = match notice.kind {
        NoticeKind::Success => ("alert alert-success", IconName::Check),
        NoticeKind::Info => ("alert alert-info", IconName::Info),
        NoticeKind::Warning => ("alert alert-warning", IconName::Alert),
    };
    view! {
        <div class=class role="status" tabindex="-1" autofocus>
            <Icon sign />
            <p>{notice.text}</p>
        </div>
    }
}
