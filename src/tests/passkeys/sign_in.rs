//! Signing in with a passkey instead of the password.

use futures::future::join_all;

use super::{UNKNOWN, is_signed_in, message};
use crate::harness::passkeys::{ADD, CONFIRM, SIGN_IN};
use crate::harness::{Answer, Authenticator, TestApp};

#[tokio::test]
async fn a_passkey_alone_signs_in() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    let mut browser = app.script();
    let answer = browser.use_passkey(SIGN_IN, &mut passkey).await;
    assert_eq!(answer.location().as_deref(), Some("/dashboard"), "{answer:?}");
    assert!(browser.get("/dashboard").await.body.contains("ann"));
    assert_eq!(app.count("SELECT COUNT(*) FROM passkey WHERE last_used_at IS NOT NULL").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE detail = 'with a passkey'").await, 1);
}

#[tokio::test]
async fn signing_in_returns_to_the_requested_page_and_honors_remember_me() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    for (next, to) in [("/account/security", "/account/security"), ("//evil.example", "/dashboard")] {
        let mut browser = app.script();
        let given = browser.options(SIGN_IN).await;
        let credential = passkey.get(&given.options);
        let fields = [("state", given.state.as_str()), ("credential", &credential), ("remember", "on"), ("next", next)];
        let answer = browser.post_bare(SIGN_IN, &fields).await;
        assert_eq!(answer.location().as_deref(), Some(to));
        assert!(answer.set_cookie("portal_session").is_some_and(|cookie| cookie.contains("Max-Age=2592000")));
    }
}

#[tokio::test]
async fn options_require_user_verification_and_name_no_account() {
    let app = TestApp::new().await;
    let (_, first) = app.member_with_passkey("ann", 1).await;
    let given = app.script().options(SIGN_IN).await;
    let options = given.json();
    assert_eq!(options["rpId"], "localhost");
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["allowCredentials"], serde_json::json!([]));
    assert!(!given.options.contains(&first.id()) && !given.state.contains(&first.id()));
    assert_ne!(app.script().options(SIGN_IN).await.json()["challenge"], options["challenge"]);
}

#[tokio::test]
async fn requesting_options_writes_nothing_and_a_plain_form_is_redirected_to_its_page() {
    let app = TestApp::new().await;
    for _ in 0..10 {
        app.script().options(SIGN_IN).await;
        let answer = app.form().post_bare("/login/passkey/options", &[]).await;
        assert_eq!((answer.status.as_u16(), answer.location().as_deref()), (303, Some("/login")));
    }
    for table in ["session", "spent_challenge", "attempt"] {
        assert_eq!(app.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
    }
    let answer = app.form().post_bare(SIGN_IN, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.location().as_deref()), (303, Some("/login")));
}

/// A reason why a passkey is not accepted.
type Spoil = fn(&mut Authenticator);

#[tokio::test]
async fn every_invalid_passkey_gets_the_same_answer() {
    let spoils: [(&str, Spoil); 9] = [
        ("another page's", |it| it.origin = "http://evil.localhost:3000".to_owned()),
        ("another port's", |it| it.origin = "http://localhost:3001".to_owned()),
        ("https", |it| it.origin = "https://localhost:3000".to_owned()),
        ("another host's", |it| it.relying_party = "evil.example".to_owned()),
        ("another challenge", |it| it.challenge = Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned())),
        ("user not verified", |it| it.verifies = false),
        ("user not present", |it| it.present = false),
        ("no user handle", |it| it.user_handle = None),
        ("another user's handle", |it| it.user_handle = Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned())),
    ];
    let app = TestApp::new().await;
    let (_, passkey) = app.member_with_passkey("ann", 1).await;
    let mut answers = Vec::new();
    for (what, spoil) in spoils {
        let (mut browser, mut spoilt) = (app.script(), passkey.clone());
        spoil(&mut spoilt);
        answers.push((what, browser.use_passkey(SIGN_IN, &mut spoilt).await));
        assert!(!is_signed_in(&mut browser).await, "{what}");
    }
    let mut stranger = Authenticator { user_handle: passkey.user_handle.clone(), ..Authenticator::new(2) };
    answers.push(("unknown", app.script().use_passkey(SIGN_IN, &mut stranger).await));
    let mut forged = Authenticator::new(2).under_the_id_of(&passkey);
    answers.push(("signed by another key", app.script().use_passkey(SIGN_IN, &mut forged).await));
    let mut browser = app.script();
    let given = browser.options(SIGN_IN).await;
    answers.push(("no credential", browser.show(SIGN_IN, &given.state, "").await));
    answers.push(("rubbish", browser.show(SIGN_IN, &given.state, "{\"id\":7}").await));
    answers.push(("nothing", browser.post_bare(SIGN_IN, &[]).await));
    same(&answers);
    let mut right = passkey.clone();
    assert!(app.script().use_passkey(SIGN_IN, &mut right).await.location().is_some(), "the passkey itself is valid");
}

#[tokio::test]
async fn a_ceremony_is_valid_once_for_five_minutes_and_for_its_own_purpose() {
    let app = TestApp::new().await;
    let (mut owner, mut passkey) = app.member_with_passkey("ann", 1).await;
    let mut answers = Vec::new();

    let mut browser = app.script();
    let given = browser.options(SIGN_IN).await;
    let credential = passkey.get(&given.options);
    assert!(browser.show(SIGN_IN, &given.state, &credential).await.location().is_some());
    answers.push(("replayed", app.script().show(SIGN_IN, &given.state, &credential).await));
    let again = passkey.get(&given.options);
    answers.push(("state used twice", app.script().show(SIGN_IN, &given.state, &again).await));

    for other in [CONFIRM, ADD] {
        let given = owner.options(other).await;
        let credential = passkey.get(&given.options);
        answers.push((other, app.script().show(SIGN_IN, &given.state, &credential).await));
    }

    let (early, late) = (app.script().options(SIGN_IN).await, app.script().options(SIGN_IN).await);
    app.advance(299);
    let credential = passkey.get(&early.options);
    assert!(app.script().show(SIGN_IN, &early.state, &credential).await.location().is_some(), "4:59");
    app.advance(1);
    let credential = passkey.get(&late.options);
    answers.push(("5:00", app.script().show(SIGN_IN, &late.state, &credential).await));
    app.state.maintenance().purge().await.expect("purges");
    answers.push(("replayed after the purge", app.script().show(SIGN_IN, &early.state, &credential).await));
    same(&answers);
}

#[tokio::test]
async fn a_passkey_of_a_closed_or_deleted_account_looks_like_an_unknown_one() {
    let app = TestApp::new().await;
    let (_, passkey) = app.member_with_passkey("ann", 1).await;
    let mut answers = Vec::new();
    for (what, change) in [
        ("disabled", "UPDATE account SET disabled_at = 1"),
        ("to be deleted", "UPDATE account SET disabled_at = NULL, delete_after = 9999999999999"),
        ("deleted", "DELETE FROM account"),
        ("removed", "DELETE FROM passkey"),
    ] {
        app.execute(change).await;
        answers.push((what, app.script().use_passkey(SIGN_IN, &mut passkey.clone()).await));
    }
    same(&answers);
}

#[tokio::test]
async fn a_counter_that_decreases_is_refused_and_one_that_stays_at_zero_is_accepted() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    let copy = passkey.clone();
    assert!(app.script().use_passkey(SIGN_IN, &mut passkey).await.location().is_some());
    assert!(app.script().use_passkey(SIGN_IN, &mut passkey).await.location().is_some());
    for back in [1, 0] {
        let mut copy = Authenticator { counter: copy.counter * back, ..copy.clone() };
        assert_eq!(message(&app.script().use_passkey(SIGN_IN, &mut copy).await), UNKNOWN);
    }
    assert!(app.script().use_passkey(SIGN_IN, &mut passkey).await.location().is_some(), "the original still works");

    let mut bob = app.member("bob").await;
    let mut synchronised = Authenticator { counter: 0, ..Authenticator::new(2) };
    assert!(bob.add_passkey(&mut synchronised).await.location().is_some());
    for _ in 0..3 {
        assert!(app.script().use_passkey(SIGN_IN, &mut synchronised).await.location().is_some());
    }
}

#[tokio::test]
async fn sixteen_parallel_posts_of_one_passkey_sign_in_once() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    let given = app.script().options(SIGN_IN).await;
    let credential = passkey.get(&given.options);
    let posts = (0..16).map(|_| {
        let (mut browser, state, credential) = (app.script(), given.state.clone(), credential.clone());
        async move { browser.show(SIGN_IN, &state, &credential).await }
    });
    let answers = join_all(posts).await;
    let (inside, outside): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.location().is_some());
    assert_eq!((inside.len(), outside.len()), (1, 15));
    assert!(outside.iter().all(|answer| message(answer) == UNKNOWN));
}

#[tokio::test]
async fn no_number_of_failures_from_the_network_stops_a_right_passkey() {
    let app = TestApp::with(&[("PORTAL_LOGIN_FAILURES_PER_IP", "3"), ("PORTAL_CAPTCHA_AFTER_FAILURES", "1")]).await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    for n in 0..10 {
        assert_eq!(message(&app.script().use_passkey(SIGN_IN, &mut Authenticator::new(2)).await), UNKNOWN);
        app.script().sign_in(&format!("nobody{n}"), "another fine password").await;
    }
    assert!(app.script().use_passkey(SIGN_IN, &mut passkey).await.location().is_some());
}

/// Asserts that all are refusals, and that they are indistinguishable.
fn same(answers: &[(&str, Answer)]) {
    for (what, answer) in answers {
        assert_eq!(answer.status, 422, "{what}: {answer:?}");
        assert_eq!(message(answer), UNKNOWN, "{what}");
        assert_eq!(answer.body, answers[0].1.body, "{what}");
        assert!(answer.location().is_none() && answer.headers.get("set-cookie").is_none(), "{what}");
    }
}
