//! The card on which the user enters an emailed code, for all purposes of codes.

use leptos::prelude::*;

use super::{CaptchaScript, Countdown, EnhancedForm, Field, Form, Icon, IconName};
use crate::domain::{Delivery, Timestamp};
use crate::islands::Captcha;
use crate::paths;

/// A pending code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeView {
    /// When the newest code expires, by the server's clock.
    pub deadline: Timestamp,
    /// The lifetime of a code in milliseconds: the countdown's full ring.
    pub lifetime_ms: u64,
    /// Milliseconds from rendering the page to `deadline`.
    pub remaining_ms: u64,
    /// Milliseconds until a new code can be requested.
    pub resend_in_ms: u64,
    /// Whether the newest code is a long one instead of six digits.
    pub is_long: bool,
    /// Whether the newest code is on its way.
    pub delivery: Delivery,
}

impl CodeView {
    /// Returns what the code is called in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self.is_long { "12-character code" } else { "6-digit code" }
    }

    /// Returns the field for the code.
    #[must_use]
    pub fn field(self) -> Field {
        if self.is_long {
            Field::any_code("code", "Code").hint("The 12 letters and digits in the email.")
        } else {
            Field::code("code", "Code").hint("The 6-digit code in the email.")
        }
    }

    /// Same as [`CodeView::field`], but the form is sent at the sixth digit.
    #[must_use]
    pub fn sending_field(self) -> Field {
        if self.is_long { self.field() } else { self.field().sends_itself() }
    }
}

fn delivery_notice(delivery: Delivery) -> Option<impl IntoView> {
    let text = match delivery {
        Delivery::Normal => return None,
        Delivery::Delayed => {
            "The email is delayed because the mail server hasn't accepted it yet. We keep trying until the code expires."
        }
        Delivery::Refused => "The mail server doesn't accept email for this address. Check the address for typos.",
    };
    Some(view! {
        <div class="alert alert-warning" role="status">
            <Icon sign=IconName::Alert />
            <p>{text}</p>
        </div>
    })
}

/// What to do once the code has expired.
#[derive(Clone, Copy, Debug)]
pub struct Again {
    pub advice: &'static str,
    pub label: &'static str,
    /// The page to load again. The server redirects from there with the reason, and fills in the form.
    pub page: &'static str,
}

/// The lead, the countdown, the form for the code, and the alternatives, with the
/// children below them. Elements of class `while-live` disappear when the countdown
/// ends.
#[component]
pub fn OtpCard(
    code: CodeView,
    /// The heading and the email address that the code was sent to.
    #[prop(into)]
    lead: ViewFnOnce,
    form: Form,
    resend: Form,
    /// The captcha of the form that requests a new code.
    captcha: Option<Captcha>,
    again: Again,
    /// Whether emails go to the development mailbox.
    mailbox: bool,
    children: Children,
) -> impl IntoView {
    let CodeView { deadline, lifetime_ms, remaining_ms, delivery, .. } = code;
    let mailbox = mailbox.then(|| view! { <a href=paths::DEV_MAILBOX>"Development: read the email"</a> });
    view! {
        <div class="while-live">{lead.run()} {delivery_notice(delivery)}</div>
        <Countdown remaining_ms lifetime_ms deadline>
            <p>{again.advice}</p>
            <a class="btn btn-primary btn-wide" href=again.page>
                {again.label}
            </a>
        </Countdown>
        <div class="while-live">
            <EnhancedForm form />
            <div class="other-ways">
                <p class="quiet">"The email can take a few minutes to arrive. Check your spam folder."</p>
                <CaptchaScript captcha />
                <EnhancedForm form=resend />
                {children()}
                {mailbox}
            </div>
        </div>
    }
}
