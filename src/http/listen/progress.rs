//! The state of a connection and its timeouts.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::limits::ConnectionLimits;

/// Tracks which stage a connection is in. Updated by the socket, the request body and the response
/// body, which all belong to the task of the connection.
#[derive(Debug)]
pub(super) struct Progress {
    clock: Clock,
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
    /// The rest of the request body; starts after the headers.
    Body,
    /// The response; starts after the headers.
    Answer,
    /// The unwritten rest of the response; starts after the headers.
    Rest,
}

impl Progress {
    pub(super) fn new(clock: Clock) -> Self {
        let at = ConnectionState { stage: Stage::First, since: clock.elapsed() };
        Self { clock, at: Mutex::new(at) }
    }

    pub(super) fn stage(&self) -> Stage {
        self.at().stage
    }

    /// Returns the time left in the current stage; zero when it has timed out.
    pub(super) fn left(&self, limits: &ConnectionLimits) -> Duration {
        let ConnectionState { stage, since } = *self.at();
        let allowed = match stage {
            Stage::First | Stage::Head => limits.header,
            Stage::Idle => limits.idle,
            Stage::Body => limits.body,
            Stage::Answer | Stage::Rest => limits.answer,
        };
        allowed.saturating_sub(self.clock.elapsed().saturating_sub(since))
    }

    /// Returns how long the connection has been waiting for a request; `None` while a request is in
    /// progress.
    pub(super) fn waiting_for_request(&self) -> Option<Duration> {
        let ConnectionState { stage, since } = *self.at();
        matches!(stage, Stage::First | Stage::Idle).then(|| self.clock.elapsed().saturating_sub(since))
    }

    /// Records that bytes were received.
    pub(super) fn received(&self) {
        let mut at = self.at();
        match at.stage {
            // The header timeout starts when the connection opens.
            Stage::First => at.stage = Stage::Head,
            Stage::Idle => *at = ConnectionState { stage: Stage::Head, since: self.clock.elapsed() },
            Stage::Head | Stage::Body | Stage::Answer | Stage::Rest => {}
        }
    }

    /// Records that the headers of a request are complete.
    pub(super) fn requested(&self, with_body: bool) {
        let mut at = self.at();
        let stage = if with_body { Stage::Body } else { Stage::Answer };
        // Pipelining does not extend the timeout: a client that sends the next request without
        // reading the previous response keeps the old start time.
        let since = if at.stage == Stage::Rest { at.since } else { self.clock.elapsed() };
        *at = ConnectionState { stage, since };
    }

    /// Records that the body was read or dropped.
    pub(super) fn body_read(&self) {
        self.advance(Stage::Body, Stage::Answer);
    }

    /// Records that the response is complete; part of it may not be written yet.
    pub(super) fn answered(&self) {
        self.advance(Stage::Body, Stage::Rest);
        self.advance(Stage::Answer, Stage::Rest);
    }

    /// Records that all buffered data was written.
    pub(super) fn written(&self) {
        let mut at = self.at();
        if at.stage == Stage::Rest {
            *at = ConnectionState { stage: Stage::Idle, since: self.clock.elapsed() };
        }
    }

    fn advance(&self, from: Stage, to: Stage) {
        let mut at = self.at();
        if at.stage == from {
            at.stage = to;
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
        let progress = Progress::new(Clock::Test(clock.clone()));
        let limits = Limits::default().connections;
        let left = || progress.left(&limits).as_secs();
        let pass = |seconds| clock.advance(Duration::from_secs(seconds));
        pass(4);
        progress.received();
        assert_eq!((progress.stage(), left()), (Stage::Head, 6), "the header timeout starts when the connection opens");
        pass(5);
        progress.received();
        assert_eq!(left(), 1, "more bytes do not extend the timeout");
        progress.requested(true);
        pass(15);
        assert_eq!((progress.stage(), left()), (Stage::Body, 5));
        progress.body_read();
        assert_eq!((progress.stage(), left()), (Stage::Answer, 45));
        progress.written();
        assert_eq!(progress.stage(), Stage::Answer, "the response is not complete yet");
        progress.answered();
        progress.requested(false);
        assert_eq!((progress.stage(), left()), (Stage::Answer, 45), "the next request does not restart the timeout");
        progress.answered();
        progress.written();
        assert_eq!((progress.stage(), left(), progress.waiting_for_request()), (Stage::Idle, 75, Some(Duration::ZERO)));
        pass(50);
        progress.received();
        assert_eq!((progress.stage(), left(), progress.waiting_for_request()), (Stage::Head, 10, None));
        pass(11);
        assert_eq!(left(), 0);
    }
}
