//! From a server function to a service and back: the same for every form, with
//! and without JavaScript. What becomes of a session is in `session`, what a
//! form hears that was refused in `refusal`.

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
use crate::api::{ApiError, CaptchaAnswer, Feedback, Flash};
use crate::paths;
use crate::server::config::Config;
use crate::server::services::captcha::Answer;
use crate::server::services::{Done, FlowChange, Requester, ServiceError};
use crate::server::state::AppState;

const FAULT: &str = "Something went wrong on our side. Please try again in a moment.";

/// A post to one form, and the way to answer it. Lives as long as the request.
#[derive(Debug)]
pub struct Post {
    pub state: AppState,
    pub requester: Requester,
    session: Session,
    response: ResponseOptions,
    request_id: String,
    /// The form's action.
    form: &'static str,
    /// The page that holds the form.
    page: Cow<'static, str>,
    kept: Vec<(String, String)>,
    /// A plain form, which is answered with a redirect to a page.
    plain: bool,
}

impl Post {
    /// The post being handled, whose form has the action `form`.
    ///
    /// # Errors
    /// When the request did not pass through the router.
    pub fn to(form: &'static str) -> Result<Self, ApiError> {
        let broken = || ApiError(Feedback::message(FAULT));
        let parts = use_context::<Parts>().ok_or_else(broken)?;
        let session = parts.extensions.get::<Session>().cloned().ok_or_else(broken)?;
        let requester = parts.extensions.get::<Requester>().cloned().ok_or_else(broken)?;
        let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        Ok(Self {
            state: use_context::<AppState>().ok_or_else(broken)?,
            requester,
            session,
            response: expect_context::<ResponseOptions>(),
            request_id,
            form,
            page: paths::page_of(form).into(),
            kept: Vec::new(),
            plain: body::wants_page(&parts.headers),
        })
    }

    /// The form stands on this page: one of many of its kind.
    #[must_use]
    pub fn on_page(mut self, page: String) -> Self {
        self.page = page.into();
        self
    }

    /// Keeps what was typed into a harmless field, for the form to show again.
    #[must_use]
    pub fn keep(mut self, field: &str, value: &str) -> Self {
        // What is too long for any field is not worth keeping.
        self.kept.push((field.to_owned(), value.chars().take(512).collect()));
        self
    }

    /// What the form brought to show that no machine sent it.
    #[must_use]
    pub fn captcha<'a>(&self, answer: &'a CaptchaAnswer) -> Answer<'a> {
        captcha::read(answer)
    }

    /// Answers with what the service did.
    ///
    /// # Errors
    /// What the form has to show, when a script asked.
    pub async fn answer(self, outcome: Result<Done, ServiceError>) -> Result<(), ApiError> {
        match outcome {
            Ok(done) => self.go(done).await,
            Err(error) => self.refuse(error).await,
        }
    }

    /// Leads a plain form to a page, where the answer is of use to a script alone.
    pub fn only_for_script(&self, page: &str) {
        if self.plain {
            self.redirect(page);
        }
    }

    async fn go(self, done: Done) -> Result<(), ApiError> {
        if let Some(cookie) = flow_cookie(&self.state.config, &done.flow) {
            self.response.append_header(SET_COOKIE, cookie);
        }
        if let Err(error) = leave(&self.session, &self.state, &self.requester, &done).await {
            return self.fail(&error);
        }
        self.redirect(&done.to);
        Ok(())
    }

    /// 303 for a plain form; for a script the header it follows by itself.
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

/// Leaves a notice and first values for the page that comes next.
///
/// # Errors
/// When the session cannot be read.
pub async fn leave(
    session: &Session,
    state: &AppState,
    by: &Requester,
    done: &Done,
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
    // One who causes too many sessions goes there without being told why.
    flash::put(session, state, by, &flash).await?;
    Ok(())
}

/// The header that changes a browser's flow as a service wants it.
#[must_use]
pub fn flow_cookie(config: &Config, change: &FlowChange) -> Option<HeaderValue> {
    match change {
        FlowChange::Keep => None,
        FlowChange::Begin(flow, token) => cookies::begin_flow(config, *flow, token),
        FlowChange::End(flow) => cookies::end_flow(config, *flow),
    }
}
