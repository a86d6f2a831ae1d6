//! How a server function reads a form post and answers it, with and without JavaScript. `refusal`
//! handles errors.

mod ceremony;
mod refusal;

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
use super::next_step::{self, Applied};
use super::page_of;
use crate::islands::{ApiError, CaptchaAnswer, Feedback};
use crate::routes::session::pending_form;
use crate::services::captcha::Answer;
use crate::services::{InternalError, NextStep, RequestContext, ServiceError, SessionChange};
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

/// Makes the browser remove the pages of an ended session from its caches, also from the one for the Back button (W3C
/// Clear Site Data). Browsers follow it over https.
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

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

    /// Whether the form that waits for this confirmation needs a second factor too.
    ///
    /// # Errors
    /// The session could not be read.
    pub async fn confirms_second_factor(&self) -> Result<bool, ServiceError> {
        let needed = pending_form::needs_second_factor(&self.session).await;
        Ok(needed.map_err(|error| InternalError::Session(error.to_string()))?)
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

    async fn finish(self, step: NextStep) -> Result<(), ApiError> {
        if matches!(step.session, SessionChange::End) {
            self.response.insert_header(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
        }
        match next_step::apply(&self.state, &self.requester, &self.session, step).await {
            Ok(Applied { to, cookies }) => {
                for cookie in cookies {
                    self.response.append_header(SET_COOKIE, cookie);
                }
                self.redirect(&to);
                Ok(())
            }
            Err(error) => self.fail(&error),
        }
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
