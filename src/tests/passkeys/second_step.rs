//! A passkey as the second step after the password.

use portal::server::crypto::passkey::Begun;
use portal::server::services::Requester;
use portal::server::services::passkeys::Shown;
use portal::server::store::sessions::SecondStep;
use uuid::Uuid;

use crate::harness::passkeys::{CONFIRM, SIGN_IN};
use crate::harness::{Authenticator, TestApp};

/// Somebody whose password was accepted.
fn due(account_id: Uuid) -> Requester {
    let step = SecondStep { account_id, epoch: 0, remember: false, next: None, at: 0 };
    Requester {
        ip: [192, 0, 2, 7].into(),
        user_agent: String::new(),
        flow: None,
        recovery: None,
        device: None,
        trusted: Vec::new(),
        member: None,
        second_step: Some(step),
    }
}

async fn account(app: &TestApp, username: &str) -> Uuid {
    let hex = app.text(&format!("SELECT lower(hex(id)) FROM account WHERE username = '{username}'")).await;
    Uuid::parse_str(&hex).expect("an id")
}

async fn begin(app: &TestApp, account_id: Uuid) -> Begun {
    app.state.passkeys.offer_second_step(&due(account_id)).await.expect("options")
}

async fn is_second_factor(app: &TestApp, account_id: Uuid, state: &str, credential: &str) -> bool {
    let tx = app.state.store.write().await.expect("the writer's turn");
    let shown = Shown { state, credential };
    let judged = app.state.passkeys.is_second_factor(&tx, account_id, shown, &due(account_id)).await;
    tx.commit().await.expect("it commits");
    judged.expect("no fault")
}

#[tokio::test]
async fn ones_own_passkey_is_a_second_factor_once() {
    let app = TestApp::new().await;
    let (_, mut passkey) = app.member_with_passkey("ann", 1).await;
    let ann = account(&app, "ann").await;
    let begun = begin(&app, ann).await;
    let options: serde_json::Value = serde_json::from_str(&begun.options).expect("JSON");
    assert_eq!(options["allowCredentials"][0]["id"], passkey.id());
    assert_eq!(options["allowCredentials"].as_array().map(Vec::len), Some(1));
    let credential = passkey.get(&begun.options);
    assert!(is_second_factor(&app, ann, &begun.state, &credential).await);
    assert!(!is_second_factor(&app, ann, &begun.state, &credential).await, "replayed");
}

#[tokio::test]
async fn nothing_else_is_a_second_factor() {
    let app = TestApp::new().await;
    let (mut of_ann, mut passkey) = app.member_with_passkey("ann", 1).await;
    let (_, mut of_bob) = app.member_with_passkey("bob", 2).await;
    let (ann, bob) = (account(&app, "ann").await, account(&app, "bob").await);
    let begun = begin(&app, ann).await;
    let credential = of_bob.get(&begun.options);
    assert!(!is_second_factor(&app, ann, &begun.state, &credential).await, "another's passkey");
    let begun = begin(&app, ann).await;
    let credential = of_bob.get(&begun.options);
    assert!(!is_second_factor(&app, bob, &begun.state, &credential).await, "begun for another");
    for action in [SIGN_IN, CONFIRM] {
        let given = of_ann.options(action).await;
        let credential = passkey.get(&given.options);
        assert!(!is_second_factor(&app, ann, &given.state, &credential).await, "begun at {action}");
    }
    let begun = begin(&app, ann).await;
    let credential = Authenticator { verifies: false, ..passkey.clone() }.get(&begun.options);
    assert!(!is_second_factor(&app, ann, &begun.state, &credential).await, "nobody verified");
    let begun = begin(&app, ann).await;
    let credential = passkey.get(&begun.options);
    app.advance(300);
    assert!(!is_second_factor(&app, ann, &begun.state, &credential).await, "too late");
}

#[tokio::test]
async fn without_a_second_step_there_are_no_options_for_one() {
    let app = TestApp::new().await;
    let (mut owner, _) = app.member_with_passkey("ann", 1).await;
    for client in [&mut owner, &mut app.script()] {
        let answer = client.post_bare("/login/mfa/passkey/options", &[]).await;
        assert!(answer.location().is_some_and(|to| to.starts_with("/login?next=")), "{answer:?}");
    }
}
