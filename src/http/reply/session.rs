//! Responses that start, change or end a session.

use axum::http::header::SET_COOKIE;
use tower_sessions::session::Error;

use super::FormRequest;
use crate::islands::ApiError;
use crate::domain::{NextPath, Timestamp};
use crate::paths;
use crate::http::{cookies, flash, pending_form, session as sessions};
use crate::services::login::LoginOutcome;
use crate::services::session_manager::RevokeOutcome;
use crate::services::{NextStep, ServiceError, SignInOutcome};

impl FormRequest {
    /// Starts a session if the sign-in succeeded, or one that waits for the second step.
    pub async fn sign_in(
        self,
        outcome: Result<LoginOutcome, ServiceError>,
        next: Option<NextPath>,
    ) -> Result<(), ApiError> {
        match outcome {
            Ok(LoginOutcome::SignedIn(entered)) => self.start_session(Ok(*entered), next).await,
            Ok(LoginOutcome::SecondStep(due)) => match sessions::begin_second_step(&self.session, &due).await {
                Ok(()) => {
                    self.redirect(paths::LOGIN_MFA);
                    Ok(())
                }
                Err(error) => self.fail(&error),
            },
            Err(error) => self.refuse(error).await,
        }
    }

    /// Starts a session if the sign-in succeeded.
    pub async fn start_session(
        self,
        outcome: Result<SignInOutcome, ServiceError>,
        next: Option<NextPath>,
    ) -> Result<(), ApiError> {
        let entered = match outcome {
            Ok(entered) => entered,
            Err(error) => return self.refuse(error).await,
        };
        let config = &self.state.config;
        if let Err(error) = sessions::begin(&self.session, config, &entered.signed_in).await {
            return self.fail(&error);
        }
        let device = entered.device.and_then(|token| cookies::device(config, &token));
        let lifetime = config.limits.trust_lifetime;
        let trust = entered.trusted.and_then(|(name, token)| cookies::trust(config, &name, &token, lifetime));
        for cookie in device.into_iter().chain(trust) {
            self.response.append_header(SET_COOKIE, cookie);
        }
        self.state.devices.wake();
        self.redirect(next.as_ref().map_or(paths::DASHBOARD, NextPath::as_str));
        Ok(())
    }

    /// Records that the user has just confirmed their password or a passkey, and redirects to the
    /// form that required it.
    pub async fn confirmed(self, outcome: Result<Timestamp, ServiceError>) -> Result<(), ApiError> {
        let at = match outcome {
            Ok(at) => at,
            Err(error) => return self.refuse(error).await,
        };
        match self.record_reauthentication(at).await {
            Ok(page) => {
                self.redirect(&page);
                Ok(())
            }
            Err(error) => self.fail(&error),
        }
    }

    async fn record_reauthentication(&self, at: Timestamp) -> Result<String, Error> {
        if let Some(mut signed_in) = sessions::signed_in(&self.session).await? {
            signed_in.authenticated_at = at.0;
            sessions::change(&self.session, &self.state.config, &signed_in, false).await?;
        }
        let flash = pending_form::take(&self.session).await?;
        flash::put(&self.session, &self.state, &self.requester, &flash).await?;
        Ok(flash.path)
    }

    /// Answers as [`FormRequest::answer`], after giving this session the account's new
    /// `session_version` and a new ID. The new version has ended all other sessions.
    pub async fn answer_renewed(self, outcome: Result<(NextStep, i32), ServiceError>) -> Result<(), ApiError> {
        let (done, session_version) = match outcome {
            Ok(outcome) => outcome,
            Err(error) => return self.refuse(error).await,
        };
        if let Err(error) = self.renew(session_version).await {
            return self.fail(&error);
        }
        self.finish(done).await
    }

    async fn renew(&self, session_version: i32) -> Result<(), Error> {
        let Some(mut signed_in) = sessions::signed_in(&self.session).await? else { return Ok(()) };
        signed_in.session_version = session_version;
        signed_in.authenticated_at = self.state.clock.now().0;
        sessions::change(&self.session, &self.state.config, &signed_in, true).await
    }

    /// Answers as [`FormRequest::answer`], after giving this session the account's new
    /// `session_version`. The user did not enter their password, so the time of authentication stays
    /// the same.
    pub async fn answer_with_version(self, outcome: Result<(NextStep, i32), ServiceError>) -> Result<(), ApiError> {
        let (done, session_version) = match outcome {
            Ok(outcome) => outcome,
            Err(error) => return self.refuse(error).await,
        };
        if let Err(error) = self.set_session_version(session_version).await {
            return self.fail(&error);
        }
        self.finish(done).await
    }

    async fn set_session_version(&self, session_version: i32) -> Result<(), Error> {
        let Some(mut signed_in) = sessions::signed_in(&self.session).await? else { return Ok(()) };
        signed_in.session_version = session_version;
        sessions::change(&self.session, &self.state.config, &signed_in, false).await
    }

    /// Answers as [`FormRequest::answer`], or signs out if the user ended the current session.
    pub async fn answer_revoked(self, outcome: Result<RevokeOutcome, ServiceError>) -> Result<(), ApiError> {
        match outcome {
            Ok(RevokeOutcome::Current) => self.sign_out().await,
            Ok(RevokeOutcome::Another(done)) => self.answer(Ok(done)).await,
            Err(error) => self.answer(Err(error)).await,
        }
    }

    /// Ends the session: deletes its row and removes its cookie.
    pub async fn sign_out(self) -> Result<(), ApiError> {
        if self.session.id().is_some() {
            if let Err(fault) = self.state.session_manager.sign_out(&self.requester).await {
                return self.fail(&fault);
            }
            if let Err(error) = sessions::end(&self.session).await {
                return self.fail(&error);
            }
            tracing::info!(event = "signed_out", ip = %self.requester.ip);
        }
        self.redirect(paths::LOGIN);
        Ok(())
    }

    /// Answers as [`FormRequest::answer`]; on success, ends the session first.
    pub async fn answer_signed_out(self, outcome: Result<NextStep, ServiceError>) -> Result<(), ApiError> {
        if outcome.is_ok()
            && self.session.id().is_some()
            && let Err(error) = sessions::end(&self.session).await
        {
            return self.fail(&error);
        }
        self.answer(outcome).await
    }
}
