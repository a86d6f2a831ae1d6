//! The checks behind the auth middleware: the methods themselves, called by
//! users who are not administrators, or no longer are.

use portal::domain::UserAction;
use portal::services::admin::UsersQuery;
use portal::services::keyset::Cursor;
use portal::services::{AuthenticatedUser, RequestContext, ServiceError};
use uuid::Uuid;

use super::{id_of, member, request_of};
use crate::harness::TestApp;

type Answers = Vec<(&'static str, Result<(), ServiceError>)>;

/// The administrators ann and zoe, the user bob, and bob's id.
async fn with_bob() -> (TestApp, Uuid) {
    let app = TestApp::new().await;
    for name in ["ann", "zoe"] {
        app.account(name, &format!("{name}@admin.example")).await;
    }
    app.execute("UPDATE account SET role = 'administrator'").await;
    app.account("bob", "bob@x.example").await;
    let bob = id_of(&app, "bob").await.parse().expect("an id");
    (app, bob)
}

/// The answers to every action.
async fn actions(app: &TestApp, by: &RequestContext, on: Uuid) -> Answers {
    let administration = &app.state.admin();
    let mut answers = vec![
        ("begin", administration.begin(by).await.map(drop)),
        ("begin with recent authentication", administration.begin_reauthenticated(by).await.map(drop)),
        ("invite", administration.invite("guest@x.example", by).await.map(drop)),
        ("revoke", administration.revoke_invitation(&on.to_string(), by).await.map(drop)),
        ("export", administration.export_users(UsersQuery::default(), by).await.map(drop)),
    ];
    for action in UserAction::ALL {
        answers.push((action.as_str(), administration.change_user(on, action, "Because.", by).await.map(drop)));
    }
    answers
}

/// The answers to every query.
async fn queries(app: &TestApp, by: &RequestContext, on: Uuid) -> Answers {
    let administration = &app.state.admin();
    vec![
        ("the users", administration.users(UsersQuery::default(), Cursor::First, by).await.map(drop)),
        ("a user", administration.user(on, by).await.map(drop)),
        ("an action", administration.user_action(on, UserAction::Disable, by).await.map(drop)),
        ("the invitations", administration.invitations("", Cursor::First, by).await.map(drop)),
    ]
}

fn nothing_is_there(who: &str, answers: Answers) {
    for (what, answer) in answers {
        assert!(matches!(answer, Err(ServiceError::NotFound)), "{who}, {what}: {answer:?}");
    }
}

/// Asserts that the attempts changed no account and no table.
async fn nothing_was_done(app: &TestApp) {
    for table in ["audit", "invitation"] {
        assert_eq!(app.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
    }
    let bob = "SELECT COUNT(*) FROM account WHERE username = 'bob' AND role = 'user' AND session_epoch = 0
        AND disabled_at IS NULL";
    assert_eq!(app.count(bob).await, 1);
    assert!(app.mails_to("guest@x.example").await.is_empty());
}

#[tokio::test]
async fn a_user_demoted_after_the_middleware_check_can_do_nothing() {
    let (app, bob) = with_bob().await;
    let ann = member(&app, "ann").await;
    let by = request_of(Some(ann.clone()));
    for since in [
        "role = 'user'",
        "disabled_at = 1",
        "delete_after = 9999999999999",
        // Every session was ended, including this one.
        "session_epoch = session_epoch + 1",
    ] {
        assert!(app.state.admin().begin(&by).await.is_ok(), "before {since}");
        assert!(app.state.admin().begin_reauthenticated(&by).await.is_ok(), "before {since}");
        app.execute(&format!("UPDATE account SET {since} WHERE username = 'ann'")).await;
        nothing_is_there(since, actions(&app, &by, bob).await);
        app.execute(&format!(
            "UPDATE account SET role = 'administrator', disabled_at = NULL, delete_after = NULL, session_epoch = {}
             WHERE username = 'ann'",
            ann.session_version
        ))
        .await;
    }
    let signed_out = request_of(Some(AuthenticatedUser { session: Uuid::max(), ..ann.clone() }));
    nothing_is_there("a session that is gone", actions(&app, &signed_out, bob).await);
    let gone = request_of(Some(AuthenticatedUser { account_id: Uuid::max(), ..ann }));
    nothing_is_there("an account that is gone", actions(&app, &gone, bob).await);
    nothing_was_done(&app).await;
}

#[tokio::test]
async fn other_users_get_not_found_and_are_not_asked_for_the_password() {
    let (app, bob) = with_bob().await;
    let ann = member(&app, "ann").await;
    let others = [
        ("nobody", None),
        ("a user", Some(AuthenticatedUser { administrator: false, ..member(&app, "bob").await })),
        // A user who has yet to add a required second factor has no admin access until then.
        ("an administrator who must enroll", Some(AuthenticatedUser { must_enroll: true, ..ann.clone() })),
    ];
    for seconds in [0, 301] {
        app.advance(seconds);
        for (who, member) in &others {
            let by = request_of(member.clone());
            assert!(matches!(by.administrator(), Err(ServiceError::NotFound)), "{who}");
            nothing_is_there(who, actions(&app, &by, bob).await);
            nothing_is_there(who, queries(&app, &by, bob).await);
        }
    }
    nothing_was_done(&app).await;
    // An administrator is asked for the password, and can view pages and begin other actions without it.
    let by = request_of(Some(ann));
    assert!(matches!(app.state.admin().begin_reauthenticated(&by).await, Err(ServiceError::ReauthenticationRequired)));
    assert!(app.state.admin().begin(&by).await.is_ok());
    assert!(queries(&app, &by, bob).await.iter().all(|(_, answer)| answer.is_ok()));
}
