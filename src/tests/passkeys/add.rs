//! Adding a passkey.

use futures::future::join_all;

use super::message;
use crate::harness::passkeys::{ADD, CONFIRM, SIGN_IN};
use crate::harness::{Answer, Authenticator, TestApp};

const NOT_ADDED: &str = "The passkey couldn't be added. Please try again.";

#[tokio::test]
async fn a_passkey_is_added_with_the_browsers_name_and_its_owner_is_notified() {
    let app = TestApp::new().await;
    let (_, passkey) = app.member_with_passkey("ann", 1).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM passkey WHERE name = 'Firefox on Linux'").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'passkey_added'").await, 1);
    let mails = app.mails_to("ann@x.example").await;
    assert!(mails.iter().any(|(subject, text)| subject.contains("passkey") && text.contains("Firefox on Linux")));
    assert!(passkey.user_handle.is_some(), "the account's id");
}

#[tokio::test]
async fn options_ask_for_a_new_discoverable_passkey() {
    let app = TestApp::new().await;
    let (mut owner, passkey) = app.member_with_passkey("ann", 1).await;
    let options = owner.options(ADD).await.json();
    let wanted = &options["authenticatorSelection"];
    assert_eq!(wanted["residentKey"], "required");
    assert_eq!(wanted["requireResidentKey"], true);
    assert_eq!(wanted["userVerification"], "required");
    assert_eq!(options["rp"]["id"], "localhost");
    assert_eq!(options["user"]["name"], "ann");
    assert_eq!(options["user"]["id"].as_str(), passkey.user_handle.as_deref());
    assert_eq!(options["excludeCredentials"][0]["id"], passkey.id());
}

#[tokio::test]
async fn adding_a_passkey_requires_recent_authentication() {
    let app = TestApp::new().await;
    let mut owner = app.member("ann").await;
    let begun = owner.options(ADD).await;
    let credential = Authenticator::new(1).create(&begun.options);
    app.advance(301);
    for action in ["/account/security/passkeys/options", ADD] {
        let fields = [("state", begun.state.as_str()), ("credential", &credential)];
        let answer = owner.post_bare(action, &fields).await;
        assert_eq!(answer.location().as_deref(), Some("/account/confirm"), "{action}");
        let answer = app.script().post_bare(action, &fields).await;
        assert_eq!(answer.location().as_deref(), Some("/login?next=/account/security"), "{action}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM passkey").await, 0);
}

#[tokio::test]
async fn a_passkey_that_does_not_match_the_options_is_not_added() {
    let app = TestApp::new().await;
    let mut owner = app.member("ann").await;
    let good = || Authenticator::new(1);
    let wrong = [
        Authenticator { origin: "https://evil.example".to_owned(), ..good() },
        Authenticator { relying_party: "evil.example".to_owned(), ..good() },
        Authenticator { challenge: Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned()), ..good() },
        Authenticator { verifies: false, ..good() },
        Authenticator { present: false, ..good() },
    ];
    for mut wrong in wrong {
        assert_eq!(message(&owner.add_passkey(&mut wrong).await), NOT_ADDED);
    }
    for rubbish in ["", "{}", "null"] {
        let begun = owner.options(ADD).await;
        assert_eq!(message(&owner.show(ADD, &begun.state, rubbish).await), NOT_ADDED);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM passkey").await, 0);
}

#[tokio::test]
async fn a_state_is_valid_for_its_account_its_purpose_and_five_minutes() {
    let app = TestApp::new().await;
    let (mut ann, mut bob) = (app.member("ann").await, app.member("bob").await);
    let mut passkey = Authenticator::new(1);
    let (of_ann, to_confirm, to_sign_in) =
        (ann.options(ADD).await, ann.options(CONFIRM).await, ann.options(SIGN_IN).await);
    let credential = passkey.create(&of_ann.options);
    assert_eq!(message(&bob.show(ADD, &of_ann.state, &credential).await), NOT_ADDED, "another account's");
    for (given, what) in [(&to_confirm, "to confirm"), (&to_sign_in, "to sign in")] {
        assert_eq!(message(&ann.show(ADD, &given.state, &credential).await), NOT_ADDED, "{what}");
    }
    app.advance(300);
    assert_eq!(message(&ann.show(ADD, &of_ann.state, &credential).await), NOT_ADDED, "too late");
    assert_eq!(app.count("SELECT COUNT(*) FROM passkey").await, 0);
}

#[tokio::test]
async fn two_tabs_that_finish_one_ceremony_add_one_passkey_and_the_second_gets_an_error() {
    let app = TestApp::new().await;
    let (mut owner, _) = app.member_with_passkey("ann", 1).await;
    let begun = owner.options(ADD).await;
    let credential = Authenticator::new(2).create(&begun.options);
    let tabs = (0..2).map(|_| {
        let (mut tab, state, credential) = (owner.clone(), begun.state.clone(), credential.clone());
        async move { tab.show(ADD, &state, &credential).await }
    });
    let answers = join_all(tabs).await;
    let adds = |answer: &&Answer| answer.location().as_deref() == Some("/account/security");
    let (added, told): (Vec<_>, Vec<_>) = answers.iter().partition(adds);
    assert_eq!((added.len(), told.len()), (1, 1));
    // The session has a new id then, so the second tab may already be signed out.
    match told[0].location() {
        None => assert!(message(told[0]).starts_with("You may have already added this passkey"), "{told:?}"),
        Some(to) => assert!(to.starts_with("/login"), "{told:?}"),
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM passkey").await, 2);
}

#[tokio::test]
async fn a_passkey_belongs_to_one_account() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    let mut bob = app.member("bob").await;
    assert_eq!(message(&bob.add_passkey(&mut passkey.clone()).await), NOT_ADDED);
    let answer = app.script().use_passkey(SIGN_IN, &mut passkey).await;
    assert!(answer.location().is_some(), "it is still Ann's");
}

#[tokio::test]
async fn an_account_has_twenty_passkeys_at_most() {
    let app = TestApp::new().await;
    let mut owner = app.member("ann").await;
    let begun = owner.options(ADD).await;
    for number in 1..=20 {
        assert!(owner.add_passkey(&mut Authenticator::new(number)).await.location().is_some(), "{number}");
    }
    let answer = owner.post_bare("/account/security/passkeys/options", &[]).await;
    assert!(message(&answer).starts_with("You've reached the maximum number of passkeys"), "{answer:?}");
    let credential = Authenticator::new(21).create(&begun.options);
    let answer = owner.show(ADD, &begun.state, &credential).await;
    assert!(message(&answer).starts_with("You've reached the maximum number of passkeys"), "begun in time: {answer:?}");
    assert_eq!(app.count("SELECT COUNT(*) FROM passkey").await, 20);
}
