//! The authenticator app: off, on, or being added.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::crypto::QrImage;
use crate::domain::Timestamp;
use crate::islands::{ApiError, Flash};
use crate::routes::Secret;
use crate::routes::form::FormRequest;
use crate::services::second_factor::Adding;
use crate::ui::{ActionButton, CopyText, EnhancedForm, Field, Form, LocalTime, PlainRefusal, QrCode};

#[component]
pub(super) fn AppPart(
    /// When the app was added.
    since: Option<Timestamp>,
    /// `false` while a second factor is required and there is no other.
    can_turn_off: bool,
    adding: Adding,
    flash: Flash,
) -> impl IntoView {
    // If the form that was refused is no longer on the page, the refusal is shown here.
    let lapsed = (!matches!(adding, Adding::Shown { .. }))
        .then(|| view! { <PlainRefusal flash=flash.clone() action=ConfirmApp::PATH /> });
    let adds = !matches!(adding, Adding::Nothing);
    let present = match since {
        Some(since) => Some(view! { <On since can_turn_off adds /> }.into_any()),
        None => (!adds).then(|| view! { <Off /> }.into_any()),
    };
    let adding = match adding {
        Adding::Nothing => None,
        Adding::Hidden => Some(view! { <Hidden /> }.into_any()),
        Adding::Shown { seed, url, qr } => {
            Some(view! { <Shown secret=seed.in_groups() url qr flash=flash.clone() /> }.into_any())
        }
    };
    view! {
        <h3>"Authenticator app"</h3>
        <PlainRefusal flash=flash.clone() action=BeginApp::PATH />
        <PlainRefusal flash=flash action=TurnOffApp::PATH />
        {lapsed}
        {present}
        {adding}
    }
}

#[component]
fn Off() -> impl IntoView {
    view! {
        <p>
            "Not set up. Use any authenticator app, such as Google Authenticator, 1Password or the one on your phone."
        </p>
        <ActionButton action=BeginApp::PATH label="Add an authenticator app" />
    }
}

/// The app and its actions, which are hidden while a replacement is being added.
#[component]
fn On(since: Timestamp, can_turn_off: bool, adds: bool) -> impl IntoView {
    let off = if can_turn_off {
        view! { <ActionButton action=TurnOffApp::PATH label="Turn off" about="your authenticator app" danger=true /> }
            .into_any()
    } else {
        view! { <p class="quiet">"Two-step sign-in is required. Add a passkey before you turn off your app."</p> }
            .into_any()
    };
    let actions = view! {
        <div class="actions">
            <ActionButton action=BeginApp::PATH label="Replace app" />
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
            <ActionButton action=BeginApp::PATH label="Continue" />
            <ActionButton action=CancelApp::PATH label="Cancel" about="adding an authenticator app" />
        </div>
    }
}

#[component]
fn Shown(
    /// The secret in groups, for typing.
    secret: String,
    /// The URL for an app on this device.
    url: String,
    qr: QrImage,
    flash: Flash,
) -> impl IntoView {
    let typed = secret.replace(' ', "");
    let form =
        Form::to(ConfirmApp::PATH, &flash).first_field(Field::code("code", "Code")).submit("Turn on", "Checking…");
    view! {
        <ol class="set-up">
            <li>
                <p>"Scan this QR code with your app."</p>
                <QrCode side=qr.side path=qr.path label="QR code for your authenticator app" />
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
        <ActionButton action=CancelApp::PATH label="Cancel" about="adding an authenticator app" />
    }
}

/// Starts adding or replacing an authenticator app.
#[server(prefix = "", endpoint = "account/security/totp")]
pub async fn begin_app() -> Result<(), ApiError> {
    let post = FormRequest::of::<BeginApp>()?;
    let outcome = post.state.second_factor().begin_app(&post.requester).await;
    post.answer(outcome).await
}

/// Confirms the new app with a code.
///
/// # Errors
/// A message for `code`.
#[server(prefix = "", endpoint = "account/security/totp/confirm")]
pub async fn confirm_app(#[server(default)] code: Secret) -> Result<(), ApiError> {
    let post = FormRequest::of::<ConfirmApp>()?;
    let outcome = post.state.second_factor().confirm_app(code.expose(), &post.requester).await;
    post.answer(outcome).await
}

/// Cancels adding an app.
#[server(prefix = "", endpoint = "account/security/totp/cancel")]
pub async fn cancel_app() -> Result<(), ApiError> {
    let post = FormRequest::of::<CancelApp>()?;
    let outcome = post.state.second_factor().cancel_app(&post.requester).await;
    post.answer(outcome).await
}

/// Turns the app off.
///
/// # Errors
/// A message if there is none, or a second factor is required and there is no other.
#[server(prefix = "", endpoint = "account/security/totp/off")]
pub async fn turn_off_app() -> Result<(), ApiError> {
    let post = FormRequest::of::<TurnOffApp>()?;
    let outcome = post.state.second_factor().turn_off_app(&post.requester).await;
    post.answer(outcome).await
}
