//! When to retry an email that could not be sent.

use std::time::Duration;

use crate::domain::Timestamp;
use crate::store::outbox::WaitingMail;

/// The time limit for one attempt, from connecting to the server's final reply.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// The pause after the first failed attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause for urgent emails. Together with the ten seconds of an attempt, a valid code
/// goes out within a minute after the server is back.
const URGENT_PAUSE: Duration = Duration::from_secs(40);
/// The longest pause for all other emails.
const LASTING_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Emails that expire within this time after they were written are urgent: codes are, invitations
/// are not.
const URGENT: Duration = Duration::from_secs(3_600);
/// How long sending an email is retried.
const GIVE_UP_AFTER: Duration = Duration::from_secs(48 * 3_600);
/// The minimum time for which a claimed email is not claimed again, so that no second attempt
/// starts while one is running.
const CLAIM: Duration = SEND_TIMEOUT.saturating_add(Duration::from_secs(5));

/// Returns the pause after attempt number `attempt` failed. `draw`, a random byte, shortens it by
/// up to a tenth, so that emails that failed together are not all retried at the same time.
#[must_use]
pub fn pause(attempt: i32, urgent: bool, draw: u8) -> Duration {
    let longest = if urgent { URGENT_PAUSE } else { LASTING_PAUSE };
    let doublings = attempt.saturating_sub(1).clamp(0, 16);
    let full = FIRST_PAUSE.saturating_mul(1 << doublings).min(longest);
    full - full / 10 * u32::from(draw) / 255
}

/// Returns when an email claimed at `now` is due again if the process crashes while sending it.
#[must_use]
pub fn claimed_until(mail: &WaitingMail, now: Timestamp, draw: u8) -> Timestamp {
    now + pause(mail.attempts.saturating_add(1), is_urgent(mail), draw).max(CLAIM)
}

/// Whether an email expires soon after it was written.
#[must_use]
pub fn is_urgent(mail: &WaitingMail) -> bool {
    mail.expires_at.is_some_and(|at| at.since(mail.since) <= URGENT)
}

/// Returns the latest time for which an attempt is ever scheduled.
#[must_use]
pub fn latest_attempt(now: Timestamp) -> Timestamp {
    now + LASTING_PAUSE
}

/// Whether a failed email has been retried for long enough.
#[must_use]
pub fn is_given_up(mail: &WaitingMail, now: Timestamp) -> bool {
    now.since(mail.since) >= GIVE_UP_AFTER
}

/// Returns until when an administrator can retry an email given up at `now`: a week, but not beyond
/// its expiry.
#[must_use]
pub fn kept_until(mail: &WaitingMail, now: Timestamp) -> Timestamp {
    let week = now + Duration::from_secs(7 * 86_400);
    mail.expires_at.map_or(week, |end| end.min(week))
}

#[cfg(test)]
mod tests {
    use super::pause;
    use std::time::Duration;

    fn seconds(urgent: bool) -> Vec<u64> {
        (1..=10).map(|attempt| pause(attempt, urgent, 0).as_secs()).collect()
    }

    #[test]
    fn pauses_double_from_five_seconds_up_to_their_limit() {
        assert_eq!(seconds(true), [5, 10, 20, 40, 40, 40, 40, 40, 40, 40]);
        assert_eq!(seconds(false), [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(pause(i32::MAX, false, 0), Duration::from_secs(900));
    }

    #[test]
    fn jitter_shortens_a_pause_by_at_most_a_tenth() {
        for draw in 0..=255 {
            let pause = pause(4, true, draw);
            assert!(pause <= Duration::from_secs(40) && pause >= Duration::from_secs(36), "{draw}: {pause:?}");
        }
    }
}
