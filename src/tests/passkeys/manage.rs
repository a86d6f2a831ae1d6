//! Existing passkeys: renaming, removing, and reauthenticating with them.

use super::{UNKNOWN, message};
use crate::harness::passkeys::{ADD, CONFIRM, SIGN_IN};
use crate::harness::{Client, Mode, TestApp};

const RENAME: &str = "/account/security/passkeys/rename";
const REMOVE: &str = "/account/security/passkeys/remove";

async fn id(app: &TestApp) -> String {
    let text = app.text("SELECT lower(hex(id)) FROM passkey").await;
    uuid::Uuid::parse_str(&text).expect("an id").to_string()
}

fn in_mode(client: &Client, mode: Mode) -> Client {
    let mut client = client.clone();
    client.mode = mode;
    client
}

#[tokio::test]
async fn the_owner_can_rename_a_passkey() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let (owner, _) = app.member_with_passkey("ann", 1).await;
        let (mut owner, id) = (in_mode(&owner, mode), id(&app).await);
        let answer = owner.post(RENAME, &[("id", &id), ("name", " Ann’s <b>phone</b> ")]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/security"), "{mode:?} {answer:?}");
        assert_eq!(app.text("SELECT name FROM passkey").await, "Ann’s <b>phone</b>");
        for (name, said) in [("", "Enter a name."), (&*"x".repeat(65), "Use at most 64 characters.")] {
            let answer = owner.post(RENAME, &[("id", &id), ("name", name)]).await;
            let seen = owner.seen(answer).await;
            assert!(mode == Mode::Form || seen.contains(said), "{mode:?} {seen}");
        }
        assert_eq!(app.text("SELECT name FROM passkey").await, "Ann’s <b>phone</b>");
    }
}

#[tokio::test]
async fn a_removed_passkey_no_longer_signs_in_and_its_owner_is_notified() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let (owner, mut passkey) = app.member_with_passkey("ann", 1).await;
        let (mut owner, id) = (in_mode(&owner, mode), id(&app).await);
        let answer = owner.post(REMOVE, &[("id", &id)]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/security"), "{mode:?} {answer:?}");
        assert_eq!(app.count("SELECT COUNT(*) FROM passkey").await, 0);
        assert_eq!(message(&app.script().use_passkey(SIGN_IN, &mut passkey).await), UNKNOWN);
        let mails = app.mails_to("ann@x.example").await;
        assert!(mails.iter().any(|(subject, _)| subject.starts_with("A passkey was removed")), "{mails:?}");
        if mode == Mode::Script {
            let again = owner.post(REMOVE, &[("id", &id)]).await;
            assert_eq!(message(&again), "This passkey has already been removed.");
        }
    }
}

#[tokio::test]
async fn removing_requires_the_password_and_users_cannot_touch_the_passkeys_of_others() {
    let app = TestApp::new().await;
    let (mut owner, mut passkey) = app.member_with_passkey("ann", 1).await;
    let (mut bob, id) = (app.member("bob").await, id(&app).await);
    for id in [id.as_str(), "", "x", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(message(&bob.post(REMOVE, &[("id", id)]).await), "This passkey has already been removed.");
        assert_eq!(
            message(&bob.post(RENAME, &[("id", id), ("name", "mine")]).await),
            "This passkey has already been removed."
        );
    }
    for action in [REMOVE, RENAME] {
        let answer = app.script().post(action, &[("id", &id), ("name", "mine")]).await;
        assert_eq!(answer.location().as_deref(), Some("/login?next=/account/security"));
    }
    app.advance(301);
    assert_eq!(owner.post(REMOVE, &[("id", &id)]).await.location().as_deref(), Some("/account/confirm"));
    assert!(app.script().use_passkey(SIGN_IN, &mut passkey).await.location().is_some(), "it is still there");
}

#[tokio::test]
async fn a_passkey_reauthenticates_in_place_of_the_password() {
    let app = TestApp::new().await;
    let (mut owner, mut passkey) = app.member_with_passkey("ann", 1).await;
    let id = id(&app).await;
    app.advance(301);
    assert_eq!(owner.post(REMOVE, &[("id", &id)]).await.location().as_deref(), Some("/account/confirm"));
    let options = owner.options(CONFIRM).await.json();
    assert_eq!(options["allowCredentials"][0]["id"], passkey.id());
    assert_eq!(options["userVerification"], "required");
    let answer = owner.use_passkey(CONFIRM, &mut passkey).await;
    assert_eq!(answer.location().as_deref(), Some("/account/security"), "back to the original page: {answer:?}");
    assert_eq!(owner.post(REMOVE, &[("id", &id)]).await.location().as_deref(), Some("/account/security"));
}

#[tokio::test]
async fn only_the_users_own_passkey_reauthenticates_and_only_in_its_own_ceremony() {
    let app = TestApp::new().await;
    let (mut ann, mut of_ann) = app.member_with_passkey("ann", 1).await;
    let (mut bob, mut of_bob) = app.member_with_passkey("bob", 2).await;
    app.advance(301);
    assert_eq!(message(&ann.use_passkey(CONFIRM, &mut of_bob).await), UNKNOWN);
    let given = ann.options(CONFIRM).await;
    let credential = of_bob.get(&given.options);
    assert_eq!(message(&bob.show(CONFIRM, &given.state, &credential).await), UNKNOWN, "begun by another");
    let given = ann.options(SIGN_IN).await;
    let credential = of_ann.get(&given.options);
    assert_eq!(message(&ann.show(CONFIRM, &given.state, &credential).await), UNKNOWN, "begun to sign in");
    let answer = ann.post_bare("/account/security/passkeys/options", &[]).await;
    assert_eq!(answer.location().as_deref(), Some("/account/confirm"), "still not confirmed");
    // An authenticator that was given the passkey's id may omit the user handle.
    of_ann.user_handle = None;
    assert!(ann.use_passkey(CONFIRM, &mut of_ann).await.location().is_some());
    for action in ["/account/confirm/passkey/options", CONFIRM] {
        let answer = app.script().post_bare(action, &[]).await;
        assert_eq!(answer.location().as_deref(), Some("/login?next=/account/confirm"), "{action}");
    }
}

#[tokio::test]
async fn signing_in_with_a_passkey_counts_as_recent_authentication() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    app.advance(301);
    let mut browser = app.script();
    assert!(browser.use_passkey(SIGN_IN, &mut passkey).await.location().is_some());
    assert!(!browser.options(ADD).await.state.is_empty());
}
