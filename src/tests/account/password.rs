//! Changing the password.

use futures::future::join;

use super::{Mode, PASSWORD, signed_in, with_ann};
use crate::harness::{Answer, Client};

const NEW: &str = "gravel lantern mosaic";

async fn change(client: &mut Client, current: &str, new: &str) -> Answer {
    client.post("/account/password", &[("current_password", current), ("password", new)]).await
}

#[tokio::test]
async fn a_new_password_renews_this_session_id_and_ends_all_other_sessions() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        let mut other = signed_in(&app, mode).await;
        let mut replayed = client.clone();
        app.execute(
            "INSERT INTO trusted_browser SELECT x'01', id, x'02', '', '', 0, NULL, 9999999999999, '' FROM account",
        )
        .await;
        let mut recovering = app.client(mode);
        recovering.post("/recover", &[("email", "ann@x.example")]).await;
        let code = app.code_for("ann@x.example").await;
        // The age of the sign-in does not matter, because the form asks for the password itself.
        app.advance(299);
        let answer = change(&mut client, PASSWORD, NEW).await;
        assert_eq!(answer.location().as_deref(), Some("/account"));
        assert!(client.seen(answer).await.contains("Password changed"));
        assert_eq!(client.get("/dashboard").await.status, 200, "this session continues");
        assert_ne!(client.cookies["portal_session"], replayed.cookies["portal_session"]);
        for gone in [&mut other, &mut replayed] {
            assert_ne!(gone.get("/dashboard").await.status, 200);
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM trusted_browser").await, 0);
        let answer =
            recovering.post("/recover/verify", &[("code", &code), ("password", "another fine password")]).await;
        assert_eq!(answer.location().as_deref(), Some("/login"), "the mailed code is canceled");
        assert_eq!(app.form().sign_in("ann", NEW).await.location().as_deref(), Some("/dashboard"));
        assert_ne!(app.form().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        let mails = app.mails_to("ann@x.example").await;
        assert!(mails.iter().any(|(subject, _)| subject.contains("password was changed")));
        assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'password_changed'").await, 1);
    }
}

#[tokio::test]
async fn errors_are_shown_beside_their_fields_and_change_nothing() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        for (current, new, message) in [
            ("", NEW, "Enter your current password."),
            ("not the password", NEW, "Incorrect password."),
            (PASSWORD, "short", "Use at least 8 characters."),
            (PASSWORD, "ann@x.example", "Don't use your name"),
        ] {
            let answer = change(&mut client, current, new).await;
            let seen = client.seen(answer).await;
            assert!(seen.contains(message), "{message}: {seen}");
        }
        assert_eq!(app.form().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    }
}

#[tokio::test]
async fn only_one_of_two_simultaneous_changes_succeeds() {
    let app = with_ann().await;
    let (mut one, mut two) = (signed_in(&app, Mode::Script).await, signed_in(&app, Mode::Script).await);
    join(change(&mut one, PASSWORD, NEW), change(&mut two, PASSWORD, "another fine password")).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'password_changed'").await, 1);
    let alive = [one.get("/dashboard").await.status, two.get("/dashboard").await.status];
    assert_eq!(alive.iter().filter(|status| **status == 200).count(), 1, "{alive:?}");
}

#[tokio::test]
async fn a_change_that_raced_with_a_recovery_is_refused() {
    for _ in 0..3 {
        let app = with_ann().await;
        let mut member = signed_in(&app, Mode::Script).await;
        let mut recovering = app.script();
        recovering.post("/recover", &[("email", "ann@x.example")]).await;
        let code = app.code_for("ann@x.example").await;
        let fields = [("code", code.as_str()), ("password", NEW)];
        let (_, answer) =
            join(change(&mut member, PASSWORD, "another fine password"), recovering.post("/recover/verify", &fields))
                .await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        let recovered = app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'password_recovered'").await == 1;
        let changed = app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'password_changed'").await == 1;
        assert!(recovered != changed, "the first one canceled the other");
        assert_eq!(member.get("/dashboard").await.status == 200, changed);
    }
}
