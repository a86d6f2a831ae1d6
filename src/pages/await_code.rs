//! A card that waits for a mailed code, the same for everything a code is for.

use leptos::prelude::*;

use crate::api::{Captcha, CodeView};
use crate::components::{CaptchaScript, Countdown, Form, PostForm};
use crate::paths;

/// What there is to do once the code has expired.
#[derive(Clone, Copy, Debug)]
pub(super) struct Again {
    pub advice: &'static str,
    pub label: &'static str,
    /// The page itself: the server then says why, and fills in what was typed.
    pub page: &'static str,
}

/// The lead, the countdown, the form that takes the code, and the other ways,
/// which the children add to. What is of class `while-live` goes when the
/// countdown ends.
#[component]
pub(super) fn AwaitCode(
    code: CodeView,
    /// The heading, and where the code went.
    #[prop(into)]
    lead: ViewFnOnce,
    form: Form,
    resend: Form,
    /// What asking for another code has to show.
    captcha: Option<Captcha>,
    again: Again,
    /// Whether mail goes to the development mailbox.
    mailbox: bool,
    children: Children,
) -> impl IntoView {
    let CodeView { deadline, lifetime_ms, remaining_ms, .. } = code;
    let mailbox = mailbox.then(|| view! { <a href=paths::DEV_MAILBOX>"Development: read the mail"</a> });
    view! {
        <div class="while-live">{lead.run()}</div>
        <Countdown remaining_ms lifetime_ms deadline=deadline.0>
            <p>{again.advice}</p>
            <a class="btn btn-primary btn-wide" href=again.page>
                {again.label}
            </a>
        </Countdown>
        <div class="while-live">
            <PostForm form />
            <div class="other-ways">
                <p class="quiet">"The email can take a minute or two. Look in your spam folder, too."</p>
                <CaptchaScript captcha />
                <PostForm form=resend />
                {children()}
                {mailbox}
            </div>
        </div>
    }
}
