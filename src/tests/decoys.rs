//! What is written does not depend on whether an account exists: as many rows in the same tables, when a request is
//! answered and after the outbox was emptied.

use super::harness::app::PASSWORD;
use super::harness::{Mode, TestApp};

const WRONG: &str = "another fine password";
/// More codes and sign-ins for an email than the tests need.
const LIMITS: [(&str, &str); 4] = [
    ("PORTAL_OTP_PER_HOUR", "100"),
    ("PORTAL_OTP_PER_DAY", "1000"),
    ("PORTAL_CAPTCHA_AFTER_ACCOUNT_FAILURES", "100"),
    ("PORTAL_CAPTCHA_AFTER_FAILURES", "100"),
];

/// The number of rows in each table.
type Rows = Vec<(String, i64)>;

async fn rows(app: &TestApp) -> Rows {
    let mut rows = Vec::new();
    for table in app.texts("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").await {
        let count = app.count(&format!("SELECT COUNT(*) FROM \"{table}\"")).await;
        rows.push((table, count));
    }
    rows
}

/// A portal with the account of ann, in which the hourly counters have begun.
async fn portal() -> TestApp {
    let app = TestApp::with(&LIMITS).await;
    app.account("ann", "ann@x.example").await;
    app.account("bob", "bob@x.example").await;
    app.form().sign_in("ann", WRONG).await;
    app.deliver().await;
    app
}

/// How many rows a request adds to each table, before and after the outbox is emptied, and how many emails are sent.
async fn written(app: &TestApp, request: impl Future<Output = ()>) -> (Rows, Rows, usize) {
    let (before, mails) = (rows(app).await, mailed(app).await);
    request.await;
    let answered = added(&before, rows(app).await);
    let waiting = "SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'decoy') AND payload IS NOT NULL";
    assert!(app.count(waiting).await > 0 || !answered.iter().any(|(table, _)| table == "outbox"));
    app.deliver().await;
    assert_eq!(app.count(waiting).await, 0);
    (answered, added(&before, rows(app).await), mailed(app).await - mails)
}

fn added(before: &Rows, after: Rows) -> Rows {
    let pairs = before.iter().zip(after).map(|(before, after)| (after.0, after.1 - before.1));
    pairs.filter(|(_, added)| *added != 0).collect()
}

async fn mailed(app: &TestApp) -> usize {
    usize::try_from(app.count("SELECT COUNT(*) FROM outbox WHERE state = 'sent'").await).expect("a count")
}

fn has_outbox(rows: &Rows) -> bool {
    rows.iter().any(|(table, added)| table == "outbox" && *added == 1)
}

#[tokio::test]
async fn a_recovery_writes_as_much_for_an_unknown_email_as_for_a_known_one() {
    let app = portal().await;
    app.execute("UPDATE account SET disabled_at = 1 WHERE username = 'bob'").await;
    for mode in Mode::BOTH {
        let mut all = Vec::new();
        for (email, mails) in [("ann@x.example", 1), ("zoe@x.example", 0), ("bob@x.example", 0)] {
            let mut client = app.client(mode);
            let begun = written(&app, async { drop(client.post("/recover", &[("email", email)]).await) }).await;
            app.advance(60);
            let resent = written(&app, async { drop(client.post("/recover/resend", &[]).await) }).await;
            assert_eq!((begun.2, resent.2), (mails, mails), "{email}");
            assert!(has_outbox(&begun.0) && has_outbox(&resent.0), "{email}: {begun:?} {resent:?}");
            all.push((begun.0, begun.1, resent.0, resent.1));
        }
        assert!(all.iter().all(|it| *it == all[0]), "{mode:?}: {all:#?}");
    }
}

#[tokio::test]
async fn a_registration_writes_as_much_for_a_known_email_as_for_a_new_one() {
    let app = portal().await;
    for mode in Mode::BOTH {
        // The counters of this hour begin.
        app.client(mode).register("eve", &format!("{mode:?}-first@x.example"), PASSWORD).await;
        app.deliver().await;
        let mut all = Vec::new();
        // The owner of the known one gets a notice, but not again in the same hour.
        for (n, (email, mails)) in
            [("new1@x.example", 1), ("ann@x.example", 1), ("ann@x.example", 0)].into_iter().enumerate()
        {
            let mut client = app.client(mode);
            let email = if n == 0 { format!("{mode:?}@x.example") } else { email.to_owned() };
            let begun = written(&app, async { drop(client.register("eve", &email, PASSWORD).await) }).await;
            app.advance(60);
            let resent = written(&app, async { drop(client.post("/verify/resend", &[]).await) }).await;
            let mut other = app.client(mode);
            other.register("eve", &format!("{mode:?}-{n}-a@x.example"), PASSWORD).await;
            app.deliver().await;
            let to = if n == 0 { format!("{mode:?}-{n}-b@x.example") } else { email.clone() };
            let corrected = written(&app, async { drop(other.post("/verify/email", &[("email", &to)]).await) }).await;
            let code = usize::from(n == 0);
            assert_eq!((begun.2, resent.2, corrected.2), (mails, code, code), "{email}");
            assert!([&begun, &resent, &corrected].iter().all(|it| has_outbox(&it.0)), "{email}");
            all.push([begun.0, begun.1, resent.0, resent.1, corrected.0, corrected.1]);
        }
        assert!(all.iter().all(|it| *it == all[0]), "{mode:?}: {all:#?}");
        app.advance(3_600);
    }
}

#[tokio::test]
async fn a_change_of_email_writes_as_much_for_a_taken_email_as_for_a_free_one() {
    for mode in Mode::BOTH {
        let app = portal().await;
        let mut client = app.client(mode);
        client.sign_in("ann", PASSWORD).await;
        client.post("/account/email", &[("email", "other@x.example")]).await;
        app.deliver().await;
        let mut all = Vec::new();
        for (email, mails) in [("free@x.example", 1), ("bob@x.example", 1), ("bob@x.example", 0)] {
            let asked = written(&app, async { drop(client.post("/account/email", &[("email", email)]).await) }).await;
            assert_eq!(asked.2, mails, "{email}");
            assert!(has_outbox(&asked.0), "{email}: {asked:?}");
            all.push((asked.0, asked.1));
        }
        assert!(all.iter().all(|it| *it == all[0]), "{mode:?}: {all:#?}");
    }
}

#[tokio::test]
async fn fifty_wrong_passwords_write_as_many_emails_for_an_unknown_name_as_for_a_known_one() {
    for mode in Mode::BOTH {
        let app = portal().await;
        for (name, mails) in [("bob", 1), ("unknown", 0)] {
            for n in 0..50 {
                let mut client = app.client(mode).at_ip(&format!("198.51.100.{n}"));
                let failed = written(&app, async { drop(client.sign_in(name, WRONG).await) }).await;
                assert!(failed.0.contains(&("attempt".to_owned(), 1)), "{name}, {n}: {failed:?}");
                let last = n == 49;
                assert_eq!((has_outbox(&failed.0), failed.2), (last, if last { mails } else { 0 }), "{name}, {n}");
            }
        }
        let strays = app.count("SELECT COUNT(*) FROM security_event WHERE account_id IS NULL").await;
        assert_eq!(strays, 0, "no security log has an event without an account");
    }
}

#[tokio::test]
async fn decoys_count_against_the_limits_on_codes_but_not_as_emails_and_are_erased() {
    let app = TestApp::with(&[("PORTAL_CODES_PER_IP", "3"), ("PORTAL_MAIL_PER_DAY", "1000")]).await;
    for n in 0..10 {
        app.script().post("/recover", &[("email", &format!("zoe{n}@x.example"))]).await;
    }
    assert_eq!(app.texts("SELECT state FROM outbox").await, ["decoy"; 3]);
    app.deliver().await;
    assert_eq!(app.texts("SELECT state FROM outbox").await, ["suppressed"; 3]);
    let erased = "SELECT COUNT(*) FROM outbox WHERE payload IS NULL AND sent_at IS NULL AND attempts = 1";
    assert_eq!(app.count(erased).await, 3);
    assert_eq!(app.count("SELECT COALESCE(SUM(times), 0) FROM tally WHERE kind = 'mail_queued'").await, 0);
}
