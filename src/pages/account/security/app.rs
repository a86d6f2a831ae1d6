//! The authenticator app: off, on, and one that is being added.

use leptos::prelude::*;

use crate::api::{AddingView, AppView, Flash};
use crate::components::{CopyText, Field, Form, LocalTime, PlainForm, PlainRefusal, PostForm, QrCode};
use crate::domain::Timestamp;
use crate::paths;

#[component]
pub(super) fn AppPart(app: AppView, flash: Flash) -> impl IntoView {
    let AppView { since, can_turn_off, adding } = app;
    // The form that it is meant for shows it, unless it is gone.
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
        <p>"No app is set up. Any that shows six-digit codes will do, such as the one that came with your phone."</p>
        <PlainForm action=paths::TOTP label="Add an authenticator app" />
    }
}

/// What can be done to the app, unless another one is about to take its place.
#[component]
fn On(since: Timestamp, can_turn_off: bool, adds: bool) -> impl IntoView {
    let off = if can_turn_off {
        view! { <PlainForm action=paths::TOTP_OFF label="Turn it off" about="your authenticator app" danger=true /> }
            .into_any()
    } else {
        view! { <p class="quiet">"This portal asks you for a second step: add a passkey before you turn it off."</p> }
            .into_any()
    };
    let deeds = view! {
        <div class="actions">
            <PlainForm action=paths::TOTP label="Change to another app" />
            {off}
        </div>
    };
    let words = if adds { "It counts until you enter a code of the new one." } else { "" };
    view! {
        <p>"Your app is on since " <LocalTime at=since.0 with_time=false /> ". " {words}</p>
        {(!adds).then_some(deeds)}
    }
}

#[component]
fn Hidden() -> impl IntoView {
    view! {
        <p>"You have begun to add an app. Enter your password again to go on."</p>
        <div class="actions">
            <PlainForm action=paths::TOTP label="Go on" />
            <PlainForm action=paths::TOTP_CANCEL label="Cancel" about="adding an authenticator app" />
        </div>
    }
}

#[component]
fn Shown(secret: String, url: String, qr_side: usize, qr_path: String, flash: Flash) -> impl IntoView {
    let typed = secret.replace(' ', "");
    let form = Form::to(paths::TOTP_CONFIRM, &flash)
        .first_field(Field::code("code", "Code").hint("The six digits that the app shows now."))
        .submit("Use this app", "Checking…");
    view! {
        <ol class="set-up">
            <li>
                <p>"Scan this with your app."</p>
                <QrCode side=qr_side path=qr_path label="QR code for your authenticator app" />
                <p>
                    "On this very device? " <a href=url>"Open it in your app"</a>
                    ". If you cannot scan, type this secret into the app:"
                </p>
                <p>
                    <code class="secret">{secret}</code>
                </p>
                <div class="actions">
                    <CopyText text=typed />
                </div>
            </li>
            <li>
                <p>"Enter the code that the app then shows."</p>
                <PostForm form />
            </li>
        </ol>
        <PlainForm action=paths::TOTP_CANCEL label="Cancel" about="adding an authenticator app" />
    }
}
