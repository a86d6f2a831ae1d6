//! The security settings of the signed-in user.

use std::time::Duration;

use crate::api::{AddingView, AppView, SecondStepView, SecurityView, TrustedBrowserView, TwoStepView};
use crate::services::outcome::InternalError;
use crate::services::second_factor::{Adding, Overview};
use crate::services::user_agent::describe_user_agent;
use crate::services::{RequestContext, ServiceError};
use crate::state::AppState;
use crate::store::trusted_browsers::TrustedBrowser;

pub(super) async fn load(state: &AppState, by: &RequestContext) -> Result<SecurityView, ServiceError> {
    let Overview { app_since, adding, factors, recovery_codes_left, browsers, required } =
        state.second_factor.overview(by).await?;
    let adding = match adding {
        Adding::Nothing => AddingView::Nothing,
        Adding::Hidden => AddingView::Hidden,
        Adding::Shown { seed, url, qr } => {
            AddingView::Shown { secret: seed.in_groups(), url, qr_side: qr.side, qr_path: qr.path }
        }
    };
    let app = AppView { since: app_since, can_turn_off: !required || factors.passkeys > 0, adding };
    Ok(SecurityView {
        two_step: TwoStepView { app, recovery_codes_left: factors.any().then_some(recovery_codes_left) },
        passkeys: super::passkeys::list(state, by).await?,
        events: super::security_log::newest(state, by).await?,
        browsers: browsers.into_iter().map(|(browser, this)| browser_view(browser, this)).collect(),
    })
}

pub(super) async fn second_step(state: &AppState, by: &RequestContext) -> Result<SecondStepView, InternalError> {
    let Some(due) = &by.second_step else { return Ok(SecondStepView::default()) };
    let factors = state.second_factor.factors_for(due).await?;
    let trust_lifetime = format_duration(state.config.limits.trust_lifetime);
    Ok(SecondStepView { has_app: factors.app, has_passkeys: factors.passkeys > 0, trust_lifetime })
}

/// Formats a duration in whole days, or in hours if it is shorter than a day.
fn format_duration(time: Duration) -> String {
    let hours = time.as_secs() / 3_600;
    match (hours / 24, hours) {
        (0, 0 | 1) => "an hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (1, _) => "a day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}

fn browser_view(browser: TrustedBrowser, this: bool) -> TrustedBrowserView {
    TrustedBrowserView {
        id: browser.id.to_string(),
        browser: describe_user_agent(&browser.user_agent),
        ip: browser.ip,
        since: browser.created_at,
        last_used_at: browser.last_used_at,
        until: browser.expires_at,
        this,
    }
}
