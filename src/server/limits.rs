//! Every limit that can be set, with its default: one table for the code, the
//! README and `portal check-config`.

use std::num::NonZeroU32;
use std::time::Duration;

use super::crypto::hash_queue;
use super::store::sessions::SessionLimits;
use crate::domain::Timestamp;

/// The limits in force. Lives as long as the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a code counts, by the server's clock.
    /// (At most 10 minutes: NIST SP 800-63B-4, section 3.1.3.2.)
    pub otp_lifetime: Duration,
    /// Wrong codes that end a flow.
    pub otp_tries: u32,
    /// Wrong codes for an address in 24 hours, over all flows and purposes.
    pub otp_wrong_per_day: u64,
    /// The least time between two codes of one flow.
    pub otp_resend_after: Duration,
    /// Codes for an address in an hour, all purposes together.
    pub otp_per_hour: usize,
    /// Codes for an address in 24 hours, all purposes together.
    pub otp_per_day: usize,
    /// How often a registration's address may be corrected.
    pub email_changes: u32,
    /// When an unfinished registration is forgotten.
    pub registration_lifetime: Duration,
    /// How long an invitation can be used.
    pub invitation_lifetime: Duration,
    /// Wrong passwords for an account from one address prefix before each
    /// further try has to wait.
    pub login_failures: u32,
    /// How long those failures are remembered while none has to wait.
    pub login_window: Duration,
    /// The first wait; it doubles with each failure.
    pub login_delay: Duration,
    /// The longest wait.
    pub login_delay_max: Duration,
    /// Wrong passwords from an address prefix, over all accounts.
    pub login_failures_per_address: Quota,
    /// Wrong codes from an address prefix, over all registrations.
    pub wrong_codes_per_address: Quota,
    /// Codes asked for from an address prefix, over all recipients.
    pub codes_per_address: Quota,
    /// Forms from an address prefix that ask for a solved challenge and come
    /// without one, as from a browser that runs no script.
    pub unproven_per_address: Quota,
    /// The least time from the making of a page until its form is sent without
    /// a solved challenge: a person has to type.
    pub form_min_fill: Duration,
    /// Sessions that an address prefix may cause without signing in, such as by
    /// plain forms that were refused.
    pub newcomers_per_address: Quota,
    /// Wrong second factors of an account, of every kind together, before all
    /// of them have to wait.
    pub mfa_failures: u32,
    /// How long they then wait.
    pub mfa_lockout: Duration,
    /// How long a trusted browser is not asked for the second step.
    pub trust_lifetime: Duration,
    /// How long a change of address can be undone from the old one.
    pub email_undo: Duration,
    /// From asking for the deletion of an account until it goes.
    pub deletion_grace: Duration,
    /// How long codes stay in the log after they were issued; a day's wrong
    /// tries and codes are counted from it.
    pub otp_log: Duration,
    /// How long the audit log reaches back.
    pub audit_log: Duration,
    pub captcha: CaptchaLimits,
    pub session: SessionLimits,
    /// Passwords that may wait to be hashed, beside those being hashed.
    pub hash_queue: usize,
    /// Posts a second from one address prefix, over any length of time.
    pub posts_per_second: NonZeroU32,
    /// Posts from one address prefix at once.
    pub posts_burst: NonZeroU32,
    pub connections: ConnectionLimits,
}

/// How hard a challenge is, how long it counts, and when signing in asks for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptchaLimits {
    /// From the making of a page until its form has to be sent.
    pub lifetime: Duration,
    /// Most hashes that a browser has to compute, half of it on average.
    pub difficulty: u32,
    /// Failures from an address prefix in an hour after which signing in asks
    /// for one; after as many more a challenge takes twice the hashes.
    pub after_failures: u32,
    /// Failures for an account in an hour, from wherever, after which signing
    /// in to it asks for one.
    pub after_account_failures: u32,
}

/// At most so many at once, and again evenly over the time (the generic cell
/// rate algorithm of ITU-T I.371: one moment is all that has to be kept).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    pub most: u32,
    pub per: Duration,
}

impl Quota {
    #[must_use]
    pub const fn per_hour(most: u32) -> Self {
        Self { most, per: HOUR }
    }

    /// How long it takes until one that was taken is there again.
    #[must_use]
    pub fn share(self) -> Duration {
        self.per / self.most.max(1)
    }

    /// Takes one of a quota that will be whole again at `full_at`: gives the
    /// later moment at which it now will be.
    ///
    /// # Errors
    /// How long to wait when there is none to take.
    pub fn take(self, full_at: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Duration> {
        // What lies further ahead was written before the clock was set back.
        let full_at = full_at.unwrap_or(now).clamp(now, now + self.per) + self.share();
        let free_at = now + self.per;
        if full_at > free_at { Err(full_at.since(free_at)) } else { Ok(full_at) }
    }
}

/// How many times harder than at first a challenge becomes at most.
pub const CAPTCHA_HARDEST: u32 = 32;
/// How long failures from an address prefix make its challenges harder.
pub const FAILURES_REMEMBERED: Duration = HOUR;
/// Address prefixes that are remembered, of those that failed and of those that
/// caused sessions: who was not seen for longest is forgotten first.
pub const PREFIXES_KEPT: usize = 100_000;

/// What a connection may take, of room and of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at the same time.
    pub most: usize,
    /// Of these, from one address prefix that is no trusted proxy's.
    pub per_address: usize,
    /// From the first octet of a request, or from the opening of the
    /// connection, to the end of the headers.
    pub header: Duration,
    /// From there to the end of the body.
    pub body: Duration,
    /// From the headers to the last octet of the answer: a visitor who reads
    /// at less than some 10 kB a second does not get the largest file.
    pub answer: Duration,
    /// Between two requests.
    pub idle: Duration,
}

/// Address prefixes that the limit on posts remembers. One takes about 60
/// octets, with the room that the table keeps free.
pub const FLOOD_KEYS: usize = 1_000_000;
/// How long a recovery can go on, however many codes are asked for.
pub const RECOVERY_LIFETIME: Duration = DAY;
/// How long an invitation is listed after its end.
pub const INVITATIONS_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// How long a second step may be left undone after the password.
pub const SECOND_STEP_WAITS: Duration = Duration::from_secs(10 * 60);
/// How long an authenticator app may be added without its first code.
pub const SEED_WAITS: Duration = Duration::from_secs(30 * 60);
/// How long a person's security log reaches back.
pub const SECURITY_LOG: Duration = Duration::from_secs(400 * 86_400);
/// How long it is known how often things happened.
pub const TALLIES: Duration = Duration::from_secs(400 * 86_400);
/// How long a browser is recognised after it was last seen. Browsers keep no
/// cookie longer than 400 days (RFC 6265bis, section 5.5).
pub const DEVICE_RECOGNISED: Duration = Duration::from_secs(400 * 86_400);
/// Browsers that an account is remembered to have been seen in, the last ones.
pub const DEVICES_KEPT: u64 = 50;
/// How often the owner of an address is told that somebody registered with it.
pub const EXISTS_NOTICE_EVERY: Duration = HOUR;
/// Codes of one flow that count at the same time: a late mail is not a trap.
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
            login_failures_per_address: Quota::per_hour(60),
            wrong_codes_per_address: Quota::per_hour(60),
            codes_per_address: Quota::per_hour(60),
            unproven_per_address: Quota::per_hour(30),
            form_min_fill: Duration::from_secs(2),
            newcomers_per_address: Quota::per_hour(2_000),
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
                per_address: 1_024,
                header: Duration::from_secs(10),
                body: Duration::from_secs(20),
                answer: MINUTE,
                // Longer than nginx keeps its side: who closes first loses no request.
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

#[cfg(test)]
mod tests {
    use super::{Duration, Quota, Timestamp};

    #[test]
    fn a_quota_is_taken_at_once_and_comes_back_evenly() {
        let quota = Quota { most: 3, per: Duration::from_secs(60) };
        let now = Timestamp(1_000_000);
        let mut full_at = None;
        for _ in 0..3 {
            full_at = Some(quota.take(full_at, now).expect("there is one left"));
        }
        assert_eq!(quota.take(full_at, now), Err(Duration::from_secs(20)));
        assert_eq!(quota.take(full_at, now + Duration::from_secs(19)), Err(Duration::from_secs(1)));
        let later = now + Duration::from_secs(20);
        full_at = Some(quota.take(full_at, later).expect("one came back"));
        assert_eq!(quota.take(full_at, later), Err(Duration::from_secs(20)));
        assert!(quota.take(full_at, now + Duration::from_secs(600)).is_ok());
    }

    #[test]
    fn a_clock_set_back_makes_nobody_wait_longer_than_for_one() {
        let quota = Quota::per_hour(60);
        let used = Some(Timestamp(1_000_000_000));
        assert_eq!(quota.take(used, Timestamp(0)), Err(Duration::from_secs(60)));
    }
}
