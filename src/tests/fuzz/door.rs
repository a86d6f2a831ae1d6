//! A complete portal for properties that are not `async` functions.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::runtime::{Builder, Runtime};

use crate::harness::{Client, Mode, TestApp};

/// A portal shared by many cases, each from its own IP address: limits per
/// IP address must not decide what a parser does.
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

    /// Returns a browser with an IP address that no case has used yet.
    pub(super) fn guest(&self, mode: Mode) -> Client {
        let n = self.guests.fetch_add(1, Ordering::Relaxed);
        self.app.client(mode).at_ip(&IpAddr::from((0x6440_0000 + n).to_be_bytes()).to_string())
    }

    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Checks that the process is alive.
    pub(super) fn lives(&self) -> bool {
        self.wait(async { self.guest(Mode::Form).get("/livez").await.status == 200 })
    }
}
