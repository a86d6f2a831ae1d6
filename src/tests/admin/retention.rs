//! How long data that expires is kept, and how it is deleted.

use std::collections::BTreeSet;

use super::rows;
use crate::harness::TestApp;
use crate::harness::app::PASSWORD;

/// Seconds per hour.
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Every retention setting, each with a different value.
const SETTINGS: [(&str, &str); 7] = [
    ("PORTAL_SESSION_IDLE", "120"),
    ("PORTAL_SESSION_ABSOLUTE", "600"),
    ("PORTAL_REGISTRATION_LIFETIME", "7200"),
    ("PORTAL_EMAIL_UNDO", "345600"),
    ("PORTAL_OTP_LOG", "172800"),
    ("PORTAL_SESSION_REMEMBER", "259200"),
    ("PORTAL_AUDIT_LOG", "432000"),
];

/// More than two batches of any table.
const MANY: u64 = 60;
/// Most rows that one transaction may delete, because other writers wait for it.
const MOST: u32 = 100;

/// Rows of one kind.
struct Kept {
    table: &'static str,
    /// The column with the time at which the retention period starts.
    from: &'static str,
    seconds: i64,
    /// The setting that controls the period, if there is one.
    setting: &'static str,
    /// The columns that make a row one of this kind, where `$at` is that time and `$now` the current time.
    with: &'static [(&'static str, &'static str)],
    /// The column that is erased, or `*` for the whole row.
    what: &'static str,
}

fn kept(table: &'static str, from: &'static str, seconds: i64) -> Kept {
    Kept { table, from, seconds, setting: "", with: &[], what: "*" }
}

/// Every kind of row that expires.
fn all() -> Vec<Kept> {
    vec![
        kept("account", "delete_after", 0),
        kept("email_verification", "created_at", DAY)
            .set_by("PORTAL_REGISTRATION_LIFETIME")
            .with(&[("purpose", "'registration'")]),
        kept("email_verification", "created_at", DAY).with(&[("purpose", "'recovery'")]),
        kept("email_verification", "created_at", DAY).with(&[("purpose", "'email_change'")]),
        kept("invitation", "ended_at", 30 * DAY),
        kept("email_change", "confirmed_at", 72 * HOUR).set_by("PORTAL_EMAIL_UNDO"),
        kept("otp", "issued_at", 30 * DAY).set_by("PORTAL_OTP_LOG"),
        kept("attempt", "expires_at", 0),
        kept("spent_challenge", "expires_at", 0),
        kept("session", "last_seen_at", HOUR / 2)
            .set_by("PORTAL_SESSION_IDLE")
            .with(&[("remember", "0"), ("created_at", "$at")]),
        kept("session", "created_at", 12 * HOUR)
            .set_by("PORTAL_SESSION_ABSOLUTE")
            .with(&[("remember", "0"), ("last_seen_at", "$now")]),
        kept("session", "created_at", 30 * DAY)
            .set_by("PORTAL_SESSION_REMEMBER")
            .with(&[("remember", "1"), ("last_seen_at", "$now")]),
        kept("outbox", "created_at", 30 * DAY).set_by("PORTAL_OTP_LOG").with(&[("state", "'sent'")]),
        kept("outbox", "created_at", 30 * DAY).set_by("PORTAL_OTP_LOG").with(&[("state", "'dead'")]),
        // The content of a failed mail is erased first.
        Kept { what: "payload", ..kept("outbox", "keep_until", 0) }.with(&[
            ("state", "'dead'"),
            ("payload", "x'00'"),
            ("created_at", "$now"),
        ]),
        kept("mail_link", "expires_at", DAY),
        kept("security_event", "at", 400 * DAY),
        kept("known_device", "last_seen_at", 400 * DAY),
        kept("trusted_browser", "expires_at", 0),
        kept("totp_replaced", "replaced_at", 72 * HOUR),
        // Counted by the hour.
        kept("tally", "hour", 400 * DAY).with(&[("hour", "$at / 3600000")]),
        kept("audit", "at", 400 * DAY).set_by("PORTAL_AUDIT_LOG").with(&[("seq", "i"), ("hash", "zeroblob(32)")]),
    ]
}

impl Kept {
    fn set_by(self, setting: &'static str) -> Self {
        Self { setting, ..self }
    }

    fn with(self, with: &'static [(&'static str, &'static str)]) -> Self {
        Self { with, ..self }
    }

    /// Returns the timestamp of rows that expire now.
    fn end(&self, app: &TestApp, settings: &[(&str, &str)]) -> i64 {
        let set = settings.iter().find(|(name, _)| *name == self.setting);
        let seconds = set.map_or(self.seconds, |(_, value)| value.parse().expect("seconds"));
        app.clock.now().0 - seconds * 1_000
    }

    /// Inserts `many` rows; `at` is their time, or an expression of their number `i`.
    async fn put(&self, app: &TestApp, many: u64, at: &str) {
        let now = app.clock.now().0.to_string();
        let written = |value: &str| value.replace("$at", at).replace("$now", &now);
        let given = self.with.iter().copied().chain([(self.from, "$at")]);
        let given: Vec<_> = given.map(|(name, value)| (name, written(value))).collect();
        rows::put(app, self.table, many, &given).await;
    }

    /// Inserts `many` rows that have all expired.
    async fn put_too_old(&self, app: &TestApp, many: u64) {
        self.put(app, many, &format!("({} - 1)", self.end(app, &[]))).await;
    }

    async fn count(&self, app: &TestApp) -> i64 {
        app.count(&format!("SELECT COUNT({}) FROM {}", self.what, self.table)).await
    }

    async fn clear(&self, app: &TestApp) {
        app.execute(&format!("DELETE FROM {}", self.table)).await;
    }
}

#[tokio::test]
async fn expiring_data_is_kept_for_exactly_its_retention_period() {
    // With none of the settings, and with all of them.
    for settings in [&SETTINGS[..0], &SETTINGS[..]] {
        let app = TestApp::with(settings).await;
        for kept in all() {
            let (table, from) = (kept.table, kept.from);
            let end = kept.end(&app, settings);
            // One is a millisecond too old, the other has one left.
            kept.put(&app, 2, &format!("({end} + 2 * i - 3)")).await;
            let newer = app.count(&format!("SELECT MAX({from}) FROM {table}")).await;
            let gone = app.state.maintenance().purge().await.expect("the purge");
            assert_eq!((gone, kept.count(&app).await), (1, 1), "{table} by {from}, {settings:?}");
            let left = app.count(&format!("SELECT MIN({from}) FROM {table}")).await;
            assert_eq!(left, newer, "{table} by {from}, {settings:?}");
            kept.clear(&app).await;
        }
    }
}

/// A recovery looks for changes of the email in the last 72 hours.
#[tokio::test]
async fn a_change_of_the_email_is_kept_for_72_hours_even_if_it_can_no_longer_be_undone() {
    let app = TestApp::with(&[("PORTAL_EMAIL_UNDO", "3600")]).await;
    let change = kept("email_change", "confirmed_at", 72 * HOUR);
    let end = change.end(&app, &[]);
    change.put(&app, 2, &format!("({end} + 2 * i - 3)")).await;
    assert_eq!(app.state.maintenance().purge().await.expect("the purge"), 1);
    assert_eq!(change.count(&app).await, 1);
}

#[tokio::test]
async fn no_table_grows_forever() {
    let app = TestApp::new().await;
    let tables = app.texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").await;
    // Accounts have few second factors, which are deleted with them. The other two hold one row, or one per version.
    let few = ["totp", "totp_waiting", "passkey", "recovery_code", "audit_anchor", "seaql_migrations"];
    let all = all();
    let known: BTreeSet<_> = all.iter().map(|kept| kept.table).chain(few).collect();
    assert_eq!(tables.iter().map(String::as_str).collect::<BTreeSet<_>>(), known, "how long is it kept?");
}

#[tokio::test]
async fn one_purge_deletes_everything_that_expired_however_much() {
    let app = TestApp::new().await;
    let mut expected = 0;
    for kept in all() {
        kept.put_too_old(&app, MANY).await;
        expected += MANY;
    }
    assert_eq!(app.state.maintenance().purge().await.expect("the purge"), expected);
    assert_eq!(app.state.maintenance().purge().await.expect("the purge"), 0, "nothing is left for the next one");
}

#[tokio::test]
async fn no_transaction_of_a_purge_deletes_more_than_a_hundred_rows() {
    let app = TestApp::new().await;
    for kept in all() {
        kept.put_too_old(&app, u64::from(MOST) + 1).await;
        // The very last row cannot be deleted, so everything its transaction deleted is rolled back and remains.
        let (table, what) = (kept.table, kept.what);
        let statement = if what == "*" { "DELETE" } else { "UPDATE" };
        app.execute(&format!(
            "CREATE TRIGGER last_one BEFORE {statement} ON {table} WHEN (SELECT COUNT({what}) FROM {table}) = 1
             BEGIN SELECT RAISE(ABORT, 'the last one stays'); END"
        ))
        .await;
        app.state.maintenance().purge().await.expect_err("the last row cannot be deleted");
        let left = kept.count(&app).await;
        assert!((1..=i64::from(MOST)).contains(&left), "{table} by {}: the last batch has {left} rows", kept.from);
        app.execute("DROP TRIGGER last_one").await;
        kept.clear(&app).await;
    }
}

#[tokio::test]
async fn a_code_and_its_email_are_deleted_after_thirty_days() {
    let app = TestApp::new().await;
    app.form().register("bob", "bob@x.example", PASSWORD).await;
    app.deliver().await;
    for (seconds, left) in [(30 * 86_400 - 1, 1), (2, 0)] {
        app.advance(seconds);
        app.state.maintenance().purge().await.expect("the purge");
        assert_eq!(app.count("SELECT COUNT(*) FROM otp").await, left);
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, left);
    }
}

#[tokio::test]
async fn a_queued_email_is_never_purged() {
    let app = TestApp::new().await;
    rows::put(&app, "outbox", 3, &[("state", "'waiting'".to_owned()), ("created_at", "i".to_owned())]).await;
    assert_eq!(app.state.maintenance().purge().await.expect("the purge"), 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, 3);
}
