//! All configurable limits with their defaults. A test compares them with docs/configuration.md.

mod quota;

use std::num::NonZeroU32;
use std::time::Duration;

pub use quota::Quota;

use crate::crypto::hash_queue;

/// Session timeouts (ASVS 5.0, V7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Maximum time without a request.
    pub idle: Duration,
    /// Maximum total time.
    pub absolute: Duration,
    /// Both timeouts of a session that outlives the browser.
    pub remember: Duration,
}

/// The limits in effect. Lives as long as the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lifetime of a code, by the server's clock. At most 10 minutes (NIST SP 800-63B-4, section
    /// 3.1.3.2).
    pub otp_lifetime: Duration,
    /// Wrong codes after which a flow ends.
    pub otp_tries: u32,
    /// Wrong codes per email in 24 hours, across all flows and purposes.
    pub otp_wrong_per_day: u64,
    /// Minimum time between two codes of one flow.
    pub otp_resend_after: Duration,
    /// Codes per email and hour, across all purposes.
    pub otp_per_hour: usize,
    /// Codes per email in 24 hours, across all purposes.
    pub otp_per_day: usize,
    /// How often the email of a registration can be changed.
    pub email_changes: u32,
    /// Lifetime of an unfinished registration.
    pub registration_lifetime: Duration,
    /// Lifetime of an invitation.
    pub invitation_lifetime: Duration,
    /// Wrong passwords for an account from one IP prefix before further attempts are delayed.
    pub login_failures: u32,
    /// How long these failures are counted while no attempt is delayed.
    pub login_window: Duration,
    /// The first delay. It doubles with each failure.
    pub login_delay: Duration,
    /// The longest delay.
    pub login_delay_max: Duration,
    /// Wrong passwords per IP prefix, across all accounts.
    pub login_failures_per_ip: Quota,
    /// Wrong codes per IP prefix, across all registrations.
    pub wrong_codes_per_ip: Quota,
    /// Codes requested per IP prefix, across all recipients.
    pub codes_per_ip: Quota,
    /// Forms per IP prefix that are sent without the required solved challenge, for example by
    /// browsers without JavaScript.
    pub no_js_forms_per_ip: Quota,
    /// Minimum time between rendering a page and submitting its form without a solved challenge. A
    /// user needs time to type.
    pub form_min_fill: Duration,
    /// Sessions created per IP prefix without signing in, for example by rejected forms sent
    /// without JavaScript.
    pub anonymous_sessions_per_ip: Quota,
    /// Wrong second factors of an account, across all methods, before all methods are locked.
    pub mfa_failures: u32,
    /// Duration of that lockout.
    pub mfa_lockout: Duration,
    /// How long a trusted browser skips the second step.
    pub trust_lifetime: Duration,
    /// How long an email change can be undone from the old email.
    pub email_undo: Duration,
    /// Time between requesting the deletion of an account and its deletion.
    pub deletion_grace: Duration,
    /// How long codes are kept in the log. The daily limits on codes and wrong attempts are counted
    /// from it.
    pub otp_log: Duration,
    /// How long audit log entries are kept.
    pub audit_log: Duration,
    pub captcha: CaptchaLimits,
    pub session: SessionLimits,
    /// Maximum number of queued passwords, in addition to those being hashed.
    pub hash_queue: usize,
    /// Sustained rate of POST requests per second and IP prefix.
    pub posts_per_second: NonZeroU32,
    /// Burst of POST requests per IP prefix.
    pub posts_burst: NonZeroU32,
    pub connections: ConnectionLimits,
}

/// The difficulty and lifetime of challenges, and when signing in requires one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptchaLimits {
    /// Maximum time between rendering a page and submitting its form.
    pub lifetime: Duration,
    /// Maximum number of hashes that a browser has to compute; the average is half of it.
    pub difficulty: u32,
    /// Failures per IP prefix and hour after which signing in requires a challenge. After each
    /// further such number of failures, the difficulty doubles.
    pub after_failures: u32,
    /// Failures per account and hour, from any IP address, after which signing in to it requires a
    /// challenge.
    pub after_account_failures: u32,
}

/// The highest factor by which the difficulty of a challenge increases.
pub const CAPTCHA_HARDEST: u32 = 32;
/// How long failures from an IP prefix increase its difficulty.
pub const FAILURES_REMEMBERED: Duration = HOUR;
/// The maximum number of IP prefixes remembered, each for failures and for anonymous sessions. The
/// least recently used one is dropped first.
pub const PREFIXES_KEPT: usize = 100_000;

/// Limits on connections and their timeouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Maximum number of open connections.
    pub most: usize,
    /// Maximum number of open connections per IP prefix, except for trusted proxies.
    pub per_ip: usize,
    /// From the first byte of a request, or from the opening of the connection, to the end of the
    /// headers.
    pub header: Duration,
    /// From the end of the headers to the end of the body.
    pub body: Duration,
    /// From the end of the headers to the last byte of the response. A client that reads slower
    /// than about 10 kB/s cannot download the largest file.
    pub answer: Duration,
    /// Between two requests.
    pub idle: Duration,
}

/// The maximum number of IP prefixes remembered for the limit on POST requests. Each takes about 60
/// bytes, including the spare capacity of the table.
pub const FLOOD_KEYS: usize = 1_000_000;
/// Maximum lifetime of a recovery, however many codes are requested.
pub const RECOVERY_LIFETIME: Duration = DAY;
/// How long an invitation stays in the list after it has ended.
pub const INVITATIONS_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Maximum time between the password and the second step.
pub const SECOND_STEP_WAITS: Duration = Duration::from_secs(10 * 60);
/// How long a new authenticator app can wait for its first code.
pub const SEED_WAITS: Duration = Duration::from_secs(30 * 60);
/// How long entries of an account's security log are kept.
pub const SECURITY_LOG: Duration = Duration::from_secs(400 * 86_400);
/// How long the hourly counters are kept.
pub const TALLIES: Duration = Duration::from_secs(400 * 86_400);
/// How long a browser is recognized after it was last seen. Browsers keep cookies for at most 400
/// days (RFC 6265bis, section 5.5).
pub const DEVICE_RECOGNIZED: Duration = Duration::from_secs(400 * 86_400);
/// Maximum number of browsers remembered per account, most recent first.
pub const DEVICES_KEPT: u64 = 50;
/// Minimum time between two notices that an email was used to register again.
pub const EXISTS_NOTICE_EVERY: Duration = HOUR;
/// Valid codes per flow, so that a delayed message can still be used.
pub const OTP_LIVE: u64 = 2;

const MINUTE: Duration = Duration::from_secs(60);
pub const HOUR: Duration = Duration::from_secs(3_600);
pub const DAY: Duration = Duration::from_secs(86_400);

impl Default for Limits {
    fn default() -> Self {
        Self {
            otp_lifetime: MINUTE * 5,
            otp_tries: 5,
            otp_wrong_per_day: 15,
            otp_resend_after: MINUTE,
            otp_per_hour: 5,
            otp_per_day: 10,
            email_changes: 2,
            registration_lifetime: DAY,
            invitation_lifetime: DAY * 7,
            login_failures: 5,
            login_window: MINUTE * 5,
            login_delay: MINUTE / 2,
            login_delay_max: MINUTE * 15,
            login_failures_per_ip: Quota::per_hour(60),
            wrong_codes_per_ip: Quota::per_hour(60),
            codes_per_ip: Quota::per_hour(60),
            no_js_forms_per_ip: Quota::per_hour(30),
            form_min_fill: Duration::from_secs(2),
            anonymous_sessions_per_ip: Quota::per_hour(2_000),
            mfa_failures: 10,
            mfa_lockout: MINUTE * 15,
            trust_lifetime: DAY * 30,
            email_undo: HOUR * 72,
            deletion_grace: DAY * 7,
            otp_log: DAY * 30,
            audit_log: DAY * 400,
            captcha: CaptchaLimits {
                lifetime: HOUR,
                difficulty: 1_000_000,
                after_failures: 5,
                after_account_failures: 20,
            },
            session: SessionLimits { idle: MINUTE * 30, absolute: HOUR * 12, remember: DAY * 30 },
            hash_queue: hash_queue::WAITING_PER_CORE * hash_queue::cores(),
            posts_per_second: at_least_one(100),
            posts_burst: at_least_one(200),
            connections: ConnectionLimits {
                most: 2_048,
                per_ip: 1_024,
                header: Duration::from_secs(10),
                body: Duration::from_secs(20),
                answer: MINUTE,
                // Longer than nginx's timeout, so that nginx closes first and no request is lost.
                idle: Duration::from_secs(75),
            },
        }
    }
}

const fn at_least_one(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}
