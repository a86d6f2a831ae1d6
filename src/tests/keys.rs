//! Changing the secret key: users do not notice, and no data under the old key remains.

mod command;
mod key_rotation;
mod schema;

use portal::services::audit::Violation;
use portal::services::key_rotation::KeyUsage;
use portal::services::sign_up_form::TypedSignUp;
use portal::services::{AdminCli, KeyRotation};

use crate::harness::app::{PASSWORD, wrong_code};
use crate::harness::{Mode, TestApp};

type Settings<'a> = [(&'a str, &'a str)];

const OLD_KEY: &str = "b2xkIGtleSBvbGQga2V5IG9sZCBrZXkgb2xkIGtleSE=";
const NEW_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OLD: &Settings<'_> = &[("SECRET_KEY", OLD_KEY)];
const BOTH: &Settings<'_> = &[("SECRET_KEY", NEW_KEY), ("SECRET_KEY_PREVIOUS", OLD_KEY)];
const NEW: &Settings<'_> = &[("SECRET_KEY", NEW_KEY)];

/// These settings, and one more.
fn with<'a>(settings: &Settings<'a>, name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    settings.iter().copied().chain([(name, value)]).collect()
}

/// The counts of all values: under the current key, due to be re-encrypted, unreadable.
async fn counts(resealing: &KeyRotation) -> (u64, u64, u64) {
    let tallies = resealing.status().await.expect("no error");
    let sum = |of: fn(&KeyUsage) -> u64| tallies.iter().map(of).sum();
    (sum(|tally| tally.current), sum(|tally| tally.due), sum(|tally| tally.unreadable))
}

/// Re-encrypts everything that is due, and returns the total count.
async fn rotate(resealing: &KeyRotation) -> u64 {
    resealing.rotate().await.expect("no error").iter().map(|(_, resealed)| resealed).sum()
}

#[tokio::test]
async fn an_email_queued_before_the_rotation_is_delivered_after_it_and_its_code_works() {
    for mode in Mode::BOTH {
        for (after, counts) in [(BOTH, true), (NEW, false)] {
            let app = TestApp::with(OLD).await;
            let mut client = app.client(mode);
            client.register("ann", "ann@x.example", PASSWORD).await;
            let app = app.restart(after).await;
            let mails = app.mails_to("ann@x.example").await;
            assert_eq!(mails.len(), usize::from(counts), "the old key is needed");
            if counts {
                let code = app.code_for("ann@x.example").await;
                assert_eq!(app.again(&client).verify(&code).await.location().as_deref(), Some("/login"));
            }
        }
    }
}

#[tokio::test]
async fn a_code_mailed_before_the_rotation_works_once_after_it() {
    for mode in Mode::BOTH {
        for (after, to) in [(BOTH, Some("/login")), (NEW, None)] {
            let app = TestApp::with(OLD).await;
            let mut client = app.client(mode);
            client.register("ann", "ann@x.example", PASSWORD).await;
            let code = app.code_for("ann@x.example").await;
            let app = app.restart(after).await;
            let client = app.again(&client);
            let wrong = client.clone().verify(&wrong_code(&code, 0)).await;
            assert_ne!(wrong.location().as_deref(), Some("/login"));
            let tries = [client.clone().verify(&code).await, client.clone().verify(&code).await];
            let arrived = tries.iter().filter(|answer| answer.location().as_deref() == Some("/login"));
            assert_eq!(arrived.count(), usize::from(to.is_some()));
            assert_eq!(app.count("SELECT COUNT(*) FROM account").await, i64::from(to.is_some()));
        }
    }
}

#[tokio::test]
async fn a_code_mailed_after_the_rotation_works_without_the_old_key() {
    for mode in Mode::BOTH {
        let app = TestApp::with(OLD).await.restart(BOTH).await;
        let mut client = app.client(mode);
        client.register("ann", "ann@x.example", PASSWORD).await;
        let app = app.restart(NEW).await;
        let code = app.code_for("ann@x.example").await;
        assert_eq!(app.again(&client).verify(&code).await.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn a_form_opened_before_the_rotation_can_be_sent_after_it() {
    for mode in Mode::BOTH {
        for (after, taken) in [(BOTH, true), (NEW, false)] {
            let app = TestApp::with(OLD).await;
            let mut client = app.client(mode);
            let challenge = client.captcha("/register").await.expect("a challenge");
            let app = app.restart(after).await;
            let fields =
                [("username", "ann"), ("email", "a@x.example"), ("password", PASSWORD), ("captcha", &challenge)];
            let answer = app.again(&client).post_bare("/register", &fields).await;
            assert_eq!(answer.location().as_deref() == Some("/verify"), taken);
        }
    }
}

#[tokio::test]
async fn the_rotation_does_not_reset_failed_sign_ins() {
    for mode in Mode::BOTH {
        for (after, status) in [(BOTH, 429), (NEW, 422)] {
            let app = TestApp::with(&with(OLD, "PORTAL_LOGIN_FAILURES", "3")).await;
            for _ in 0..3 {
                app.client(mode).sign_in("ann", "another fine password").await;
            }
            let app = app.restart(&with(after, "PORTAL_LOGIN_FAILURES", "3")).await;
            let answer = app.client(Mode::Script).sign_in("ann", "another fine password").await;
            assert_eq!(answer.status, status);
        }
    }
}

#[tokio::test]
async fn a_sign_in_after_the_rotation_resets_the_failures_before_it() {
    let settings = |keys| with(keys, "PORTAL_LOGIN_FAILURES", "3");
    let app = TestApp::with(&settings(OLD)).await;
    app.account("ann", "ann@x.example").await;
    let fail_twice = async |app: &TestApp| {
        for _ in 0..2 {
            assert_eq!(app.script().sign_in("ann", "another fine password").await.status, 422);
        }
    };
    fail_twice(&app).await;
    let app = app.restart(&settings(BOTH)).await;
    assert_eq!(app.script().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    fail_twice(&app).await;
    assert_eq!(app.script().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn no_change_of_the_key_resets_the_quota_of_an_ip_address() {
    for after in [BOTH, NEW] {
        let app = TestApp::with(&with(OLD, "PORTAL_CODES_PER_IP", "1")).await;
        app.script().register("ann", "ann@x.example", PASSWORD).await;
        let app = app.restart(&with(after, "PORTAL_CODES_PER_IP", "1")).await;
        let answer = app.script().register("bob", "bob@x.example", PASSWORD).await;
        assert_eq!(answer.status, 429);
    }
}

#[tokio::test]
async fn after_a_rotation_the_new_key_decrypts_everything_and_the_old_key_nothing() {
    let app = TestApp::with(OLD).await;
    for n in 0..3 {
        app.script().register(&format!("ann{n}"), &format!("ann{n}@x.example"), PASSWORD).await;
    }
    let app = app.restart(BOTH).await;
    app.advance(1);
    app.script().register("bob", "bob@x.example", PASSWORD).await;

    // Three emails, and the seal on the audit log.
    let resealing = app.resealing(BOTH).await;
    assert_eq!(counts(&resealing).await, (1, 4, 0));
    assert_eq!(rotate(&resealing).await, 4);
    let before = app.database_bytes();
    assert_eq!(rotate(&resealing).await, 0, "a second time does nothing");
    assert!(app.database_bytes() == before);
    assert_eq!(counts(&resealing).await, (5, 0, 0));

    let old = app.resealing(OLD).await;
    assert_eq!(counts(&old).await, (0, 0, 5));
    assert_eq!(rotate(&old).await, 0);
    let app = app.restart(NEW).await;
    for address in ["ann0@x.example", "ann1@x.example", "ann2@x.example", "bob@x.example"] {
        assert_eq!(app.mails_to(address).await.len(), 1, "{address}");
    }
}

#[tokio::test]
async fn the_audit_log_can_be_read_and_written_throughout_the_rotation() {
    let app = TestApp::with(OLD).await;
    assert_eq!(audited(&app, "ann").await, (1, vec![]));
    let app = app.restart(BOTH).await;
    assert_eq!(app.state.audit.verify().await.expect("the query succeeds").violations, []);
    // The anchor is still under the old key.
    assert!(rotate(&app.resealing(BOTH).await).await > 0);
    assert_eq!(audited(&app, "bob").await, (2, vec![]));
    let app = app.restart(NEW).await;
    assert_eq!(audited(&app, "cid").await, (3, vec![]));
    let app = app.restart(OLD).await;
    assert_eq!(app.state.audit.verify().await.expect("the query succeeds").violations, [Violation::Seal]);
}

#[tokio::test]
async fn without_a_rotation_the_new_key_alone_cannot_open_the_seal_of_the_audit_log() {
    let app = TestApp::with(OLD).await;
    assert_eq!(audited(&app, "ann").await, (1, vec![]));
    let app = app.restart(BOTH).await.restart(NEW).await;
    assert_eq!(app.state.audit.verify().await.expect("the query succeeds").violations, [Violation::Seal]);
}

#[tokio::test]
async fn while_the_seal_cannot_be_opened_every_audited_action_is_refused() {
    let app = TestApp::with(OLD).await.restart(NEW).await;
    let ann = TypedSignUp { username: "ann", email: "ann@x.example", password: PASSWORD };
    let refused = operators(&app).create(ann).await;
    refused.expect_err("its entry cannot be sealed, even as the first one");
    // With the old key back, everything works again, and ann can be created.
    let app = app.restart(BOTH).await;
    assert_eq!(audited(&app, "ann").await, (1, vec![]));
}

fn operators(app: &TestApp) -> AdminCli<'_> {
    app.state.admin_cli()
}

/// Creates an administrator, which is an audited action; returns the number of audit entries and the violations.
async fn audited(app: &TestApp, name: &str) -> (u64, Vec<Violation>) {
    let email = format!("{name}@x.example");
    let typed = TypedSignUp { username: name, email: &email, password: PASSWORD };
    operators(app).create(typed).await.expect("an account");
    let verdict = app.state.audit.verify().await.expect("the query succeeds");
    (verdict.rows, verdict.violations)
}
