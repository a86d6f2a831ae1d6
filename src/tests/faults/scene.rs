//! A portal under a fault: what it acknowledged, and what is stored afterwards.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use portal::clock::Clock;
use portal::store::Store;
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Statement};

use crate::harness::app::PASSWORD;
use crate::harness::process::{Served, browser, solved_challenge};
use crate::harness::report;

/// Many registrations from one IP address, and challenges that cost nothing.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("PORTAL_CAPTCHA_DIFFICULTY", "8"),
    ("PORTAL_FORM_MIN_FILL", "0"),
    ("PORTAL_ANONYMOUS_SESSIONS_PER_IP", "100000"),
    ("PORTAL_NO_JS_FORMS_PER_IP", "100000"),
    ("PORTAL_CODES_PER_IP", "100000"),
    ("PORTAL_POSTS_BURST", "100000"),
];

/// Returns whether the long form of these tests was requested: `make faults`.
pub(super) fn long() -> bool {
    std::env::var("FAULTS").is_ok_and(|value| value == "long")
}

/// The registrations that a test posts.
#[derive(Debug, Default)]
pub(super) struct Posts {
    pub(super) acknowledged: BTreeSet<String>,
    /// Registrations that got a 503.
    pub(super) refused: u32,
    /// The longest response time.
    pub(super) longest: Duration,
    prefix: String,
    next: u32,
}

impl Posts {
    /// Registrations whose usernames begin with `prefix`.
    pub(super) fn named(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..Self::default() }
    }

    /// Registers under a unique username. Returns `true` when it was acknowledged; any other
    /// response than that and a 503 fails the test.
    pub(super) async fn register(&mut self, served: &Served) -> bool {
        self.next += 1;
        let name = format!("{}user{}", self.prefix, self.next);
        let begun = now();
        let status = register(served, &name).await;
        self.longest = self.longest.max(begun.elapsed());
        match status {
            StatusCode::SEE_OTHER => self.acknowledged.insert(name),
            StatusCode::SERVICE_UNAVAILABLE => {
                self.refused += 1;
                false
            }
            other => panic!("{name}: {other}"),
        }
    }

    /// Registers until one is acknowledged, for 40 s at most; returns how long that took.
    pub(super) async fn until_well(&mut self, served: &Served) -> Duration {
        let begun = now();
        while !self.register(served).await {
            assert!(begun.elapsed() < Duration::from_secs(40), "nothing was acknowledged for 40 s: {self:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        begun.elapsed()
    }

    /// Compares with the database and reports; fails when anything was lost.
    pub(super) async fn assert_none_lost(&self, fault: &str, url: &str, well: Duration) {
        self.assert_all_in(fault, &registered(url).await, well);
    }

    /// As above, with the usernames that were found.
    pub(super) fn assert_all_in(&self, fault: &str, found: &BTreeSet<String>, well: Duration) {
        let lost: Vec<_> = self.acknowledged.difference(found).collect();
        report(&format!(
            "{fault}: {} acknowledged, {} refused, {} found, {} lost, well after {} ms, longest answer {} ms",
            self.acknowledged.len(),
            self.refused,
            found.len(),
            lost.len(),
            well.as_millis(),
            self.longest.as_millis()
        ));
        assert!(lost.is_empty(), "{fault}: acknowledged and lost: {lost:?}");
    }
}

/// Registers as a browser without scripts does. Returns `None` for a client that gets no response.
async fn register(served: &Served, name: &str) -> StatusCode {
    let browser = browser();
    let captcha = solved_challenge(&browser, served, "/register").await;
    let email = format!("{name}@x.example");
    let fields = [("username", name), ("email", &email), ("password", PASSWORD), ("captcha", &captcha)];
    let post = browser.post(served.url("/register")).header("accept", "text/html").form(&fields);
    let answer = post.send().await.expect("an answer");
    if answer.status() == StatusCode::SEE_OTHER {
        assert_eq!(answer.headers()["location"], "/verify");
    }
    answer.status()
}

/// The usernames of all committed registrations.
pub(super) async fn registered(url: &str) -> BTreeSet<String> {
    let store = Store::open(url, Clock::System).await.expect("the database opens");
    let db = store.reader();
    let query = Statement::from_string(db.get_database_backend(), "SELECT username FROM email_verification");
    let rows = db.query_all_raw(query).await.expect("the query succeeds");
    let names = rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect();
    store.close().await.expect("it closes");
    names
}

pub(super) fn sqlite(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// The usernames of all committed registrations in an SQLite file, read from a
/// copy of it and its log, because the file may be in another mount namespace.
pub(super) async fn registered_in(file: &Path) -> BTreeSet<String> {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["portal.db", "portal.db-wal"] {
        // The log is removed when the portal has ended.
        let _ = std::fs::copy(file.with_file_name(name), folder.path().join(name));
    }
    registered(&sqlite(&folder.path().join("portal.db"))).await
}

/// Returns the response of `/readyz`.
pub(super) async fn readiness(served: &Served) -> (StatusCode, String) {
    let answer = browser().get(served.url("/readyz")).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a text"))
}

/// Waits until `/readyz` reports the problem; a response is cached for a second.
pub(super) async fn until_unready(served: &Served, why: &str) {
    let begun = now();
    while readiness(served).await != (StatusCode::SERVICE_UNAVAILABLE, why.to_owned()) {
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?} instead of {why}", readiness(served).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until `/readyz` reports success again, for ten seconds at most.
pub(super) async fn until_ready(served: &Served) -> Duration {
    let begun = now();
    while readiness(served).await.0 != StatusCode::OK {
        assert!(begun.elapsed() < Duration::from_secs(10), "not ready 10 s after the end of the fault");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    begun.elapsed()
}

/// A signed-in browser, for requests that only read.
pub(super) async fn signed_in(served: &Served) -> reqwest::Client {
    let browser = browser();
    let fields = [("identifier", "ann"), ("password", PASSWORD)];
    let answer = browser.post(served.url("/login")).header("accept", "text/html").form(&fields).send().await;
    assert_eq!(answer.expect("an answer").headers()["location"], "/dashboard");
    browser
}

/// Asserts that a page for signed-in users loads without delay.
pub(super) async fn assert_reads(browser: &reqwest::Client, served: &Served) {
    let begun = now();
    let answer = browser.get(served.url("/dashboard")).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(begun.elapsed() < Duration::from_secs(3), "a page took {:?}", begun.elapsed());
}

#[expect(clippy::disallowed_methods, reason = "real waits are what is measured")]
pub(super) fn now() -> Instant {
    Instant::now()
}
