//! The signals that `portal serve` handles.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Receives signals. None of them ends the process by itself while this exists.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
    hangup: Signal,
    user_1: Signal,
    user_2: Signal,
}

impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            hangup: signal(SignalKind::hangup())?,
            user_1: signal(SignalKind::user_defined1())?,
            user_2: signal(SignalKind::user_defined2())?,
        })
    }

    /// Waits until the process is asked to stop: by SIGTERM, SIGINT or SIGQUIT. Signals that ask other programs to read
    /// their settings or to open their log again are logged and have no effect: a terminal that is closed or a log
    /// rotation must not end the portal.
    pub(super) async fn stop(&mut self) {
        loop {
            let ignored = tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.quit.recv() => return,
                _ = self.hangup.recv() => "SIGHUP",
                _ = self.user_1.recv() => "SIGUSR1",
                _ = self.user_2.recv() => "SIGUSR2",
            };
            tracing::info!("{ignored} was ignored; restart the portal to apply changed settings");
        }
    }
}
