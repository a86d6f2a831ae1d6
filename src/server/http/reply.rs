//! From a server function to a service and back: the same for every form, with
//! and without JavaScript.

use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use leptos::prelude::{expect_context, use_context};
use leptos::server_fn::redirect::REDIRECT_HEADER;
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

use super::access_log::RequestId;
use super::{body, captcha, cookies, fault, flash, session as sessions};
use crate::api::{ApiError, CaptchaAnswer, Feedback, Flash};
use crate::domain::NextPath;
use crate::paths;
use crate::server::services::captcha::Answer;
use crate::server::services::{Done, FlowChange, Requester, ServiceError};
use crate::server::state::AppState;
use crate::server::store::sessions::SignedIn;

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
            kept: Vec::new(),
            plain: body::wants_page(&parts.headers),
        })
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

    /// Begins a session when the service let the person in.
    ///
    /// # Errors
    /// As [`Post::answer`].
    pub async fn sign_in(
        self,
        outcome: Result<SignedIn, ServiceError>,
        remember: bool,
        next: Option<&str>,
    ) -> Result<(), ApiError> {
        let signed_in = match outcome {
            Ok(signed_in) => SignedIn { remember, ..signed_in },
            Err(error) => return self.refuse(error).await,
        };
        if let Err(error) = sessions::begin(&self.session, &self.state.config, &signed_in).await {
            return self.fail(&error);
        }
        match next.and_then(NextPath::parse) {
            Some(next) => self.redirect(next.as_str()),
            None => self.redirect(paths::DASHBOARD),
        }
        Ok(())
    }

    /// Ends the session, its row and its cookie.
    ///
    /// # Errors
    /// Only a fault.
    pub async fn sign_out(self) -> Result<(), ApiError> {
        if self.session.id().is_some() {
            if let Err(error) = sessions::end(&self.session).await {
                return self.fail(&error);
            }
            tracing::info!(event = "signed_out", ip = %self.requester.ip);
        }
        self.redirect(paths::LOGIN);
        Ok(())
    }

    /// Leads a plain form to a page, where the answer is of use to a script alone.
    pub fn only_for_script(&self, page: &'static str) {
        if self.plain {
            self.redirect(page);
        }
    }

    async fn go(self, done: Done) -> Result<(), ApiError> {
        let cookie = match &done.flow {
            FlowChange::Keep => None,
            FlowChange::Begin(token) => cookies::begin_flow(&self.state.config, token),
            FlowChange::End => cookies::end_flow(&self.state.config),
        };
        if let Some(cookie) = cookie {
            self.response.append_header(SET_COOKIE, cookie);
        }
        if let Err(error) = leave(&self.session, &self.state, &self.requester, &done).await {
            return self.fail(&error);
        }
        self.redirect(done.to);
        Ok(())
    }

    async fn refuse(self, error: ServiceError) -> Result<(), ApiError> {
        let next = captcha::form_with(self.form).and_then(|form| match error {
            ServiceError::Captcha(_) => captcha::demand(&self.state, form, &self.requester),
            _ => captcha::offer(&self.state, form, &self.requester),
        });
        let (status, feedback) = match error {
            ServiceError::Captcha(text) => (StatusCode::UNPROCESSABLE_ENTITY, Feedback::message(text)),
            ServiceError::Fields(fields) => {
                (StatusCode::UNPROCESSABLE_ENTITY, Feedback { fields, ..Feedback::default() })
            }
            ServiceError::Refused(text) => (StatusCode::UNPROCESSABLE_ENTITY, Feedback::message(text)),
            ServiceError::Limited { what, wait } => {
                // Here, so that no limit takes effect unseen, whichever service set it.
                tracing::warn!(event = "form.limited", form = self.form, wait_s = wait.as_secs(), ip = %self.requester.ip);
                (StatusCode::TOO_MANY_REQUESTS, Feedback::until(what, wait))
            }
            ServiceError::Busy => return self.busy(),
            ServiceError::Fault(fault) => return self.fail(&fault),
        };
        let feedback = Feedback { captcha: next.map(Box::new), ..feedback };
        if !self.plain {
            self.response.set_status(status);
            if let Some(seconds) = feedback.retry_after {
                self.response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
            }
            return Err(ApiError(feedback));
        }
        let page = page_of(self.form);
        let flash = Flash {
            path: page.to_owned(),
            form: self.form.to_owned(),
            feedback,
            values: self.kept.clone(),
            notice: None,
        };
        match flash::put(&self.session, &self.state, &self.requester, &flash).await {
            Ok(true) => {
                self.redirect(page);
                Ok(())
            }
            Ok(false) => self.turn_away(),
            Err(error) => self.fail(&error),
        }
    }

    /// Says at once that there is no place, without a word to the database. The
    /// waits differ, so that those who were refused do not all come again together.
    fn busy(&self) -> Result<(), ApiError> {
        if let Some(refused) = self.state.busy.count(self.state.clock.elapsed()) {
            tracing::warn!(event = "hashing.busy", ip = %self.requester.ip, refused, "more people than places to hash");
        }
        let [spread] = self.state.rng.bytes();
        let seconds = u64::from(spread % 5) + 1;
        self.response.set_status(StatusCode::SERVICE_UNAVAILABLE);
        self.response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
        if self.plain {
            self.response.insert_header(body::WAIT, HeaderValue::from_static(""));
        }
        Err(ApiError(Feedback { retry_after: Some(seconds), ..Feedback::message(fault::BUSY) }))
    }

    /// Too many plain forms of this address were refused to keep what to say to one more.
    fn turn_away(&self) -> Result<(), ApiError> {
        tracing::warn!(event = "newcomers.limited", ip = %self.requester.ip);
        self.response.set_status(StatusCode::TOO_MANY_REQUESTS);
        self.response.insert_header(RETRY_AFTER, HeaderValue::from_static("60"));
        self.response.insert_header(body::WAIT, HeaderValue::from_static(""));
        Err(ApiError(Feedback::message(fault::TOO_MANY)))
    }

    /// Logs a fault once and says so in one line.
    fn fail(&self, fault: &dyn std::error::Error) -> Result<(), ApiError> {
        tracing::error!(error = %fault, "a request failed");
        self.response.set_status(StatusCode::SERVICE_UNAVAILABLE);
        self.response.insert_header(RETRY_AFTER, HeaderValue::from_static("5"));
        Err(ApiError(Feedback::message(format!("{FAULT} Reference: {}.", self.request_id))))
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
        path: done.to.to_owned(),
        form: done.to.to_owned(),
        feedback: Feedback::default(),
        values: done.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        notice: done.notice.clone(),
    };
    // One who causes too many sessions goes there without being told why.
    flash::put(session, state, by, &flash).await?;
    Ok(())
}

/// The page that holds the form with this action: its first segment.
fn page_of(form: &'static str) -> &'static str {
    let rest = form.get(1..).unwrap_or_default();
    rest.find('/').and_then(|slash| form.get(..=slash)).unwrap_or(form)
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_form_belongs_to_the_page_of_its_first_segment() {
        assert_eq!(page_of("/register"), "/register");
        assert_eq!(page_of("/verify/resend"), "/verify");
    }
}
