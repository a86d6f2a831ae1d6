//! Applying a next step: changing the session and the cookies, and storing the messages of the next page.

use std::borrow::Cow;

use axum::http::HeaderValue;
use tower_sessions::Session;
use tower_sessions::session::Error;

use super::session::{self as sessions, cookies, flash, one_time_secrets, pending_form};
use crate::crypto::FlowToken;
use crate::islands::{Feedback, Flash};
use crate::services::{
    FactorChange, FlowChange, NextStep, Reauthenticated, RequestContext, SessionChange, SignInOutcome,
};
use crate::state::AppState;
use crate::store::sessions::SignedIn;

/// An applied step.
#[derive(Debug)]
pub struct Applied {
    /// Where to redirect the browser.
    pub to: Cow<'static, str>,
    /// The `Set-Cookie` headers of the response.
    pub cookies: Vec<HeaderValue>,
}

/// Applies a step. Every request that ends with a step is answered through this function, whether it
/// posted a form or opened a page.
pub async fn apply(
    state: &AppState,
    by: &RequestContext,
    session: &Session,
    mut step: NextStep,
) -> Result<Applied, Error> {
    let change = std::mem::take(&mut step.session);
    let signs_in = matches!(change, SessionChange::SignedIn(_));
    let mut cookies = change_session(state, by, session, change, &mut step).await?;
    cookies.extend(match &step.flow {
        FlowChange::Keep => None,
        FlowChange::Begin(flow, token) => cookies::begin_flow(&state.config, *flow, token),
        FlowChange::End(flow) => cookies::end_flow(&state.config, *flow),
    });
    match store_flash(state, by, session, &step).await {
        Err(error) if !signs_in => return Err(error),
        // The user is signed in, which matters more than the notice.
        Err(error) => tracing::error!(%error, "a notice was lost"),
        Ok(()) => {}
    }
    Ok(Applied { to: step.to, cookies })
}

/// Changes the session, and returns the cookies to set. After a reauthentication, `step` leads to the form that
/// required it.
async fn change_session(
    state: &AppState,
    by: &RequestContext,
    session: &Session,
    change: SessionChange,
    step: &mut NextStep,
) -> Result<Vec<HeaderValue>, Error> {
    match change {
        SessionChange::Keep => {}
        SessionChange::SignedIn(outcome) => return sign_in(state, session, *outcome).await,
        SessionChange::SecondStep(due) => sessions::begin_second_step(session, &due).await?,
        SessionChange::End => sessions::end(session).await?,
        SessionChange::Version(version) => update(state, session, false, |it| it.session_version = version).await?,
        SessionChange::Renewed(version) => {
            let now = state.clock.now().0;
            update(state, session, true, |it| (it.session_version, it.authenticated_at) = (version, now)).await?;
        }
        SessionChange::SteppedUp(outcome) => {
            sessions::change(session, &state.config, &outcome.signed_in, true).await?;
            let handle = outcome.signed_in.handle;
            one_time_secrets::add(session, state, handle, outcome.new_recovery_code).await?;
            return Ok(trust_cookie(state, outcome.trusted).into_iter().collect());
        }
        SessionChange::Reauthenticated(given) => {
            update(state, session, true, |it| reauthenticate(it, &given)).await?;
            if let Some(signed_in) = sessions::signed_in(session).await? {
                one_time_secrets::add(session, state, signed_in.handle, given.new_recovery_code).await?;
            }
            let flash = pending_form::take(session, step.notice.take()).await?;
            flash::put(session, state, by, &flash).await?;
            step.to = flash.path.into();
        }
        SessionChange::Factors { change, codes } => {
            let Some(signed_in) = sessions::signed_in(session).await? else { return Ok(Vec::new()) };
            if let Some(codes) = codes {
                one_time_secrets::put(session, state, signed_in.handle, &codes).await?;
            }
            let (now, renew) = (state.clock.now().0, matches!(change, FactorChange::Added { .. }));
            update(state, session, renew, |it| match change {
                FactorChange::Added { session_version } => {
                    (it.session_version, it.two_step, it.second_factor_at) = (session_version, true, Some(now));
                }
                FactorChange::RemovedLast => (it.two_step, it.second_factor_at) = (false, None),
                FactorChange::Kept => {}
            })
            .await?;
        }
    }
    Ok(Vec::new())
}

/// Records what the user has just given again.
fn reauthenticate(signed_in: &mut SignedIn, given: &Reauthenticated) {
    signed_in.authenticated_at = given.at.0;
    if let Some(origin) = &given.second_factor {
        signed_in.second_factor_at = Some(given.at.0);
        signed_in.ancestors = std::mem::take(&mut signed_in.ancestors).join(origin);
    }
}

/// Starts a signed-in session, and returns the cookies that recognize and trust the browser.
async fn sign_in(state: &AppState, session: &Session, outcome: SignInOutcome) -> Result<Vec<HeaderValue>, Error> {
    let config = &state.config;
    sessions::begin(session, config, &outcome.signed_in).await?;
    // The user is signed in, which matters more than the code, and can create new ones.
    if let Err(error) = one_time_secrets::add(session, state, outcome.signed_in.handle, outcome.new_recovery_code).await
    {
        tracing::error!(%error, "a recovery code was lost");
    }
    let device = outcome.device.and_then(|token| cookies::device(config, &token));
    let trust = trust_cookie(state, outcome.trusted);
    // A notice about a new device may be queued.
    state.mailer.wake();
    Ok(device.into_iter().chain(trust).collect())
}

fn trust_cookie(state: &AppState, trusted: Option<(String, FlowToken)>) -> Option<HeaderValue> {
    let lifetime = state.config.limits.trust_lifetime;
    trusted.and_then(|(name, token)| cookies::trust(&state.config, &name, &token, lifetime))
}

/// Updates the session if it is signed in. With `renew` it gets a new ID.
async fn update(
    state: &AppState,
    session: &Session,
    renew: bool,
    change: impl FnOnce(&mut SignedIn),
) -> Result<(), Error> {
    let Some(mut signed_in) = sessions::signed_in(session).await? else { return Ok(()) };
    change(&mut signed_in);
    sessions::change(session, &state.config, &signed_in, renew).await
}

/// Stores the notice and the field values of `step` for the page it leads to.
async fn store_flash(state: &AppState, by: &RequestContext, session: &Session, step: &NextStep) -> Result<(), Error> {
    if step.notice.is_none() && step.values.is_empty() {
        return Ok(());
    }
    let flash = Flash {
        path: step.to.to_string(),
        form: step.to.to_string(),
        feedback: Feedback::default(),
        values: step.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        notice: step.notice.clone(),
    };
    // Over the session limit the redirect still happens, without the message.
    flash::put(session, state, by, &flash).await?;
    Ok(())
}
