//! The whole portal, for a property that is no `async` function.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::runtime::{Builder, Runtime};

use crate::harness::{Client, Mode, TestApp};

/// A portal that many cases come to, each from an address of its own: what is
/// counted by address must not decide what a parser does.
pub(super) struct Door {
    runtime: Runtime,
    pub(super) app: TestApp,
    guests: AtomicU32,
}

impl Door {
    pub(super) fn open() -> Self {
        Self::with(&[])
    }

    pub(super) fn with(settings: &[(&str, &str)]) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let app = runtime.block_on(TestApp::with(settings));
        Self { runtime, app, guests: AtomicU32::new(0) }
    }

    /// A browser at an address that no case had before.
    pub(super) fn guest(&self, mode: Mode) -> Client {
        let n = self.guests.fetch_add(1, Ordering::Relaxed);
        self.app.client(mode).at_ip(&IpAddr::from((0x6440_0000 + n).to_be_bytes()).to_string())
    }

    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Asks the process whether it lives.
    pub(super) fn lives(&self) -> bool {
        self.wait(async { self.guest(Mode::Form).get("/livez").await.status == 200 })
    }
}
