//! What a completed request changes in the session.

use axum::http::header::SET_COOKIE;
use tower_sessions::session::Error;

use super::FormRequest;
use crate::routes::session::{self as sessions, cookies, flash, one_time_secrets, pending_form};
use crate::services::{NextStep, SessionChange, SignInOutcome};
use crate::store::sessions::SignedIn;

impl FormRequest {
    /// Applies a change to the session. After a reauthentication, `step` leads to the form that required it.
    pub(super) async fn change_session(&self, change: SessionChange, step: &mut NextStep) -> Result<(), Error> {
        let session = &self.session;
        match change {
            SessionChange::Keep => Ok(()),
            SessionChange::SignedIn(entered) => self.begin_session(*entered).await,
            SessionChange::SecondStep(due) => sessions::begin_second_step(session, &due).await,
            SessionChange::End => sessions::end(session).await,
            SessionChange::Version(version) => self.update(false, |it| it.session_version = version).await,
            SessionChange::Renewed(version) => {
                let now = self.state.clock.now().0;
                self.update(true, |it| (it.session_version, it.authenticated_at) = (version, now)).await
            }
            SessionChange::Reauthenticated(at) => {
                self.update(false, |it| it.authenticated_at = at.0).await?;
                let flash = pending_form::take(session).await?;
                flash::put(session, &self.state, &self.requester, &flash).await?;
                step.to = flash.path.into();
                Ok(())
            }
            SessionChange::Factors { two_step, codes } => {
                let Some(signed_in) = sessions::signed_in(session).await? else { return Ok(()) };
                if let Some(codes) = codes {
                    one_time_secrets::put(session, &self.state, signed_in.handle, &codes).await?;
                }
                self.update(false, |it| it.two_step = two_step.unwrap_or(it.two_step)).await
            }
        }
    }

    async fn begin_session(&self, entered: SignInOutcome) -> Result<(), Error> {
        let config = &self.state.config;
        sessions::begin(&self.session, config, &entered.signed_in).await?;
        let device = entered.device.and_then(|token| cookies::device(config, &token));
        let lifetime = config.limits.trust_lifetime;
        let trust = entered.trusted.and_then(|(name, token)| cookies::trust(config, &name, &token, lifetime));
        for cookie in device.into_iter().chain(trust) {
            self.response.append_header(SET_COOKIE, cookie);
        }
        self.state.devices().wake();
        Ok(())
    }

    /// Updates the session if it is signed in. With `renew` it gets a new ID.
    async fn update(&self, renew: bool, change: impl FnOnce(&mut SignedIn)) -> Result<(), Error> {
        let Some(mut signed_in) = sessions::signed_in(&self.session).await? else { return Ok(()) };
        change(&mut signed_in);
        sessions::change(&self.session, &self.state.config, &signed_in, renew).await
    }
}
