//! When to retry an email that could not be sent.

use std::time::Duration;

use crate::domain::Timestamp;
use crate::store::outbox::{MailFault, WaitingMail};

/// The pause after the first failed attempt; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause for urgent emails: a valid code goes out within a minute after the server is back.
const URGENT_PAUSE: Duration = Duration::from_secs(40);
/// The longest pause for all other emails.
const LASTING_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Emails that expire within this time after they were written are urgent: codes are, invitations
/// are not.
const URGENT: Duration = Duration::from_secs(3_600);
/// How long sending an email is retried.
const GIVE_UP_AFTER: Duration = Duration::from_secs(48 * 3_600);
/// How long a claimed email is not claimed again, so that no second attempt starts while one is running. The worker
/// extends the claim of an attempt that takes longer.
const CLAIM: Duration = Duration::from_secs(20);
/// The pause after the first attempt whose outcome is unknown; it doubles with each further attempt. The server may have
/// accepted the email, and each further attempt may make a copy of it.
const UNCONFIRMED_PAUSE: Duration = Duration::from_secs(3_600);
/// The same for urgent emails, where a missing code is worse than a second copy.
const UNCONFIRMED_URGENT_PAUSE: Duration = Duration::from_secs(2 * 60);
/// The longest of these pauses.
const UNCONFIRMED_LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// Returns the pause after attempt number `attempt` failed. `draw`, a random byte, shortens it by
/// up to a tenth, so that emails that failed together are not all retried at the same time.
#[must_use]
pub fn pause(attempt: i32, urgent: bool, fault: MailFault, draw: u8) -> Duration {
    let (first, longest) = match (fault, urgent) {
        (MailFault::Unconfirmed, true) => (UNCONFIRMED_URGENT_PAUSE, UNCONFIRMED_LONGEST),
        (MailFault::Unconfirmed, false) => (UNCONFIRMED_PAUSE, UNCONFIRMED_LONGEST),
        (_, true) => (FIRST_PAUSE, URGENT_PAUSE),
        (_, false) => (FIRST_PAUSE, LASTING_PAUSE),
    };
    let doublings = attempt.saturating_sub(1).clamp(0, 16);
    let full = first.saturating_mul(1 << doublings).min(longest);
    full - full / 10 * u32::from(draw) / 255
}

/// Returns when an email claimed at `now` is due again if the process crashes while sending it.
#[must_use]
pub fn claimed_until(mail: &WaitingMail, now: Timestamp, draw: u8) -> Timestamp {
    now + pause(mail.attempts.saturating_add(1), is_urgent(mail, now), MailFault::Temporary, draw).max(CLAIM)
}

/// Returns until when the claims of running attempts are extended at `now`.
#[must_use]
pub fn claims_extended_until(now: Timestamp) -> Timestamp {
    now + CLAIM
}

/// Whether an email expires soon after it was written, or replaces one that does.
#[must_use]
pub fn is_urgent(mail: &WaitingMail, now: Timestamp) -> bool {
    match mail.expires_at {
        Some(at) => at.since(mail.since) <= URGENT,
        None => mail.replaces_code && now.since(mail.since) <= URGENT,
    }
}

/// Returns the latest time for which an attempt is scheduled, unless the outcome of the last one is unknown.
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
    use crate::store::outbox::MailFault;
    use std::time::Duration;

    fn seconds(urgent: bool) -> Vec<u64> {
        (1..=10).map(|attempt| pause(attempt, urgent, MailFault::Temporary, 0).as_secs()).collect()
    }

    #[test]
    fn pauses_double_from_five_seconds_up_to_their_limit() {
        assert_eq!(seconds(true), [5, 10, 20, 40, 40, 40, 40, 40, 40, 40]);
        assert_eq!(seconds(false), [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
        assert_eq!(pause(i32::MAX, false, MailFault::Settings, 0), Duration::from_secs(900));
    }

    #[test]
    fn an_email_that_may_have_been_accepted_is_rarely_retried() {
        let attempts_within = |urgent, limit: Duration| {
            let pauses = (1..).map(|attempt| pause(attempt, urgent, MailFault::Unconfirmed, 0));
            let starts = pauses.scan(Duration::ZERO, |at, pause| {
                *at += pause;
                Some(*at)
            });
            1 + starts.take_while(|start| *start < limit).count()
        };
        assert_eq!(attempts_within(true, Duration::from_secs(300)), 2, "of a code, while it is valid");
        assert_eq!(attempts_within(false, Duration::from_secs(48 * 3_600)), 6, "of a notice");
    }

    #[test]
    fn jitter_shortens_a_pause_by_at_most_a_tenth() {
        for draw in 0..=255 {
            let pause = pause(4, true, MailFault::Temporary, draw);
            assert!(pause <= Duration::from_secs(40) && pause >= Duration::from_secs(36), "{draw}: {pause:?}");
        }
    }
}
