//! Responses to the second step of sign-in and to changes of an account's second factors.

use tower_sessions::session::Error;

use super::FormRequest;
use crate::islands::{ApiError, Feedback, Flash};
use crate::domain::{NextPath, Notice};
use crate::paths;
use crate::http::{flash, one_time_secrets, session as sessions};
use crate::services::ServiceError;
use crate::services::second_factor::{Change, SecondFactorOutcome};

impl FormRequest {
    /// Starts a session after a successful second step. Redirects when no second step is pending
    /// any more, and ends the session that waited for it.
    pub async fn second_step(self, outcome: Result<SecondFactorOutcome, ServiceError>) -> Result<(), ApiError> {
        match outcome {
            Ok(SecondFactorOutcome::SignedIn { entered, next, notice }) => {
                let page = next.as_ref().map_or(paths::DASHBOARD, NextPath::as_str).to_owned();
                let (session, state, by) = (self.session.clone(), self.state.clone(), self.requester.clone());
                self.start_session(Ok(*entered), next).await?;
                if let Some(notice) = notice
                    && let Err(error) = flash::put(&session, &state, &by, &notice_for(&page, notice)).await
                {
                    // The user is signed in, which matters more than the notice.
                    tracing::error!(%error, "a notice was lost");
                }
                Ok(())
            }
            Ok(SecondFactorOutcome::Redirect(done)) if self.requester.second_step.is_some() => {
                self.answer_signed_out(Ok(done)).await
            }
            Ok(SecondFactorOutcome::Redirect(done)) => self.answer(Ok(done)).await,
            Err(error) => self.refuse(error).await,
        }
    }

    /// Answers a change of the account's second factors. New recovery codes are stored for the page
    /// that shows them.
    pub async fn answer_change(self, outcome: Result<Change, ServiceError>) -> Result<(), ApiError> {
        let change = match outcome {
            Ok(change) => change,
            Err(error) => return self.refuse(error).await,
        };
        if let Err(error) = self.keep_change(&change).await {
            return self.fail(&error);
        }
        self.finish(change.done).await
    }

    async fn keep_change(&self, change: &Change) -> Result<(), Error> {
        let Some(mut signed_in) = sessions::signed_in(&self.session).await? else { return Ok(()) };
        if let Some(codes) = &change.codes {
            one_time_secrets::put(&self.session, &self.state, signed_in.handle, codes).await?;
        }
        signed_in.two_step = change.two_step.unwrap_or(signed_in.two_step);
        sessions::change(&self.session, &self.state.config, &signed_in, false).await
    }
}

/// Returns a flash message for `page`, without its query.
fn notice_for(page: &str, notice: Notice) -> Flash {
    let path = page.split('?').next().unwrap_or(page).to_owned();
    Flash { path: path.clone(), form: path, feedback: Feedback::default(), values: Vec::new(), notice: Some(notice) }
}
