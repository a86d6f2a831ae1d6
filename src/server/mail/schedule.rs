//! When a mail that could not be sent is tried again.

use std::time::Duration;

use crate::domain::Timestamp;
use crate::server::store::outbox::WaitingMail;

/// How long one attempt may take, from the connection to the server's answer.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// The pause after the first failed attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause of a mail that is urgent. With an attempt's own ten seconds
/// a live code goes out within a minute of the server's return.
const URGENT_PAUSE: Duration = Duration::from_secs(40);
/// The longest pause of all others.
const LASTING_PAUSE: Duration = Duration::from_secs(15 * 60);
/// A mail is urgent that expires within this time of its writing, as a code does
/// and an invitation does not.
const URGENT: Duration = Duration::from_secs(3_600);
/// How long a mail is tried.
const GIVE_UP_AFTER: Duration = Duration::from_secs(48 * 3_600);
/// How long a claimed mail is left alone: an attempt that is still running is
/// never joined by a second one.
const CLAIM: Duration = SEND_TIMEOUT.saturating_add(Duration::from_secs(5));

/// The pause after attempt number `attempt` failed. `draw`, a random octet,
/// takes up to a tenth off, so that mails which failed together do not come
/// back together.
#[must_use]
pub fn pause(attempt: i32, urgent: bool, draw: u8) -> Duration {
    let longest = if urgent { URGENT_PAUSE } else { LASTING_PAUSE };
    let doublings = attempt.saturating_sub(1).clamp(0, 16);
    let full = FIRST_PAUSE.saturating_mul(1 << doublings).min(longest);
    full - full / 10 * u32::from(draw) / 255
}

/// When a mail claimed at `now` is due again, should its sender die.
#[must_use]
pub fn claimed_until(mail: &WaitingMail, now: Timestamp, draw: u8) -> Timestamp {
    now + pause(mail.attempts.saturating_add(1), is_urgent(mail), draw).max(CLAIM)
}

/// Whether a mail is good for nothing soon after it was written.
#[must_use]
pub fn is_urgent(mail: &WaitingMail) -> bool {
    mail.expires_at.is_some_and(|at| at.since(mail.since) <= URGENT)
}

/// No attempt is ever planned for later than this.
#[must_use]
pub fn horizon(now: Timestamp) -> Timestamp {
    now + LASTING_PAUSE
}

/// Whether a failed mail has been tried for long enough.
#[must_use]
pub fn is_given_up(mail: &WaitingMail, now: Timestamp) -> bool {
    now.since(mail.since) >= GIVE_UP_AFTER
}

/// Until when a mail that is given up `now` can be tried again: a week, and no
/// longer than it may be sent.
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
    fn pauses_double_from_five_seconds_up_to_their_cap() {
        assert_eq!(seconds(true), [5, 10, 20, 40, 40, 40, 40, 40, 40, 40]);
        assert_eq!(seconds(false), [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(pause(i32::MAX, false, 0), Duration::from_secs(900));
    }

    #[test]
    fn chance_takes_off_a_tenth_at_most_and_adds_nothing() {
        for draw in 0..=255 {
            let pause = pause(4, true, draw);
            assert!(pause <= Duration::from_secs(40) && pause >= Duration::from_secs(36), "{draw}: {pause:?}");
        }
    }
}
