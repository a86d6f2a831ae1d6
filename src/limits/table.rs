//! The table of limits. Every setting that is a number is one entry in it: the field of its struct, its
//! `PORTAL_…` variable, its default, its range and its meaning, which is also the documentation of the field.

use std::num::NonZeroU32;
use std::time::Duration;

use super::Quota;
use super::limit::{Amount as _, DAY, HOUR, Limit, MINUTE, count, per_hour, per_second, seconds};
use crate::crypto::hash_queue::WAITING_PER_CORE;
use crate::domain::limits::PASSWORD_MIN;

/// Declares a struct of limits: entries by heading, groups of limits with a struct of their own, and values that are
/// not configurable.
macro_rules! limits {
    (
        $(#[$attribute:meta])*
        $struct:ident {
            $($heading:literal {
                $($(#[$doc:meta])* $field:ident: $type:ty = $limit:expr, $meaning:literal;)*
            })*
            $(group $group:ident: $group_type:ident;)*
            $($(#[$fixed_doc:meta])* fixed $fixed:ident: $fixed_type:ty = $value:expr;)*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $struct {
            $($(#[doc = $meaning] $(#[$doc])* pub $field: $type,)*)*
            $(pub $group: $group_type,)*
            $($(#[$fixed_doc])* pub $fixed: $fixed_type,)*
        }

        impl $struct {
            /// Creates the limits from the number of each, in the order of the table.
            pub fn from_numbers(number: &mut impl FnMut(&'static Limit) -> u64) -> Self {
                Self {
                    $($($field: <$type>::from_number(number(const { &$limit.described($heading, $meaning) })),)*)*
                    $($group: $group_type::from_numbers(number),)*
                    $($fixed: $value,)*
                }
            }

            /// Returns each limit and its number, in the order of the table.
            #[must_use]
            pub fn numbers(&self) -> Vec<(&'static Limit, u64)> {
                let own = vec![$($((const { &$limit.described($heading, $meaning) }, self.$field.number()),)*)*];
                [own, $(self.$group.numbers()),*].concat()
            }
        }

        impl Default for $struct {
            fn default() -> Self {
                Self::from_numbers(&mut Limit::default_number)
            }
        }
    };
}

limits! {
    /// The limits in effect. Lives as long as the process.
    Limits {
        "Registration" {
            registration_lifetime: Duration = seconds("PORTAL_REGISTRATION_LIFETIME", DAY, 10 * MINUTE..=7 * DAY),
                "Time after which an unfinished registration is deleted.";
            email_changes: u32 = count("PORTAL_EMAIL_CHANGES", 2, 0..=10),
                "How often the email of an unfinished registration can be corrected.";
            invitation_lifetime: Duration = seconds("PORTAL_INVITATION_LIFETIME", 7 * DAY, HOUR..=90 * DAY),
                "How long an invitation can be used.";
        }
        "Passwords" {
            password_min: usize = count("PORTAL_PASSWORD_MIN", PASSWORD_MIN as u64, PASSWORD_MIN as u64..=64),
                "Minimum number of characters in a new password. NIST SP 800-63B-4 requires 15 where the password is the \
                 only factor, and 8 where `PORTAL_REQUIRE_MFA` demands a second one. Passwords that were set before \
                 still work.";
        }
        "Codes" {
            otp_lifetime: Duration = seconds("PORTAL_OTP_LIFETIME", 5 * MINUTE, 1..=10 * MINUTE),
                "How long a code is valid. NIST SP 800-63B-4, section 3.1.3.2, allows at most ten minutes.";
            otp_tries: u32 = count("PORTAL_OTP_TRIES", 5, 1..=10),
                "Wrong codes after which a registration, recovery or change of email ends.";
            otp_wrong_per_day: usize = count("PORTAL_OTP_WRONG_PER_DAY", 15, 1..=100),
                "Wrong codes per email and purpose in 24 hours after which its codes have 12 letters and digits. The switch \
                 happens `PORTAL_OTP_TRIES` earlier, because a flow in progress can still use all its attempts.";
            otp_resend_after: Duration = seconds("PORTAL_OTP_RESEND_AFTER", MINUTE, 1..=10 * MINUTE),
                "Minimum time between two codes of the same registration, recovery or change.";
            otp_per_hour: usize = count("PORTAL_OTP_PER_HOUR", 5, 1..=100),
                "Codes per email in an hour, for all purposes together. Known devices of the account have a separate \
                 limit of the same size.";
            otp_per_day: usize = count("PORTAL_OTP_PER_DAY", 10, 1..=1_000),
                "Codes per email in 24 hours, for all purposes together. Known devices of the account have a separate \
                 limit of the same size, and each further IP address can request one, up to three times this number.";
            wrong_codes_per_ip: Quota = per_hour("PORTAL_WRONG_CODES_PER_IP", 60),
                "Wrong codes per IP address, for all purposes together, after which its codes have 12 letters and digits.";
            codes_per_ip: Quota = per_hour("PORTAL_CODES_PER_IP", 60),
                "Codes requested per IP address, for all recipients together.";
        }
        "Sign-in and sessions" {
            login_failures: u32 = count("PORTAL_LOGIN_FAILURES", 5, 1..=100),
                "Number of wrong passwords for an account from one IP address, or from a known device, after which attempts \
                 are delayed.";
            login_window: Duration = seconds("PORTAL_LOGIN_WINDOW", 5 * MINUTE, 1..=DAY),
                "Fewer failures than `PORTAL_LOGIN_FAILURES` are forgotten after this time without another failure.";
            login_delay: Duration = seconds("PORTAL_LOGIN_DELAY", 30, 1..=HOUR),
                "The first delay after too many wrong passwords. It doubles with each further failure. At most \
                 `PORTAL_LOGIN_DELAY_MAX`.";
            login_delay_max: Duration = seconds("PORTAL_LOGIN_DELAY_MAX", 15 * MINUTE, 1..=HOUR),
                "The longest delay after too many wrong passwords.";
            login_failures_per_ip: Quota = per_hour("PORTAL_LOGIN_FAILURES_PER_IP", 60),
                "Wrong passwords per IP address, for all accounts together, after which signing in requires a challenge, \
                 except on known devices.";
        }
        "Two-step sign-in" {
            mfa_failures: u32 = count("PORTAL_MFA_FAILURES", 10, 1..=100),
                "Failed attempts for an account, with all second factors together, after which these are locked.";
            mfa_lockout: Duration = seconds("PORTAL_MFA_LOCKOUT", 15 * MINUTE, MINUTE..=DAY),
                "How long second factors stay locked the first time. Each further lockout is twice as long, up to a day.";
            trust_lifetime: Duration = seconds("PORTAL_TRUST_LIFETIME", 30 * DAY, HOUR..=400 * DAY),
                "How long a trusted browser skips the second step.";
        }
        "Account changes and logs" {
            email_undo: Duration = seconds("PORTAL_EMAIL_UNDO", 3 * DAY, HOUR..=30 * DAY),
                "How long a change of email can be undone by the link that is sent to the old email.";
            deletion_grace: Duration = seconds("PORTAL_DELETION_GRACE", 7 * DAY, HOUR..=90 * DAY),
                "Time between the request to delete an account and its deletion. Until then, the emailed link cancels \
                 the deletion.";
            otp_log: Duration = seconds("PORTAL_OTP_LOG", 30 * DAY, DAY..=400 * DAY),
                "How long the OTP log is kept. It contains no codes; the daily limits on codes are counted from it.";
            audit_log: Duration = seconds("PORTAL_AUDIT_LOG", 400 * DAY, DAY..=4_000 * DAY),
                "How long entries of the audit log are kept.";
        }
        "Abuse protection" {
            captcha_lifetime: Duration = seconds("PORTAL_CAPTCHA_LIFETIME", HOUR, MINUTE..=DAY),
                "How long the challenge of a page is valid.";
            captcha_difficulty: u32 = count("PORTAL_CAPTCHA_DIFFICULTY", 1_000_000, 1..=50_000_000),
                "Maximum number of SHA-256 hashes that a browser computes for a form; the average is half of it. After \
                 failures from an IP address it is up to 32 times as high.";
            captcha_after_failures: u32 = count("PORTAL_CAPTCHA_AFTER_FAILURES", 5, 1..=10_000),
                "Failures per IP address after which signing in requires a challenge. The difficulty doubles each time \
                 this number is reached. The count restarts after an hour without a failure.";
            captcha_after_account_failures: u32 = count("PORTAL_CAPTCHA_AFTER_ACCOUNT_FAILURES", 20, 1..=10_000),
                "Failures per username or email in an hour, from any IP address, after which signing in with it requires a \
                 challenge, except on known devices.";
            form_min_fill: Duration = seconds("PORTAL_FORM_MIN_FILL", 2, 0..=30),
                "Minimum time between opening a page and sending its form without a solved challenge.";
            no_js_forms_per_ip: Quota = per_hour("PORTAL_NO_JS_FORMS_PER_IP", 30),
                "Forms per IP address that are sent without a solved challenge although they need one, for example by \
                 browsers without JavaScript.";
            anonymous_sessions_per_ip: Quota = per_hour("PORTAL_ANONYMOUS_SESSIONS_PER_IP", 2_000),
                "Sessions created per IP address without signing in, for example by refused forms that were sent \
                 without JavaScript.";
        }
        "Email" {
            mail_per_day: u32 = count("PORTAL_MAIL_PER_DAY", 0, 0..=10_000_000),
                "Emails in 24 hours, for mail servers that allow only so many; 0 means any number. After four fifths of \
                 them only password resets and notices are sent, and after all of them only notices.";
        }
        "Load" {
            posts_per_second: NonZeroU32 = per_second("PORTAL_POSTS_PER_SECOND", 100, 1..=1_000_000),
                "Sustained rate of form submissions per IP address. Pages and files are not limited.";
            posts_burst: NonZeroU32 = count("PORTAL_POSTS_BURST", 200, 1..=1_000_000),
                "Form submissions per IP address at once.";
            hash_queue: usize = count("PORTAL_HASH_QUEUE", WAITING_PER_CORE as u64, 0..=10_000).per_core(),
                "Maximum number of queued password hashes. Further requests get 503.";
        }
        group session: SessionLimits;
        group connections: ConnectionLimits;
    }
}

limits! {
    /// Session timeouts (ASVS 5.0, V7.3).
    #[derive(Copy)]
    SessionLimits {
        "Sign-in and sessions" {
            idle: Duration = seconds("PORTAL_SESSION_IDLE", 30 * MINUTE, MINUTE..=DAY),
                "A session ends after this time without a request. At most `PORTAL_SESSION_ABSOLUTE`.";
            absolute: Duration = seconds("PORTAL_SESSION_ABSOLUTE", 12 * HOUR, MINUTE..=30 * DAY),
                "A session ends after this time even if it is used.";
            remember: Duration = seconds("PORTAL_SESSION_REMEMBER", 30 * DAY, DAY..=365 * DAY),
                "Replaces `PORTAL_SESSION_IDLE` and `PORTAL_SESSION_ABSOLUTE` for sessions with \"Keep me signed in\".";
        }
    }
}

limits! {
    /// Limits on connections and their timeouts.
    #[derive(Copy)]
    ConnectionLimits {
        "Load" {
            most: usize = count("PORTAL_CONNECTIONS_MAX", 2_048, 1..=100_000),
                "Maximum number of open connections. A further one takes the place of a connection that waits for a \
                 request, or gets 503.";
            per_ip: usize =
                count("PORTAL_CONNECTIONS_PER_IP", 128, 1..=100_000).part_of(16, "PORTAL_CONNECTIONS_MAX"),
                "Maximum number of open connections per IPv4 address or IPv6 /48 network, except for trusted proxies. \
                 One sixteenth of `PORTAL_CONNECTIONS_MAX` if only that is set.";
            /// The timeout starts at the first byte of a request, or when the connection opens.
            header: Duration = seconds("PORTAL_HEADER_TIMEOUT", 10, 1..=60),
                "Maximum time for receiving the headers of a request.";
            body: Duration = seconds("PORTAL_BODY_TIMEOUT", 20, 1..=60),
                "Maximum time for receiving the body of a request.";
            // Longer than nginx's timeout, so that nginx closes first and no request is lost.
            idle: Duration = seconds("PORTAL_IDLE_TIMEOUT", 75, 1..=600),
                "How long an idle connection is kept. Set it longer than the idle timeout of the reverse proxy.";
        }
        /// From the end of the headers to the last byte of the response. A client that reads slower than about 10 kB/s
        /// cannot download the largest file.
        fixed answer: Duration = Duration::from_secs(MINUTE);
    }
}
