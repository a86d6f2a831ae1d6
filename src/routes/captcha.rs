//! Converts captcha challenges between the services and the pages.

use crate::islands::{Captcha, CaptchaAnswer, CaptchaKind, PowChallenge, Widget};
use crate::paths;
use crate::services::RequestContext;
use crate::services::captcha::{Answer, Form};
use crate::state::AppState;

/// Returns the form on this page that may need a captcha.
#[must_use]
pub fn form_on(page: &str) -> Option<Form> {
    match page {
        paths::VERIFY | paths::RECOVER_VERIFY => Some(Form::Resend),
        other => form_with(other),
    }
}

/// Returns the form with this action, if it may need a captcha.
#[must_use]
pub fn form_with(action: &str) -> Option<Form> {
    match action {
        paths::REGISTER => Some(Form::Register),
        paths::VERIFY_RESEND | paths::RECOVER_RESEND => Some(Form::Resend),
        paths::LOGIN => Some(Form::Login),
        paths::RECOVER => Some(Form::Recover),
        _ => None,
    }
}

/// Returns the challenge for the next post of this form, if one is needed. Sign-in needs one only
/// after failed attempts.
#[must_use]
pub fn offer(state: &AppState, form: Form, by: &RequestContext) -> Option<Captcha> {
    if form == Form::Login && !state.captcha.is_suspect(by) { None } else { demand(state, form, by) }
}

/// Returns the challenge for the next post of this form, even if sign-in did not need one so far.
#[must_use]
pub fn demand(state: &AppState, form: Form, by: &RequestContext) -> Option<Captcha> {
    let challenge = state.captcha.offer(form, by)?;
    let kind = match &state.captcha.third_party {
        None => CaptchaKind::PowChallenge(PowChallenge {
            seed: challenge.seed,
            prefix: challenge.prefix,
            most: challenge.most,
        }),
        Some(third_party) => CaptchaKind::Widget(Widget {
            script: third_party.provider.script().to_owned(),
            class: third_party.provider.class().to_owned(),
            site_key: third_party.site_key.clone(),
            action: third_party.action(form).map(str::to_owned),
        }),
    };
    Some(Captcha { challenge: challenge.token, kind })
}

/// Converts the captcha fields of a form to the type that the service checks.
#[must_use]
pub fn read(answer: &CaptchaAnswer) -> Answer<'_> {
    let widget = if answer.turnstile.is_empty() { &answer.hcaptcha } else { &answer.turnstile };
    Answer { challenge: &answer.captcha, honeypot: &answer.website, widget }
}
