//! How a server function reads a form post and answers it, with and without JavaScript. `session`
//! handles changes to the session, `refusal` handles errors.

mod ceremony;
mod refusal;
mod second_factor;
mod session;

use std::borrow::Cow;

use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use leptos::prelude::{expect_context, use_context};
use leptos::server_fn::redirect::REDIRECT_HEADER;
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

use super::access_log::RequestId;
use super::{body, captcha, cookies, flash};
use crate::islands::{ApiError, CaptchaAnswer, Feedback, Flash};
use crate::paths;
use crate::config::Config;
use crate::services::captcha::Answer;
use crate::services::{FlowChange, NextStep, RequestContext, ServiceError};
use crate::state::AppState;

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
    /// Returns the post being handled, for the form with the action `form`.
    ///
    /// # Errors
    /// The request did not go through the router.
    pub fn to(form: &'static str) -> Result<Self, ApiError> {
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
            page: paths::page_of(form).into(),
            values: Vec::new(),
            plain: body::wants_page(&parts.headers),
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

    async fn finish(self, done: NextStep) -> Result<(), ApiError> {
        if let Some(cookie) = flow_cookie(&self.state.config, &done.flow) {
            self.response.append_header(SET_COOKIE, cookie);
        }
        if let Err(error) = store_flash(&self.session, &self.state, &self.requester, &done).await {
            return self.fail(&error);
        }
        self.redirect(&done.to);
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
