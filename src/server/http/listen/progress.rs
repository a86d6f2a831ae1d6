//! How far a connection has come with its request, and how long it may still
//! take.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::server::clock::Clock;
use crate::server::limits::ConnectionLimits;

/// Where a connection stands. Told by its socket, its request's body and its
/// answer's, which all live in the connection's one task.
#[derive(Debug)]
pub(super) struct Progress {
    clock: Clock,
    at: Mutex<Standing>,
}

#[derive(Clone, Copy, Debug)]
struct Standing {
    stage: Stage,
    /// On the clock's own scale.
    since: Duration,
}

/// What the connection owes next, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its first request: since it was opened.
    First,
    /// Another request, or the end: since the last answer was written.
    Idle,
    /// The rest of a request's headers: since their first octet.
    Head,
    /// The rest of the body: since the headers.
    Body,
    /// The whole answer: since the headers.
    Answer,
    /// What of the answer is not written yet: since the headers.
    Rest,
}

impl Progress {
    pub(super) fn new(clock: Clock) -> Self {
        let at = Standing { stage: Stage::First, since: clock.elapsed() };
        Self { clock, at: Mutex::new(at) }
    }

    pub(super) fn stage(&self) -> Stage {
        self.at().stage
    }

    /// How long the present stage may still last; nothing when it is over.
    pub(super) fn left(&self, limits: &ConnectionLimits) -> Duration {
        let Standing { stage, since } = *self.at();
        let allowed = match stage {
            Stage::First | Stage::Head => limits.header,
            Stage::Idle => limits.idle,
            Stage::Body => limits.body,
            Stage::Answer | Stage::Rest => limits.answer,
        };
        allowed.saturating_sub(self.clock.elapsed().saturating_sub(since))
    }

    /// How long nothing has come from a connection that owes a request; `None`
    /// when one is under way.
    pub(super) fn quiet(&self) -> Option<Duration> {
        let Standing { stage, since } = *self.at();
        matches!(stage, Stage::First | Stage::Idle).then(|| self.clock.elapsed().saturating_sub(since))
    }

    /// Octets came in.
    pub(super) fn received(&self) {
        let mut at = self.at();
        match at.stage {
            // Who opens a connection does so for a request: the time runs already.
            Stage::First => at.stage = Stage::Head,
            Stage::Idle => *at = Standing { stage: Stage::Head, since: self.clock.elapsed() },
            Stage::Head | Stage::Body | Stage::Answer | Stage::Rest => {}
        }
    }

    /// A request's headers are complete.
    pub(super) fn requested(&self, with_body: bool) {
        let mut at = self.at();
        let stage = if with_body { Stage::Body } else { Stage::Answer };
        // Who sends the next request without reading the answer to the last gains no time.
        let since = if at.stage == Stage::Rest { at.since } else { self.clock.elapsed() };
        *at = Standing { stage, since };
    }

    /// The body was read, or nobody wants it.
    pub(super) fn body_read(&self) {
        self.go_on(Stage::Body, Stage::Answer);
    }

    /// The answer is complete, and some of it may be waiting to be written.
    pub(super) fn answered(&self) {
        self.go_on(Stage::Body, Stage::Rest);
        self.go_on(Stage::Answer, Stage::Rest);
    }

    /// Everything is written.
    pub(super) fn written(&self) {
        let mut at = self.at();
        if at.stage == Stage::Rest {
            *at = Standing { stage: Stage::Idle, since: self.clock.elapsed() };
        }
    }

    fn go_on(&self, from: Stage, to: Stage) {
        let mut at = self.at();
        if at.stage == from {
            at.stage = to;
        }
    }

    fn at(&self) -> MutexGuard<'_, Standing> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Progress, Stage};
    use crate::domain::Timestamp;
    use crate::server::clock::{Clock, TestClock};
    use crate::server::limits::Limits;

    #[test]
    fn each_stage_has_its_own_time_and_dawdling_gains_none() {
        let clock = TestClock::at(Timestamp(0));
        let progress = Progress::new(Clock::Test(clock.clone()));
        let limits = Limits::default().connections;
        let left = || progress.left(&limits).as_secs();
        let pass = |seconds| clock.advance(Duration::from_secs(seconds));
        pass(4);
        progress.received();
        assert_eq!((progress.stage(), left()), (Stage::Head, 6), "opening the connection began it");
        pass(5);
        progress.received();
        assert_eq!(left(), 1, "an octet now and then gains nothing");
        progress.requested(true);
        pass(15);
        assert_eq!((progress.stage(), left()), (Stage::Body, 5));
        progress.body_read();
        assert_eq!((progress.stage(), left()), (Stage::Answer, 45));
        progress.written();
        assert_eq!(progress.stage(), Stage::Answer, "what is written is not yet all of it");
        progress.answered();
        progress.requested(false);
        assert_eq!((progress.stage(), left()), (Stage::Answer, 45), "the next request does not begin it anew");
        progress.answered();
        progress.written();
        assert_eq!((progress.stage(), left(), progress.quiet()), (Stage::Idle, 75, Some(Duration::ZERO)));
        pass(50);
        progress.received();
        assert_eq!((progress.stage(), left(), progress.quiet()), (Stage::Head, 10, None));
        pass(11);
        assert_eq!(left(), 0);
    }
}
