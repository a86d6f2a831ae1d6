//! The limits, each with its `PORTAL_…` variable. Durations are in seconds.
//!
//! [`crate::limits`] documents each limit. [`table`] lists the values in effect, as `portal
//! check-config` prints them; docs/configuration.md lists the defaults.

use std::num::NonZeroU32;

use super::Mistakes;
use super::env::Env;
use crate::limits::{CaptchaLimits, ConnectionLimits, Limits, Quota, SessionLimits};

const DAY: u64 = 86_400;
/// More requests per second than any machine can handle.
const POSTS: NonZeroU32 = NonZeroU32::MIN.saturating_add(999_999);

/// Loads the limits; those that are not set keep their default.
pub fn load(env: &Env, mistakes: &mut Mistakes) -> Limits {
    let default = Limits::default();
    let (session, captcha) = (default.session, default.captcha);
    let mut per_hour = |name, default: Quota| Quota::per_hour(env.number(name, default.most, 1..=1_000_000, mistakes));
    let login_failures_per_ip = per_hour("PORTAL_LOGIN_FAILURES_PER_IP", default.login_failures_per_ip);
    let wrong_codes_per_ip = per_hour("PORTAL_WRONG_CODES_PER_IP", default.wrong_codes_per_ip);
    let codes_per_ip = per_hour("PORTAL_CODES_PER_IP", default.codes_per_ip);
    let no_js_forms_per_ip = per_hour("PORTAL_NO_JS_FORMS_PER_IP", default.no_js_forms_per_ip);
    let anonymous_sessions_per_ip = per_hour("PORTAL_ANONYMOUS_SESSIONS_PER_IP", default.anonymous_sessions_per_ip);
    let limits = Limits {
        // NIST SP 800-63B-4, section 3.1.3.2 allows ten minutes.
        otp_lifetime: env.seconds("PORTAL_OTP_LIFETIME", default.otp_lifetime, 1..=600, mistakes),
        otp_tries: env.number("PORTAL_OTP_TRIES", default.otp_tries, 1..=10, mistakes),
        otp_wrong_per_day: env.number("PORTAL_OTP_WRONG_PER_DAY", default.otp_wrong_per_day, 1..=100, mistakes),
        otp_resend_after: env.seconds("PORTAL_OTP_RESEND_AFTER", default.otp_resend_after, 1..=600, mistakes),
        otp_per_hour: env.number("PORTAL_OTP_PER_HOUR", default.otp_per_hour, 1..=100, mistakes),
        otp_per_day: env.number("PORTAL_OTP_PER_DAY", default.otp_per_day, 1..=1_000, mistakes),
        email_changes: env.number("PORTAL_EMAIL_CHANGES", default.email_changes, 0..=10, mistakes),
        registration_lifetime: env.seconds(
            "PORTAL_REGISTRATION_LIFETIME",
            default.registration_lifetime,
            600..=7 * DAY,
            mistakes,
        ),
        invitation_lifetime: env.seconds(
            "PORTAL_INVITATION_LIFETIME",
            default.invitation_lifetime,
            3_600..=90 * DAY,
            mistakes,
        ),
        login_failures: env.number("PORTAL_LOGIN_FAILURES", default.login_failures, 1..=100, mistakes),
        login_window: env.seconds("PORTAL_LOGIN_WINDOW", default.login_window, 1..=DAY, mistakes),
        login_delay: env.seconds("PORTAL_LOGIN_DELAY", default.login_delay, 1..=3_600, mistakes),
        login_delay_max: env.seconds("PORTAL_LOGIN_DELAY_MAX", default.login_delay_max, 1..=3_600, mistakes),
        login_failures_per_ip,
        wrong_codes_per_ip,
        codes_per_ip,
        no_js_forms_per_ip,
        form_min_fill: env.seconds("PORTAL_FORM_MIN_FILL", default.form_min_fill, 0..=30, mistakes),
        anonymous_sessions_per_ip,
        mfa_failures: env.number("PORTAL_MFA_FAILURES", default.mfa_failures, 1..=100, mistakes),
        mfa_lockout: env.seconds("PORTAL_MFA_LOCKOUT", default.mfa_lockout, 60..=DAY, mistakes),
        trust_lifetime: env.seconds("PORTAL_TRUST_LIFETIME", default.trust_lifetime, 3_600..=400 * DAY, mistakes),
        email_undo: env.seconds("PORTAL_EMAIL_UNDO", default.email_undo, 3_600..=30 * DAY, mistakes),
        deletion_grace: env.seconds("PORTAL_DELETION_GRACE", default.deletion_grace, 3_600..=90 * DAY, mistakes),
        otp_log: env.seconds("PORTAL_OTP_LOG", default.otp_log, DAY..=400 * DAY, mistakes),
        audit_log: env.seconds("PORTAL_AUDIT_LOG", default.audit_log, DAY..=4_000 * DAY, mistakes),
        captcha: CaptchaLimits {
            lifetime: env.seconds("PORTAL_CAPTCHA_LIFETIME", captcha.lifetime, 60..=DAY, mistakes),
            difficulty: env.number("PORTAL_CAPTCHA_DIFFICULTY", captcha.difficulty, 1..=50_000_000, mistakes),
            after_failures: env.number("PORTAL_CAPTCHA_AFTER_FAILURES", captcha.after_failures, 1..=10_000, mistakes),
            after_account_failures: env.number(
                "PORTAL_CAPTCHA_AFTER_ACCOUNT_FAILURES",
                captcha.after_account_failures,
                1..=10_000,
                mistakes,
            ),
        },
        session: SessionLimits {
            idle: env.seconds("PORTAL_SESSION_IDLE", session.idle, 60..=DAY, mistakes),
            absolute: env.seconds("PORTAL_SESSION_ABSOLUTE", session.absolute, 60..=30 * DAY, mistakes),
            remember: env.seconds("PORTAL_SESSION_REMEMBER", session.remember, DAY..=365 * DAY, mistakes),
        },
        hash_queue: env.number("PORTAL_HASH_QUEUE", default.hash_queue, 0..=10_000, mistakes),
        posts_per_second: env.number(
            "PORTAL_POSTS_PER_SECOND",
            default.posts_per_second,
            NonZeroU32::MIN..=POSTS,
            mistakes,
        ),
        posts_burst: env.number("PORTAL_POSTS_BURST", default.posts_burst, NonZeroU32::MIN..=POSTS, mistakes),
        connections: connections(env, default.connections, mistakes),
    };
    if limits.login_delay > limits.login_delay_max {
        mistakes.add("PORTAL_LOGIN_DELAY", "must not be longer than PORTAL_LOGIN_DELAY_MAX");
    }
    if limits.session.idle > limits.session.absolute {
        mistakes.add("PORTAL_SESSION_IDLE", "must not be longer than PORTAL_SESSION_ABSOLUTE");
    }
    limits
}

fn connections(env: &Env, default: ConnectionLimits, mistakes: &mut Mistakes) -> ConnectionLimits {
    let most = env.number("PORTAL_CONNECTIONS_MAX", default.most, 1..=100_000, mistakes);
    // By default, a single IP prefix can use at most half of the connections.
    let half = most.div_ceil(2);
    ConnectionLimits {
        most,
        per_ip: env.number("PORTAL_CONNECTIONS_PER_IP", half, 1..=most, mistakes),
        header: env.seconds("PORTAL_HEADER_TIMEOUT", default.header, 1..=60, mistakes),
        body: env.seconds("PORTAL_BODY_TIMEOUT", default.body, 1..=60, mistakes),
        answer: default.answer,
        idle: env.seconds("PORTAL_IDLE_TIMEOUT", default.idle, 1..=600, mistakes),
    }
}

/// Returns every configurable limit: its variable and its value in effect.
#[must_use]
pub fn table(limits: &Limits) -> Vec<(&'static str, u64)> {
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let Limits { captcha, session, connections, .. } = limits;
    vec![
        ("PORTAL_OTP_LIFETIME", limits.otp_lifetime.as_secs()),
        ("PORTAL_OTP_TRIES", limits.otp_tries.into()),
        ("PORTAL_OTP_WRONG_PER_DAY", limits.otp_wrong_per_day),
        ("PORTAL_OTP_RESEND_AFTER", limits.otp_resend_after.as_secs()),
        ("PORTAL_OTP_PER_HOUR", count(limits.otp_per_hour)),
        ("PORTAL_OTP_PER_DAY", count(limits.otp_per_day)),
        ("PORTAL_EMAIL_CHANGES", limits.email_changes.into()),
        ("PORTAL_REGISTRATION_LIFETIME", limits.registration_lifetime.as_secs()),
        ("PORTAL_INVITATION_LIFETIME", limits.invitation_lifetime.as_secs()),
        ("PORTAL_LOGIN_FAILURES", limits.login_failures.into()),
        ("PORTAL_LOGIN_WINDOW", limits.login_window.as_secs()),
        ("PORTAL_LOGIN_DELAY", limits.login_delay.as_secs()),
        ("PORTAL_LOGIN_DELAY_MAX", limits.login_delay_max.as_secs()),
        ("PORTAL_LOGIN_FAILURES_PER_IP", limits.login_failures_per_ip.most.into()),
        ("PORTAL_WRONG_CODES_PER_IP", limits.wrong_codes_per_ip.most.into()),
        ("PORTAL_CODES_PER_IP", limits.codes_per_ip.most.into()),
        ("PORTAL_NO_JS_FORMS_PER_IP", limits.no_js_forms_per_ip.most.into()),
        ("PORTAL_ANONYMOUS_SESSIONS_PER_IP", limits.anonymous_sessions_per_ip.most.into()),
        ("PORTAL_MFA_FAILURES", limits.mfa_failures.into()),
        ("PORTAL_MFA_LOCKOUT", limits.mfa_lockout.as_secs()),
        ("PORTAL_TRUST_LIFETIME", limits.trust_lifetime.as_secs()),
        ("PORTAL_EMAIL_UNDO", limits.email_undo.as_secs()),
        ("PORTAL_DELETION_GRACE", limits.deletion_grace.as_secs()),
        ("PORTAL_OTP_LOG", limits.otp_log.as_secs()),
        ("PORTAL_AUDIT_LOG", limits.audit_log.as_secs()),
        ("PORTAL_FORM_MIN_FILL", limits.form_min_fill.as_secs()),
        ("PORTAL_CAPTCHA_LIFETIME", captcha.lifetime.as_secs()),
        ("PORTAL_CAPTCHA_DIFFICULTY", captcha.difficulty.into()),
        ("PORTAL_CAPTCHA_AFTER_FAILURES", captcha.after_failures.into()),
        ("PORTAL_CAPTCHA_AFTER_ACCOUNT_FAILURES", captcha.after_account_failures.into()),
        ("PORTAL_SESSION_IDLE", session.idle.as_secs()),
        ("PORTAL_SESSION_ABSOLUTE", session.absolute.as_secs()),
        ("PORTAL_SESSION_REMEMBER", session.remember.as_secs()),
        ("PORTAL_HASH_QUEUE", count(limits.hash_queue)),
        ("PORTAL_POSTS_PER_SECOND", limits.posts_per_second.get().into()),
        ("PORTAL_POSTS_BURST", limits.posts_burst.get().into()),
        ("PORTAL_CONNECTIONS_MAX", count(connections.most)),
        ("PORTAL_CONNECTIONS_PER_IP", count(connections.per_ip)),
        ("PORTAL_HEADER_TIMEOUT", connections.header.as_secs()),
        ("PORTAL_BODY_TIMEOUT", connections.body.as_secs()),
        ("PORTAL_IDLE_TIMEOUT", connections.idle.as_secs()),
    ]
}
