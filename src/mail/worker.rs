//! Sends the emails in the outbox.

use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::watch;

use super::attempt::{Done, Outcome, Parts, attempt};
use super::pace::Pace;
use super::schedule;
use super::transport::{Progress, SendError};
use super::{Mailer, Sender, Transport};
use crate::domain::Timestamp;
use crate::store::outbox::{self, Class, MailFault, MailState, WaitingMail};
use crate::store::{Store, StoreError};

/// Maximum number of concurrent attempts: several, so that one slow reply does not delay the rest,
/// but few, so that mail providers do not treat them as abuse.
const PARALLEL: usize = 4;
/// Maximum number of concurrent emails without a code. One slot is always left for a code, which
/// must not wait for a slow server to accept a notice.
const PARALLEL_NOTICES: usize = PARALLEL - 1;
/// Maximum number of concurrent decoys. They have slots of their own, so that they never keep an email waiting.
const PARALLEL_DECOYS: usize = PARALLEL;
/// How often the outbox is checked without being woken: for emails of other processes, and for
/// changes of the clock.
const POLL: Duration = Duration::from_secs(5);
/// The minimum pause between two checks, so that no row can keep the loop busy.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(100);
/// After this long, the claims of running attempts are extended.
const LONG_ATTEMPT: Duration = Duration::from_secs(10);
/// How long running attempts may take to finish when the process stops.
const STOP_LIMIT: Duration = Duration::from_secs(10);
/// How many times storing the last results is tried before the process ends.
const FINAL_STORE_ATTEMPTS: u32 = 3;

/// Sends emails. Each process runs one worker; several processes may share a database.
#[derive(Debug)]
pub struct Worker {
    store: Store,
    mailer: Mailer,
    transport: Transport,
    sender: Sender,
    pace: Pace,
}

/// The results of one pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub sent: u32,
    /// Failed; to be retried.
    pub postponed: u32,
    /// Given up.
    pub dead: u32,
    pub expired: u32,
}

/// How many attempts are running for emails with a code, for emails without one, and for decoys.
#[derive(Clone, Copy, Default)]
struct Slots {
    codes: usize,
    notices: usize,
    decoys: usize,
}

/// Running attempts, and results that are not stored yet.
#[derive(Default)]
struct InFlight<'a> {
    attempts: FuturesUnordered<BoxFuture<'a, Done>>,
    running: Vec<Running>,
    taken: Slots,
    done: Vec<Done>,
    report: Report,
}

struct Running {
    mail: WaitingMail,
    progress: Progress,
    /// When it began, or when its claim was last extended.
    claimed_at: Timestamp,
}

impl<'a> InFlight<'a> {
    fn start(&mut self, worker: &'a Worker, mail: WaitingMail) {
        *self.taken.of(&mail) += 1;
        let progress = Progress::default();
        let running = Running { mail: mail.clone(), progress: progress.clone(), claimed_at: worker.mailer.clock.now() };
        self.running.push(running);
        self.attempts.push(attempt(worker.parts(), mail, progress).boxed());
    }

    /// Waits for the next attempt to finish. `None` if none is running.
    async fn next(&mut self) -> Option<Done> {
        let done = self.attempts.next().await?;
        self.running.retain(|running| running.mail.id != done.mail.id);
        *self.taken.of(&done.mail) -= 1;
        Some(done)
    }

    /// Ends the running attempts. One whose content was being sent may have been accepted; the others were not, and are
    /// due again when their claims end.
    fn abandon(&mut self) {
        self.attempts.clear();
        let unconfirmed = self.running.drain(..).filter(|running| running.progress.is_content_sent());
        let error = SendError::new(MailFault::Unconfirmed, "the portal was stopped before the mail server replied");
        self.done.extend(unconfirmed.map(|it| Done { mail: it.mail, outcome: Outcome::Failed(error.clone()) }));
    }
}

impl Slots {
    fn of(&mut self, mail: &WaitingMail) -> &mut usize {
        if mail.is_decoy() {
            &mut self.decoys
        } else if mail.carries_code {
            &mut self.codes
        } else {
            &mut self.notices
        }
    }

    /// Returns whether there is a free slot for this class.
    fn leave_one_for(self, class: Class) -> bool {
        let emails = self.codes + self.notices;
        match class {
            Class::Codes => emails < PARALLEL,
            Class::Decoys => self.decoys < PARALLEL_DECOYS,
            Class::Messages => emails < PARALLEL && self.notices < PARALLEL_NOTICES,
        }
    }
}

impl Worker {
    /// Creates a worker for the emails that `mailer` enqueues.
    pub fn new(store: Store, mailer: Mailer, transport: Transport, sender: impl Into<Sender>) -> Self {
        Self { store, mailer, transport, sender: sender.into(), pace: Pace::default() }
    }

    /// Sends emails until `shutdown` is `true` or its sender is dropped. Running attempts then have ten
    /// seconds to finish, and no new ones are started.
    pub async fn run(self, mut shutdown: watch::Receiver<bool>) {
        let mut in_flight = InFlight::default();
        loop {
            let pass = async {
                self.extend_claims(&mut in_flight).await?;
                self.run_pass(&mut in_flight).await
            };
            let pause = pass.await.unwrap_or_else(|error: StoreError| {
                tracing::error!(%error, "the outbox can be neither read nor written");
                POLL
            });
            self.transport.tidy(self.mailer.clock.now()).await;
            tokio::select! {
                Some(done) = in_flight.next() => in_flight.done.push(done),
                () = self.mailer.due.notified() => {}
                () = tokio::time::sleep(pause) => {}
                _ = shutdown.wait_for(|stop| *stop) => break,
            }
        }
        self.finish(in_flight).await;
    }

    /// Sends all emails that are due now, and returns when they are done.
    pub async fn deliver_due(&self) -> Result<Report, StoreError> {
        let mut in_flight = InFlight::default();
        loop {
            self.run_pass(&mut in_flight).await?;
            match in_flight.next().await {
                Some(done) => in_flight.done.push(done),
                None => return Ok(in_flight.report),
            }
        }
    }

    /// Stores results, expires overdue emails and starts due ones. Returns how long to wait before the next pass.
    ///
    /// The order matters: nothing is started while a result cannot be stored, so that an email that
    /// was just sent is not claimed again.
    async fn run_pass<'a>(&'a self, in_flight: &mut InFlight<'a>) -> Result<Duration, StoreError> {
        self.store_results(in_flight).await?;
        self.expire(in_flight).await?;
        while let Some(mail) = self.claim(in_flight.taken).await? {
            in_flight.start(self, mail);
        }
        // If there is no free slot, none can be started until an attempt has finished.
        let Some(class) =
            [Class::Messages, Class::Codes].into_iter().find(|class| in_flight.taken.leave_one_for(*class))
        else {
            return Ok(POLL);
        };
        let next = outbox::next_attempt(self.store.reader(), class).await?;
        let wait = next.map_or(POLL, |moment| moment.since(self.mailer.clock.now()));
        Ok(wait.clamp(MIN_POLL_INTERVAL, POLL))
    }

    /// Claims the next email to send, or decoy to close, for which there is a free slot. Codes take precedence over
    /// decoys, and both over notices, however long those have waited.
    async fn claim(&self, taken: Slots) -> Result<Option<WaitingMail>, StoreError> {
        loop {
            // Always looks for both, so that a code takes as long as a decoy.
            let [code, decoy] = [self.first_due(Class::Codes, taken), self.first_due(Class::Decoys, taken)];
            let (code, decoy) = (code.await?, decoy.await?);
            let due = match code.or(decoy) {
                None => self.first_due(Class::Messages, taken).await?,
                due => due,
            };
            let Some(mut mail) = due else { return Ok(None) };
            let tx = self.store.write().await?;
            let now = tx.now();
            let claimed = outbox::claim(&tx, &mail, schedule::claimed_until(&mail, now, self.random_byte())).await?;
            tx.commit().await?;
            if claimed {
                mail.attempts = mail.attempts.saturating_add(1);
                return Ok(Some(mail));
            }
            // Another process claimed it, so it is not due any more: try the next one.
        }
    }

    /// Returns the message of a class that has been due for longest, if there is a free slot for it.
    async fn first_due(&self, class: Class, taken: Slots) -> Result<Option<WaitingMail>, StoreError> {
        if !taken.leave_one_for(class) {
            return Ok(None);
        }
        let now = self.mailer.clock.now();
        outbox::first_due(self.store.reader(), class, now, schedule::latest_attempt(now)).await
    }

    /// Keeps emails claimed whose attempts take long, because the mail server is slow.
    async fn extend_claims(&self, in_flight: &mut InFlight<'_>) -> Result<(), StoreError> {
        let now = self.mailer.clock.now();
        let long = in_flight.running.iter_mut().filter(|running| now.since(running.claimed_at) >= LONG_ATTEMPT);
        let long: Vec<&mut Running> = long.collect();
        if long.is_empty() {
            return Ok(());
        }
        let tx = self.store.write().await?;
        let ids = long.iter().map(|running| running.mail.id);
        outbox::extend_claims(&tx, ids, schedule::claims_extended_until(now)).await?;
        tx.commit().await?;
        long.into_iter().for_each(|running| running.claimed_at = now);
        Ok(())
    }

    async fn expire(&self, in_flight: &mut InFlight<'_>) -> Result<(), StoreError> {
        let overdue = outbox::overdue(self.store.reader(), self.mailer.clock.now(), 100).await?;
        for mail in overdue {
            in_flight.done.push(Done { mail, outcome: Outcome::Expired });
        }
        self.store_results(in_flight).await
    }

    async fn store_results(&self, in_flight: &mut InFlight<'_>) -> Result<(), StoreError> {
        // Removed from the list only after it has been stored.
        while let Some(done) = in_flight.done.last() {
            let state = self.record(done).await?;
            in_flight.done.pop();
            match state {
                MailState::Sent => in_flight.report.sent += 1,
                MailState::Waiting => in_flight.report.postponed += 1,
                MailState::Failed => in_flight.report.dead += 1,
                MailState::Expired => in_flight.report.expired += 1,
                MailState::Dropped | MailState::Decoy | MailState::Suppressed => {}
            }
        }
        Ok(())
    }

    async fn record(&self, Done { mail, outcome }: &Done) -> Result<MailState, StoreError> {
        let tx = self.store.write().await?;
        let (now, id) = (tx.now(), mail.id);
        let state = match outcome {
            Outcome::Sent => {
                outbox::close_sent(&tx, id, now).await?;
                MailState::Sent
            }
            Outcome::Failed(SendError { fault, reason }) => {
                if !fault.is_final() && !schedule::is_given_up(mail, now) {
                    let pause =
                        schedule::pause(mail.attempts, schedule::is_urgent(mail, now), *fault, self.random_byte());
                    outbox::postpone(&tx, id, now + pause, *fault, reason).await?;
                    mail.state
                } else if mail.is_decoy() {
                    outbox::close_unsent(&tx, id, MailState::Suppressed, None, Some(*fault)).await?;
                    MailState::Suppressed
                } else {
                    outbox::mark_failed(&tx, id, *fault, reason, schedule::kept_until(mail, now)).await?;
                    MailState::Failed
                }
            }
            _ if mail.is_decoy() => {
                outbox::close_unsent(&tx, id, MailState::Suppressed, None, None).await?;
                MailState::Suppressed
            }
            Outcome::Unreadable(error) => {
                outbox::close_unsent(&tx, id, MailState::Failed, Some(error), None).await?;
                MailState::Failed
            }
            Outcome::Expired | Outcome::Suppressed => {
                outbox::close_unsent(&tx, id, MailState::Expired, None, None).await?;
                MailState::Expired
            }
        };
        tx.commit().await?;
        log(mail, outcome, state);
        Ok(state)
    }

    async fn finish(&self, mut in_flight: InFlight<'_>) {
        let finished = async {
            while let Some(done) = in_flight.next().await {
                in_flight.done.push(done);
            }
        };
        if tokio::time::timeout(STOP_LIMIT, finished).await.is_err() {
            in_flight.abandon();
        }
        for _ in 0..FINAL_STORE_ATTEMPTS {
            match self.store_results(&mut in_flight).await {
                Ok(()) => return,
                Err(error) => tracing::error!(%error, "the outbox cannot be written at shutdown"),
            }
            tokio::time::sleep(MIN_POLL_INTERVAL).await;
        }
    }

    fn parts(&self) -> Parts<'_> {
        Parts { mailer: &self.mailer, transport: &self.transport, sender: &self.sender, pace: &self.pace }
    }

    fn random_byte(&self) -> u8 {
        let [random_byte] = self.mailer.rng.bytes();
        random_byte
    }
}

/// Logs one line per result. It contains neither the recipient nor the code.
fn log(mail: &WaitingMail, outcome: &Outcome, state: MailState) {
    let (id, kind, attempt) = (mail.id, mail.kind.as_str(), mail.attempts);
    let error = match outcome {
        Outcome::Failed(error) => error.reason.as_str(),
        Outcome::Unreadable(error) => error.as_str(),
        Outcome::Sent | Outcome::Expired | Outcome::Suppressed => "",
    };
    match state {
        MailState::Sent => tracing::info!(%id, kind, attempt, "mail sent"),
        MailState::Expired => tracing::warn!(%id, kind, attempt, "mail not sent: it expired"),
        MailState::Waiting => tracing::warn!(%id, kind, attempt, error, "mail not sent, will be tried again"),
        MailState::Failed => tracing::error!(%id, kind, attempt, error, "mail given up"),
        MailState::Decoy | MailState::Suppressed => tracing::info!(%id, kind, attempt, "mail suppressed"),
        MailState::Dropped => tracing::warn!(%id, kind, attempt, "mail dropped"),
    }
}
