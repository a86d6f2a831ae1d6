//! The message above a form's fields.

use leptos::prelude::*;

use super::{Icon, IconName};
use crate::islands::Feedback;
use crate::islands::duration::format_rounded_up;

/// An error about the form as a whole, and the wait until it can be sent again.
///
/// The wait counts down in the browser, and is text without a script. It is outside
/// the alert, because a screen reader would otherwise announce every second.
#[component]
pub fn FormMessage(feedback: Feedback) -> impl IntoView {
    let Feedback { message, fields, retry_after, .. } = feedback;
    let nothing = message.is_none() && retry_after.is_none();
    let first = message.is_some() && fields.is_empty();
    let wait = retry_after.map(|seconds| format!("Try again in {}.", format_rounded_up(seconds)));
    view! {
        <div class="alert alert-danger" tabindex="-1" autofocus=first hidden=nothing>
            <Icon sign=IconName::Alert />
            <div>
                <p role="alert">{message}</p>
                <p class="digits" data-retry-after=retry_after>
                    {wait}
                </p>
            </div>
        </div>
    }
}
