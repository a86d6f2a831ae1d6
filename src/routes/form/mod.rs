//! How a server function reads a form post and answers it, with and without JavaScript. `session`
//! applies changes to the session, `refusal` handles errors.

mod ceremony;
mod refusal;
mod session;

use std::borrow::Cow;

use axum::http::header::ACCEPT;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use leptos::prelude::{expect_context, use_context};
use leptos::server_fn::ServerFn;
use leptos::server_fn::redirect::REDIRECT_HEADER;
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

pub use ceremony::PasskeyOptions;

use super::captcha;
use super::page_of;
use super::session::{cookies, flash};
use crate::config::Config;
use crate::islands::{ApiError, CaptchaAnswer, Feedback, Flash};
use crate::services::captcha::Answer;
use crate::services::{FlowChange, NextStep, RequestContext, ServiceError, SessionChange};
use crate::state::AppState;

/// Shown when the server is overloaded.
pub const BUSY: &str = "The portal is very busy. Please try again in a moment.";
/// Shown when too many forms from the user's network were rejected.
pub const TOO_MANY: &str = "Too many requests from your network. Wait a minute and try again.";
/// Marks the response to a plain form that was rejected unprocessed and may be sent again. The
/// header is internal and never leaves the portal.
pub const RETRY: HeaderName = HeaderName::from_static("x-portal-wait");

/// The ID in every log line of a request, and in its `x-request-id` response header.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Whether the request is a page navigation, such as a form post without JavaScript.
#[must_use]
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains("text/html"))
}

const INTERNAL_ERROR: &str = "Something went wrong on our side. Please try again in a moment.";

/// A post of one form, and the means to answer it. Lives as long as the request.
#[derive(Debug)]
pub struct FormRequest {
    pub state: AppState,
    pub requester: RequestContext,
    session: Session,
    response: ResponseOptions,
    request_id: String,
    /// The form's action.
    form: &'static str,
    /// The page that holds the form.
    page: Cow<'static, str>,
    values: Vec<(String, String)>,
    /// Posted without JavaScript; answered with a redirect to a page.
    plain: bool,
}

impl FormRequest {
    /// Returns the post that this server function handles.
    ///
    /// # Errors
    /// The request did not go through the router.
    pub fn of<F: ServerFn>() -> Result<Self, ApiError> {
        let form = F::PATH;
        let broken = || ApiError(Feedback::message(INTERNAL_ERROR));
        let parts = use_context::<Parts>().ok_or_else(broken)?;
        let session = parts.extensions.get::<Session>().cloned().ok_or_else(broken)?;
        let requester = parts.extensions.get::<RequestContext>().cloned().ok_or_else(broken)?;
        let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        Ok(Self {
            state: use_context::<AppState>().ok_or_else(broken)?,
            requester,
            session,
            response: expect_context::<ResponseOptions>(),
            request_id,
            form,
            page: page_of(form).into(),
            values: Vec::new(),
            plain: wants_page(&parts.headers),
        })
    }

    /// Sets the page with the form, for forms that occur on many pages.
    #[must_use]
    pub fn on_page(mut self, page: String) -> Self {
        self.page = page.into();
        self
    }

    /// Keeps the value of a field without secrets, so that the form can show it again.
    #[must_use]
    pub fn keep(mut self, field: &str, value: &str) -> Self {
        // No field is longer than this.
        self.values.push((field.to_owned(), value.chars().take(512).collect()));
        self
    }

    /// Returns the captcha fields of the form.
    #[must_use]
    pub fn captcha<'a>(&self, answer: &'a CaptchaAnswer) -> Answer<'a> {
        captcha::read(answer)
    }

    /// Answers with the result of a service call.
    ///
    /// # Errors
    /// The feedback for the form, when it was posted by a script.
    pub async fn answer(self, outcome: Result<NextStep, ServiceError>) -> Result<(), ApiError> {
        match outcome {
            Ok(done) => self.finish(done).await,
            Err(error) => self.refuse(error).await,
        }
    }

    /// Redirects a plain form to `page`, when only a script can use the response.
    pub fn redirect_plain_form(&self, page: &str) {
        if self.plain {
            self.redirect(page);
        }
    }

    async fn finish(self, mut step: NextStep) -> Result<(), ApiError> {
        let change = std::mem::take(&mut step.session);
        let signs_in = matches!(change, SessionChange::SignedIn(_));
        if let Err(error) = self.change_session(change, &mut step).await {
            return self.fail(&error);
        }
        if let Some(cookie) = flow_cookie(&self.state.config, &step.flow) {
            self.response.append_header(SET_COOKIE, cookie);
        }
        match store_flash(&self.session, &self.state, &self.requester, &step).await {
            Err(error) if !signs_in => return self.fail(&error),
            // The user is signed in, which matters more than the notice.
            Err(error) => tracing::error!(%error, "a notice was lost"),
            Ok(()) => {}
        }
        self.redirect(&step.to);
        Ok(())
    }

    /// Redirects a plain form with a 303, and a script with a header that leptos follows.
    fn redirect(&self, to: &str) {
        let Ok(location) = HeaderValue::from_str(to) else { return };
        self.response.insert_header(LOCATION, location);
        if self.plain {
            self.response.set_status(StatusCode::SEE_OTHER);
        } else {
            self.response.insert_header(HeaderName::from_static(REDIRECT_HEADER), HeaderValue::from_static(""));
        }
    }
}

/// Stores the notice and the initial field values of `done` for the page it redirects to.
pub async fn store_flash(
    session: &Session,
    state: &AppState,
    by: &RequestContext,
    done: &NextStep,
) -> Result<(), tower_sessions::session::Error> {
    if done.notice.is_none() && done.values.is_empty() {
        return Ok(());
    }
    let flash = Flash {
        path: done.to.to_string(),
        form: done.to.to_string(),
        feedback: Feedback::default(),
        values: done.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        notice: done.notice.clone(),
    };
    // Over the session limit the redirect still happens, without the message.
    flash::put(session, state, by, &flash).await?;
    Ok(())
}

/// Returns the `Set-Cookie` header for a change to the browser's flow.
#[must_use]
pub fn flow_cookie(config: &Config, change: &FlowChange) -> Option<HeaderValue> {
    match change {
        FlowChange::Keep => None,
        FlowChange::Begin(flow, token) => cookies::begin_flow(config, *flow, token),
        FlowChange::End(flow) => cookies::end_flow(config, *flow),
    }
}
