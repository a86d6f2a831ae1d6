//! The authenticator app: off, on, or being added.

use leptos::prelude::*;

use crate::api::{AddingView, AppView};
use crate::islands::{CopyText, EnhancedForm, Field, Flash, Form, LocalTime};
use crate::ui::{ActionButton, PlainRefusal, QrCode};
use crate::domain::Timestamp;
use crate::paths;

#[component]
pub(super) fn AppPart(app: AppView, flash: Flash) -> impl IntoView {
    let AppView { since, can_turn_off, adding } = app;
    // If the form that was refused is no longer on the page, the refusal is shown here.
    let lapsed = (!matches!(adding, AddingView::Shown { .. }))
        .then(|| view! { <PlainRefusal flash=flash.clone() action=paths::TOTP_CONFIRM /> });
    let adds = adding != AddingView::Nothing;
    let present = match since {
        Some(since) => Some(view! { <On since can_turn_off adds /> }.into_any()),
        None => (!adds).then(|| view! { <Off /> }.into_any()),
    };
    let adding = match adding {
        AddingView::Nothing => None,
        AddingView::Hidden => Some(view! { <Hidden /> }.into_any()),
        AddingView::Shown { secret, url, qr_side, qr_path } => {
            Some(view! { <Shown secret url qr_side qr_path flash=flash.clone() /> }.into_any())
        }
    };
    view! {
        <h3>"Authenticator app"</h3>
        <PlainRefusal flash=flash.clone() action=paths::TOTP />
        <PlainRefusal flash=flash action=paths::TOTP_OFF />
        {lapsed}
        {present}
        {adding}
    }
}

#[component]
fn Off() -> impl IntoView {
    view! {
        <p>"Not set up. Use any authenticator app, such as Google Authenticator, 1Password or the one in your phone."</p>
        <ActionButton action=paths::TOTP label="Add an authenticator app" />
    }
}

/// The app and its actions, which are hidden while a replacement is being added.
#[component]
fn On(since: Timestamp, can_turn_off: bool, adds: bool) -> impl IntoView {
    let off = if can_turn_off {
        view! { <ActionButton action=paths::TOTP_OFF label="Turn off" about="your authenticator app" danger=true /> }
            .into_any()
    } else {
        view! { <p class="quiet">"Two-step sign-in is required. Add a passkey before you turn off your app."</p> }
            .into_any()
    };
    let actions = view! {
        <div class="actions">
            <ActionButton action=paths::TOTP label="Replace app" />
            {off}
        </div>
    };
    let words = if adds { "It works until you confirm the new one." } else { "" };
    view! {
        <p>"On since " <LocalTime at=since.0 with_time=false /> ". " {words}</p>
        {(!adds).then_some(actions)}
    }
}

#[component]
fn Hidden() -> impl IntoView {
    view! {
        <p>"You've started adding an app. Confirm your password to continue."</p>
        <div class="actions">
            <ActionButton action=paths::TOTP label="Continue" />
            <ActionButton action=paths::TOTP_CANCEL label="Cancel" about="adding an authenticator app" />
        </div>
    }
}

#[component]
fn Shown(secret: String, url: String, qr_side: usize, qr_path: String, flash: Flash) -> impl IntoView {
    let typed = secret.replace(' ', "");
    let form =
        Form::to(paths::TOTP_CONFIRM, &flash).first_field(Field::code("code", "Code")).submit("Turn on", "Checking…");
    view! {
        <ol class="set-up">
            <li>
                <p>"Scan this QR code with your app."</p>
                <QrCode side=qr_side path=qr_path label="QR code for your authenticator app" />
                <p>
                    "On this device: " <a href=url>"open in app"</a>
                    ". Can't scan? Enter this key:"
                </p>
                <p>
                    <code class="secret">{secret}</code>
                </p>
                <div class="actions">
                    <CopyText text=typed />
                </div>
            </li>
            <li>
                <p>"Enter the 6-digit code from the app."</p>
                <EnhancedForm form />
            </li>
        </ol>
        <ActionButton action=paths::TOTP_CANCEL label="Cancel" about="adding an authenticator app" />
    }
}
