//! Viewing and ending a user's own sessions.

use uuid::Uuid;

use super::core::Core;
use super::outcome::{NextStep, ServiceError, SessionChange};
use super::request_context::RequestContext;
use super::user_agent::describe_user_agent;
use crate::domain::{NoticeKind, SecurityEvent};
use crate::limits::SESSIONS_MAX;
use crate::paths;
use crate::store::accounts;
use crate::store::sessions::{self, LiveSession, SignedIn};

const NOT_THERE: &str = "That session has already ended.";

/// The service behind `/account/sessions` and signing out.
#[derive(Clone, Copy, Debug)]
pub struct SessionManager<'a> {
    core: &'a Core,
}

impl Core {
    #[must_use]
    pub const fn session_manager(&self) -> SessionManager<'_> {
        SessionManager { core: self }
    }
}

impl SessionManager<'_> {
    /// Returns the user's valid sessions, newest first.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub async fn live(&self, by: &RequestContext) -> Result<Vec<LiveSession>, ServiceError> {
        let member = by.member()?;
        Ok(self.core.sessions.live(member.account_id, member.session_version, SESSIONS_MAX).await?)
    }

    /// Ends one of the user's sessions by its public id. Signs out if it is the current one.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`], [`ServiceError::ReauthenticationRequired`] unless it is the current session,
    /// or [`ServiceError::Refused`] if they have no such session.
    pub async fn end(&self, handle: &str, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let member = by.member()?;
        let Ok(handle) = Uuid::try_parse(handle) else { return Err(ServiceError::Refused(NOT_THERE)) };
        if handle == member.session {
            return self.sign_out(by).await;
        }
        let own = self.core.begin_own_reauthenticated(by).await?;
        let Some(ended) = sessions::end(&own.tx, member.account_id, handle).await? else {
            return Err(ServiceError::Refused(NOT_THERE));
        };
        self.core
            .security_log()
            .record_with_detail(&own.tx, member.account_id, SecurityEvent::SessionEnded, &label(&ended), by)
            .await?;
        own.commit().await?;
        tracing::info!(event = "session.ended", account = %member.account_id, ip = %by.ip);
        let done = NextStep::go(paths::ACCOUNT_SESSIONS);
        let browser = describe_user_agent(&ended.user_agent);
        Ok(done.with_notice(NoticeKind::Success, format!("Session ended: {browser}.")))
    }

    /// Ends all of the user's sessions except the current one, and all sign-ins in progress.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] or [`ServiceError::ReauthenticationRequired`].
    pub async fn end_others(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        let own = self.core.begin_own_reauthenticated(by).await?;
        let (tx, member) = (&own.tx, own.member);
        sessions::end_others(tx, member.account_id, member.session).await?;
        accounts::end_sessions(tx, member.account_id).await?;
        self.core.security_log().record(tx, member.account_id, SecurityEvent::OtherSessionsEnded, by).await?;
        own.commit().await?;
        tracing::info!(event = "session.others_ended", account = %member.account_id, ip = %by.ip);
        let done = NextStep::go(paths::ACCOUNT_SESSIONS);
        let done = done.with_notice(NoticeKind::Success, "You've been signed out on all other devices.");
        Ok(done.with_session(SessionChange::Version(member.session_version + 1)))
    }

    /// Ends the current session, also one that waits for its second step.
    pub async fn sign_out(&self, by: &RequestContext) -> Result<NextStep, ServiceError> {
        match self.core.begin_own(by).await {
            Ok(own) => {
                sessions::end(&own.tx, own.account.id, own.member.session).await?;
                self.core.security_log().record(&own.tx, own.account.id, SecurityEvent::SignedOut, by).await?;
                own.commit().await?;
            }
            // The session has already ended.
            Err(ServiceError::Unauthenticated) => {}
            Err(error) => return Err(error),
        }
        if by.member.is_some() || by.second_step.is_some() {
            tracing::info!(event = "signed_out", ip = %by.ip);
        }
        Ok(NextStep::go(paths::LOGIN).with_session(SessionChange::End))
    }
}

fn label(ended: &SignedIn) -> String {
    format!("{}, signed in from {}", describe_user_agent(&ended.user_agent), ended.ip)
}
