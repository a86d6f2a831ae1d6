//! The stages of a connection and their timeouts.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::limits::ConnectionLimits;

/// Tracks which stage a connection is in. Updated by the socket, the service and the response body,
/// which all belong to the task of the connection.
#[derive(Debug)]
pub(super) struct Progress {
    clock: Clock,
    limits: ConnectionLimits,
    at: Mutex<ConnectionState>,
}

#[derive(Clone, Copy, Debug)]
struct ConnectionState {
    stage: Stage,
    /// As elapsed time of the clock.
    since: Duration,
}

/// What the connection waits for, and when its timeout starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The first request; starts when the connection opens.
    First,
    /// Another request or the end; starts when the last response has been written.
    Idle,
    /// The rest of the request headers; starts with their first byte.
    Head,
    /// The response, and the request body before it; starts after the headers.
    Answer,
    /// The unwritten rest of the response; starts after the headers.
    Rest,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "before the first request",
            Self::Idle => "idle",
            Self::Head => "receiving the headers",
            Self::Answer => "waiting for the body or the answer",
            Self::Rest => "sending the answer",
        })
    }
}

impl Progress {
    pub(super) fn new(clock: Clock, limits: ConnectionLimits) -> Self {
        let at = ConnectionState { stage: Stage::First, since: clock.elapsed() };
        Self { clock, limits, at: Mutex::new(at) }
    }

    /// Waits until the connection has been in one stage for too long, and returns that stage.
    pub(super) async fn timed_out(&self) -> Stage {
        // A stage that begins during the sleep does not end before it, so requests set no timer.
        let shortest = self.limits.header.min(self.limits.idle).min(self.limits.answer);
        loop {
            let (stage, left) = self.left();
            if left.is_zero() {
                return stage;
            }
            tokio::time::sleep(left.min(shortest)).await;
        }
    }

    /// Returns since when the connection has waited for a complete request, or `None` if it is answering one.
    pub(super) fn waiting_since(&self) -> Option<Duration> {
        let ConnectionState { stage, since } = *self.at();
        matches!(stage, Stage::First | Stage::Idle | Stage::Head).then_some(since)
    }

    /// Returns the current stage and the time left in it.
    fn left(&self) -> (Stage, Duration) {
        let ConnectionState { stage, since } = *self.at();
        let allowed = match stage {
            Stage::First | Stage::Head => self.limits.header,
            Stage::Idle => self.limits.idle,
            Stage::Answer | Stage::Rest => self.limits.answer,
        };
        (stage, allowed.saturating_sub(self.clock.elapsed().saturating_sub(since)))
    }

    /// Records that bytes were received.
    pub(super) fn received(&self) {
        let mut at = self.at();
        match at.stage {
            // The header timeout starts when the connection opens.
            Stage::First => at.stage = Stage::Head,
            Stage::Idle => *at = ConnectionState { stage: Stage::Head, since: self.clock.elapsed() },
            Stage::Head | Stage::Answer | Stage::Rest => {}
        }
    }

    /// Records that the headers of a request are complete.
    pub(super) fn requested(&self) {
        let mut at = self.at();
        // Pipelining does not extend the timeout: a client that sends the next request without
        // reading the previous response keeps the old start time.
        let since = if at.stage == Stage::Rest { at.since } else { self.clock.elapsed() };
        *at = ConnectionState { stage: Stage::Answer, since };
    }

    /// Records that the response is complete; part of it may not be written yet.
    pub(super) fn answered(&self) {
        self.at().stage = Stage::Rest;
    }

    /// Records that all buffered data was written.
    pub(super) fn written(&self) {
        let mut at = self.at();
        if at.stage == Stage::Rest {
            *at = ConnectionState { stage: Stage::Idle, since: self.clock.elapsed() };
        }
    }

    fn at(&self) -> MutexGuard<'_, ConnectionState> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Progress, Stage};
    use crate::clock::{Clock, TestClock};
    use crate::domain::Timestamp;
    use crate::limits::Limits;

    #[test]
    fn each_stage_has_its_own_timeout_that_slow_clients_cannot_extend() {
        let clock = TestClock::at(Timestamp(0));
        let progress = Progress::new(Clock::Test(clock.clone()), Limits::default().connections);
        let pass = |seconds| clock.advance(Duration::from_secs(seconds));
        let left = || {
            let (stage, left) = progress.left();
            (stage, left.as_secs())
        };
        pass(4);
        progress.received();
        assert_eq!(left(), (Stage::Head, 6), "the header timeout starts when the connection opens");
        pass(5);
        progress.received();
        assert_eq!(left(), (Stage::Head, 1), "more bytes do not extend the timeout");
        progress.requested();
        pass(15);
        progress.received();
        progress.written();
        assert_eq!(left(), (Stage::Answer, 45), "the response is not complete yet");
        progress.answered();
        progress.requested();
        assert_eq!(left(), (Stage::Answer, 45), "the next request does not restart the timeout");
        progress.answered();
        progress.written();
        assert_eq!(left(), (Stage::Idle, 75));
        pass(50);
        progress.received();
        assert_eq!(left(), (Stage::Head, 10));
        pass(11);
        assert_eq!(left(), (Stage::Head, 0));
    }
}
