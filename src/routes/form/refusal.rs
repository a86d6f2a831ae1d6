//! Responses to rejected forms.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};

use super::{BUSY, FormRequest, INTERNAL_ERROR, RETRY, TOO_MANY};
use crate::islands::{ApiError, Feedback, Flash};
use crate::paths;
use crate::routes::session::flash;
use crate::routes::session::pending_form::{self, PendingForm};
use crate::routes::{access, captcha};
use crate::services::ServiceError;

const NOT_FOUND: &str = "This page has changed. Reload it.";

impl FormRequest {
    /// Reports why the form was rejected, or redirects to the page that the user has to complete first.
    pub(super) async fn refuse(self, error: ServiceError) -> Result<(), ApiError> {
        let next = captcha::form_with(self.form).and_then(|form| match error {
            ServiceError::Captcha(_) => captcha::demand(&self.state, form, &self.requester),
            ServiceError::Redirect(_) => None,
            _ => captcha::offer(&self.state, form, &self.requester),
        });
        let (status, feedback) = match error {
            ServiceError::Captcha(text) => (StatusCode::UNPROCESSABLE_ENTITY, Feedback::message(text)),
            ServiceError::Fields(fields) => {
                (StatusCode::UNPROCESSABLE_ENTITY, Feedback { fields, ..Feedback::default() })
            }
            ServiceError::Refused(text) => (StatusCode::UNPROCESSABLE_ENTITY, Feedback::message(text)),
            ServiceError::Limited { what, wait } => {
                // Logged here so that every limit is logged, whichever service applied it.
                tracing::warn!(event = "form.limited", form = self.form, wait_s = wait.as_secs(), ip = %self.requester.ip);
                (StatusCode::TOO_MANY_REQUESTS, Feedback::until(what, wait))
            }
            ServiceError::NotFound => (StatusCode::NOT_FOUND, Feedback::message(NOT_FOUND)),
            ServiceError::Unauthenticated => {
                self.redirect(&access::sign_in_url(self.form));
                return Ok(());
            }
            ServiceError::ReauthenticationRequired => return self.require_reauthentication(false).await,
            ServiceError::SecondFactorRequired => return self.require_reauthentication(true).await,
            ServiceError::Busy => return self.busy(),
            ServiceError::Redirect(step) => return self.finish(*step).await,
            ServiceError::InternalError(fault) => return self.fail(&fault),
        };
        let feedback = Feedback { captcha: next.map(Box::new), ..feedback };
        if !self.plain {
            self.response.set_status(status);
            if let Some(seconds) = feedback.retry_after {
                self.response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
            }
            return Err(ApiError(feedback));
        }
        let flash = Flash {
            path: self.page.to_string(),
            form: self.form.to_owned(),
            feedback,
            values: self.values.clone(),
            notice: None,
        };
        match flash::put(&self.session, &self.state, &self.requester, &flash).await {
            Ok(true) => {
                self.redirect(&self.page);
                Ok(())
            }
            Ok(false) => self.refuse_without_session(),
            Err(error) => self.fail(&error),
        }
    }

    /// Redirects to the page that asks for the password, and for a second factor if the form needs it, and then back to
    /// the form.
    async fn require_reauthentication(self, second_factor: bool) -> Result<(), ApiError> {
        let (form, page, values) = (self.form.to_owned(), self.page.to_string(), self.values.clone());
        let pending = PendingForm { form, page, values, second_factor };
        if let Err(error) = pending_form::put(&self.session, &pending).await {
            return self.fail(&error);
        }
        self.redirect(paths::ACCOUNT_CONFIRM);
        Ok(())
    }

    /// Reports an overload with 503, without touching the database. The waiting time is randomized
    /// so that rejected clients do not all retry at the same time.
    fn busy(&self) -> Result<(), ApiError> {
        if let Some(refused) = self.state.busy.count(self.state.clock.elapsed()) {
            tracing::warn!(event = "hashing.busy", ip = %self.requester.ip, refused, "password hashing queue is full");
        }
        let [spread] = self.state.rng.bytes();
        let seconds = u64::from(spread % 5) + 1;
        self.response.set_status(StatusCode::SERVICE_UNAVAILABLE);
        self.response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
        if self.plain {
            self.response.insert_header(RETRY, HeaderValue::from_static(""));
        }
        Err(ApiError(Feedback { retry_after: Some(seconds), ..Feedback::message(BUSY) }))
    }

    /// Answers with 429 if the IP prefix may not start the anonymous session that the message of a
    /// rejected plain form needs.
    fn refuse_without_session(&self) -> Result<(), ApiError> {
        tracing::warn!(event = "newcomers.limited", ip = %self.requester.ip);
        self.response.set_status(StatusCode::TOO_MANY_REQUESTS);
        self.response.insert_header(RETRY_AFTER, HeaderValue::from_static("60"));
        self.response.insert_header(RETRY, HeaderValue::from_static(""));
        Err(ApiError(Feedback::message(TOO_MANY)))
    }

    /// Logs an internal error and answers with 503 and a one-line message.
    pub(super) fn fail(&self, fault: &dyn std::error::Error) -> Result<(), ApiError> {
        tracing::error!(error = %fault, "a request failed");
        self.response.set_status(StatusCode::SERVICE_UNAVAILABLE);
        self.response.insert_header(RETRY_AFTER, HeaderValue::from_static("5"));
        Err(ApiError(Feedback::message(format!("{INTERNAL_ERROR} Reference: {}.", self.request_id))))
    }
}
