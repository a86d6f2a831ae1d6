//! All limits: those that a setting can change are in `table.rs`, the others are here.

mod limit;
mod quota;
mod table;

use std::time::Duration;

pub use limit::Limit;
pub use quota::Quota;
pub use table::{ConnectionLimits, Limits, SessionLimits};

pub const HOUR: Duration = Duration::from_secs(limit::HOUR);
pub const DAY: Duration = Duration::from_secs(limit::DAY);

/// The highest factor by which the difficulty of a challenge increases.
pub const CAPTCHA_HARDEST: u32 = 32;
/// How long a failure from an IP prefix makes its challenges harder.
pub const FAILURES_REMEMBERED: Duration = HOUR;
/// How long a failure at an account counts, if there is no success before.
pub const ACCOUNT_FAILURES_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// The maximum number of IP prefixes remembered, each for failures and for anonymous sessions. The
/// least recently used one is dropped first.
pub const PREFIXES_KEPT: usize = 100_000;

/// The maximum number of IP prefixes remembered for the limit on POST requests. Each takes about 60
/// bytes, including the spare capacity of the table.
pub const FLOOD_KEYS: usize = 1_000_000;
/// Lifetime of a recovery. Requesting more codes does not extend it.
pub const RECOVERY_LIFETIME: Duration = DAY;
/// How long an invitation stays in the list after it has ended.
pub const INVITATIONS_KEPT: Duration = Duration::from_secs(30 * 86_400);
/// Maximum time between the password and the second step.
pub const SECOND_STEP_WAITS: Duration = Duration::from_secs(10 * 60);
/// How long a new authenticator app can wait for its first code.
pub const SEED_WAITS: Duration = Duration::from_secs(30 * 60);
/// How long a new factor can be removed with the link in the notice about it, and how long a recovery by email turns
/// two-step sign-in off again. As long as a change of the email can be undone by default.
pub const FACTOR_UNDO: Duration = Duration::from_secs(72 * 3_600);
/// Changes of an account by its signed-in user in a day that send an email: of the username, the password, the email or
/// a factor. A person needs a few; a script that repeats one must not fill mailboxes or the email queue.
pub const CHANGES_PER_DAY: Quota = Quota { most: 20, per: DAY };
/// Notices about sign-ins in new browsers that the owner of an account is sent in an hour.
pub const NEW_DEVICE_NOTICES_PER_HOUR: u64 = 5;
/// How long entries of an account's security log are kept.
pub const SECURITY_LOG: Duration = Duration::from_secs(400 * 86_400);
/// How long the hourly counters are kept.
pub const TALLIES: Duration = Duration::from_secs(400 * 86_400);
/// How long a browser is recognized after it was last seen. Browsers keep cookies for at most 400
/// days (RFC 6265bis, section 5.5).
pub const DEVICE_RECOGNIZED: Duration = Duration::from_secs(400 * 86_400);
/// Maximum number of browsers remembered per account, most recent first.
pub const DEVICES_KEPT: u64 = 50;
/// New browsers remembered per account in a day. Someone who knows the password needs five days, with notices to the
/// owner, to push the owner's browsers out of [`DEVICES_KEPT`].
pub const NEW_DEVICES_PER_DAY: u64 = 10;
/// Maximum number of sessions per account. When a user signs in once more, the oldest session ends (ASVS 5.0, V7.1.2).
pub const SESSIONS_MAX: u64 = 50;
/// Maximum number of events in the security log of an account. The oldest are deleted.
pub const SECURITY_EVENTS_MAX: u64 = 5_000;
/// Minimum time between two notices that someone tried to use the email of an account.
pub const EXISTS_NOTICE_EVERY: Duration = HOUR;
/// Valid codes per flow, so that a delayed message can still be used.
pub const OTP_LIVE: u64 = 2;
