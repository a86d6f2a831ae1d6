//! `/register`: the registration form, or the reason why there is none.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::crypto::FlowToken;
use crate::domain::RegistrationMode;
use crate::domain::registration_mode::{CLOSED, INVITED_ONLY};
use crate::islands::{ApiError, Captcha, CaptchaAnswer, Flash};
use crate::paths;
use crate::routes::Secret;
use crate::routes::access::Access;
use crate::routes::form::FormRequest;
use crate::routes::page::{Document, Page, PageRequest, PageResult};
use crate::services::sign_up_form::TypedSignUp;
use crate::services::{Flow, FlowChange, NextStep};
use crate::ui::{CaptchaScript, CardLayout, EnhancedForm, Field, Form, PageContext, Step, Steps};

pub const PAGE: Page =
    Page { path: paths::REGISTER, access: Access::SignedOut, load: |request| Box::pin(load(request)) };

const TITLE: &str = "Create account";

/// Stores the token of an invitation link in a cookie and redirects to the page without it, so that
/// the token does not stay in the address bar and the browser history.
async fn load(request: PageRequest<'_>) -> PageResult {
    let PageRequest { state, by, .. } = request;
    let mode = state.config.registration.mode;
    if mode == RegistrationMode::Closed {
        return Ok(without_form(CLOSED.to_owned()));
    }
    let token = url::form_urlencoded::parse(request.query().as_bytes()).find(|(name, _)| name == paths::INVITATION);
    if let Some((_, token)) = &token {
        if token.is_empty() {
            return Err(NextStep::go(paths::REGISTER).with_flow(FlowChange::End(Flow::Invitation)).into());
        }
        let token = FlowToken::parse(token);
        if let Some(token) = token
            && state.registration().invited_email(&token).await?.is_some()
        {
            return Err(NextStep::go(paths::REGISTER).with_flow(FlowChange::Begin(Flow::Invitation, token)).into());
        }
    }
    let invited_email = match &by.invitation {
        Some(token) => state.registration().invited_email(token).await?,
        None => None,
    };
    if mode == RegistrationMode::Invitation && invited_email.is_none() {
        let what = if token.is_some() || by.invitation.is_some() {
            "This invitation was used or canceled, or it has expired. Ask for a new one."
        } else {
            "If you have one, open the link in the email. It can be used once and expires on the date in the email."
        };
        return Ok(without_form(format!("{INVITED_ONLY} {what}")));
    }
    let invited_email = invited_email.map(|email| email.as_str().to_owned());
    Ok(Document::new(TITLE, move |context| {
        let (flash, captcha, password_min) = (context.flash.clone(), context.captcha.clone(), context.password_min);
        // While registration is open, an invited user may register with another email address as well.
        let another = invited_email.is_some() && mode == RegistrationMode::Open;
        view! {
            <Card context>
                <Details flash captcha invited_email password_min />
                {another.then(|| view! { <AnotherAddress /> })}
            </Card>
        }
    }))
}

/// The page while the user cannot register, with the reason.
fn without_form(reason: String) -> Document {
    Document::new(TITLE, move |context| {
        view! {
            <Card context>
                <h1>"Create account"</h1>
                <p>{reason}</p>
            </Card>
        }
    })
}

/// The card of a registration, with a link to sign in below it.
#[component]
pub(super) fn Card(context: PageContext, children: Children) -> impl IntoView {
    let under = || view! { "Already have an account? " <a href=paths::LOGIN>"Sign in"</a> };
    view! {
        <CardLayout context under>
            {children()}
        </CardLayout>
    }
}

/// The registration form. `invited_email` is the email address of the invitation, which the user cannot change.
#[component]
fn Details(
    flash: Flash,
    captcha: Option<Captcha>,
    invited_email: Option<String>,
    password_min: usize,
) -> impl IntoView {
    let email = match invited_email {
        Some(address) => Field::email("email", "Email")
            .value(address)
            .fixed()
            .hint("Your invitation was sent to this email address. We'll email you a code to confirm it."),
        None => Field::email("email", "Email").hint("We'll email you a code to confirm it."),
    };
    let form = Form::to(Register::PATH, &flash)
        .field(Field::username())
        .field(email)
        .field(Field::new_password("password", "Password", password_min))
        .captcha(captcha.clone())
        .submit("Create account", "Checking…");
    view! {
        <Steps current=Step::Details />
        <h1>"Create account"</h1>
        <CaptchaScript captcha />
        <EnhancedForm form />
    }
}

/// The link that removes the invitation from this browser.
#[component]
fn AnotherAddress() -> impl IntoView {
    view! {
        <p class="other-ways">
            <a href=format!("{}?{}=", paths::REGISTER, paths::INVITATION)>"Use a different email address"</a>
        </p>
    }
}

/// Starts a registration and emails the first code.
///
/// # Errors
/// Messages for the fields, a limit that was reached, or a refusal if the user may not register.
#[server(prefix = "", endpoint = "register")]
pub async fn register(
    #[server(default)] username: String,
    #[server(default)] email: String,
    #[server(default)] password: Secret,
    #[server(flatten)] answer: CaptchaAnswer,
) -> Result<(), ApiError> {
    let post = FormRequest::of::<Register>()?.keep("username", &username).keep("email", &email);
    let typed = TypedSignUp { username: &username, email: &email, password: password.expose() };
    let outcome = post.state.registration().start(typed, &post.captcha(&answer), &post.requester).await;
    post.answer(outcome).await
}
