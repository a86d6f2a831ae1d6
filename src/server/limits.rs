//! Every limit that can be set, with its default: one table for the code, the
//! README and `portal check-config`.

use std::num::NonZeroU32;
use std::time::Duration;

use super::crypto::hash_queue;
use super::store::sessions::SessionLimits;

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
    /// Wrong passwords for an account from one address prefix before each
    /// further try has to wait.
    pub login_failures: u32,
    /// How long those failures are remembered while none has to wait.
    pub login_window: Duration,
    /// The first wait; it doubles with each failure.
    pub login_delay: Duration,
    /// The longest wait.
    pub login_delay_max: Duration,
    pub session: SessionLimits,
    /// Passwords that may wait to be hashed, beside those being hashed.
    pub hash_queue: usize,
    /// Posts a second from one address prefix, over any length of time.
    pub posts_per_second: NonZeroU32,
    /// Posts from one address prefix at once.
    pub posts_burst: NonZeroU32,
    pub connections: ConnectionLimits,
}

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
/// How often the owner of an address is told that somebody registered with it.
pub const EXISTS_NOTICE_EVERY: Duration = HOUR;
/// Codes of one flow that count at the same time: a late mail is not a trap.
pub const OTP_LIVE: u64 = 2;
/// How long codes stay in the log after they were issued.
pub const OTP_LOG: Duration = Duration::from_secs(30 * 86_400);

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
            login_failures: 5,
            login_window: MINUTE * 5,
            login_delay: MINUTE / 2,
            login_delay_max: MINUTE * 15,
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
