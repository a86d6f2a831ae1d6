//! Links in emails: opening one changes nothing, and its button works once.

use axum::body::Body;
use axum::http::Request;

use super::account::signed_in;
use super::harness::app::PASSWORD;
use super::harness::{Client, Mode, TestApp};

const DEAD: &str = "This link no longer works";

/// Returns the path and query of the link in the newest message to this email that has one.
pub(crate) async fn link_in(app: &TestApp, address: &str) -> String {
    let mails = app.mails_to(address).await;
    let link = mails.iter().rev().find_map(|(_, text)| {
        let at = text.find("/from-mail?token=")?;
        text[at..].split_whitespace().next().map(str::to_owned)
    });
    link.unwrap_or_else(|| panic!("no link among {} mails", mails.len()))
}

async fn press(client: &mut Client, link: &str) -> super::harness::Answer {
    let token = link.split_once('=').expect("a token").1.to_owned();
    client.post("/from-mail", &[("token", &token)]).await
}

async fn with_ann() -> TestApp {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    app.advance(3_600);
    app
}

async fn move_to(app: &TestApp, client: &mut Client, email: &str) {
    client.post("/account/email", &[("email", email)]).await;
    let code = app.code_for(email).await;
    let answer = client.post("/account/email/verify", &[("code", &code)]).await;
    assert_eq!(answer.location().as_deref(), Some("/account"));
}

/// Ann, after her email was changed, and the link to undo it.
async fn moved(app: &TestApp, mode: Mode) -> (Client, String) {
    let mut client = signed_in(app, mode).await;
    move_to(app, &mut client, "ann@y.example").await;
    (client, link_in(app, "ann@x.example").await)
}

async fn email(app: &TestApp) -> Vec<String> {
    app.texts("SELECT email FROM account").await
}

#[tokio::test]
async fn opening_a_link_changes_nothing_however_often() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut member, link) = moved(&app, mode).await;
        for client in [&mut app.client(mode), &mut member] {
            for _ in 0..3 {
                let page = client.get(&link).await;
                assert_eq!(page.status, 200);
                assert!(page.body.contains("Restore email address") && page.body.contains("action=\"/from-mail\""));
                assert!(!page.body.contains("http://") && !page.body.contains("https://"), "no external resources");
                assert_eq!(page.header("referrer-policy"), Some("same-origin"));
            }
            let head = client.send(Request::head(&link), Body::empty()).await;
            assert_eq!(head.status, 200);
        }
        assert_eq!(email(&app).await, ["ann@y.example"]);
        assert_eq!(app.count("SELECT COUNT(*) FROM mail_link WHERE used_at IS NOT NULL").await, 0);
    }
}

#[tokio::test]
async fn undoing_restores_the_email_and_ends_every_session() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut member, link) = moved(&app, mode).await;
        let mut owner = app.client(mode);
        let answer = press(&mut owner, &link).await;
        assert_eq!(answer.location().as_deref(), Some("/recover"));
        assert!(owner.seen(answer).await.contains("Your email address has been restored"));
        assert_eq!(email(&app).await, ["ann@x.example"]);
        assert_ne!(member.get("/dashboard").await.status, 200);
        let mails = app.mails_to("ann@x.example").await;
        assert!(mails.iter().any(|(subject, _)| subject.ends_with("was restored")), "{mails:?}");
        assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'email_change_undone'").await, 1);
        // The other email is available again, because no account has it.
        app.account("bob", "ann@y.example").await;
        let again = press(&mut owner, &link).await;
        assert_eq!(again.location().as_deref(), Some("/from-mail"));
        assert!(owner.seen(again).await.contains(DEAD));
        assert!(owner.get(&link).await.body.contains(DEAD));
    }
}

#[tokio::test]
async fn undoing_also_reverts_a_second_change_and_cancels_a_pending_deletion() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut member, first) = moved(&app, mode).await;
        app.advance(1);
        move_to(&app, &mut member, "thief@z.example").await;
        let second = link_in(&app, "ann@y.example").await;
        member.post("/account/delete", &[("confirmation", "ann"), ("password", PASSWORD)]).await;
        let mut owner = app.client(mode);
        press(&mut owner, &first).await;
        assert_eq!(email(&app).await, ["ann@x.example"]);
        assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE delete_after IS NOT NULL").await, 0);
        let answer = press(&mut owner, &second).await;
        assert!(owner.seen(answer).await.contains(DEAD));
        assert_eq!(email(&app).await, ["ann@x.example"]);
    }
}

#[tokio::test]
async fn undoing_the_later_of_two_changes_keeps_the_earlier() {
    let app = with_ann().await;
    let (mut member, first) = moved(&app, Mode::Form).await;
    app.advance(1);
    move_to(&app, &mut member, "ann@z.example").await;
    let second = link_in(&app, "ann@y.example").await;
    press(&mut app.form(), &second).await;
    assert_eq!(email(&app).await, ["ann@y.example"]);
    press(&mut app.form(), &first).await;
    assert_eq!(email(&app).await, ["ann@x.example"]);
}

#[tokio::test]
async fn the_undo_link_works_for_72_hours() {
    let app = with_ann().await;
    let (_, link) = moved(&app, Mode::Form).await;
    app.advance(72 * 3_600 - 1);
    assert!(!app.form().get(&link).await.body.contains(DEAD));
    app.advance(1);
    assert!(app.form().get(&link).await.body.contains(DEAD));
    let mut client = app.form();
    let answer = press(&mut client, &link).await;
    assert!(client.seen(answer).await.contains(DEAD));
    assert_eq!(email(&app).await, ["ann@y.example"]);
}

#[tokio::test]
async fn a_user_who_undoes_in_their_own_session_is_signed_out_and_notified() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut member, link) = moved(&app, mode).await;
        let answer = press(&mut member, &link).await;
        assert_eq!(answer.location().as_deref(), Some("/recover"));
        assert!(member.seen(answer).await.contains("Your email address has been restored"));
    }
}

#[tokio::test]
async fn keeping_an_account_reopens_it() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        client.post("/account/delete", &[("confirmation", "ann"), ("password", PASSWORD)]).await;
        let link = link_in(&app, "ann@x.example").await;
        assert!(client.get(&link).await.body.contains("Keep my account"));
        let answer = press(&mut client, &link).await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(client.seen(answer).await.contains("Your account won't be deleted."));
        signed_in(&app, mode).await;
        app.advance(8 * 86_400);
        app.state.maintenance().purge().await.expect("purges");
        assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1);
        assert!(
            app.mails_to("ann@x.example")
                .await
                .iter()
                .any(|(subject, _)| subject.ends_with("account won't be deleted"))
        );
    }
}

#[tokio::test]
async fn a_link_ends_its_own_session_and_no_other() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut stranger = signed_in(&app, mode).await;
        app.advance(1);
        let mut member = signed_in(&app, mode).await;
        let link = app.link_to_end_oldest_session().await;
        let mut owner = app.client(mode);
        assert!(owner.get(&link).await.body.contains("Sign out that device"));
        let answer = press(&mut owner, &link).await;
        assert_eq!(answer.location().as_deref(), Some("/recover"));
        assert!(owner.seen(answer).await.contains("That device has been signed out."));
        assert_ne!(stranger.get("/dashboard").await.status, 200);
        assert_eq!(member.get("/dashboard").await.status, 200);
        let answer = press(&mut member, &link).await;
        assert_eq!(answer.location().as_deref(), Some("/from-mail"));
    }
}

#[tokio::test]
async fn only_one_of_sixteen_simultaneous_presses_succeeds() {
    let app = with_ann().await;
    let (_, link) = moved(&app, Mode::Form).await;
    let answers = futures::future::join_all((0..16).map(|_| {
        let (mut client, link) = (app.script(), link.clone());
        async move { press(&mut client, &link).await }
    }))
    .await;
    let done = answers.iter().filter(|answer| answer.location().as_deref() == Some("/recover")).count();
    assert_eq!(done, 1);
}

#[tokio::test]
async fn unknown_and_malformed_links_get_the_same_page_and_no_server_error() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        for token in ["", "x", "%2e", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(2_000)] {
            let mut client = app.client(mode);
            let page = client.get(&format!("/from-mail?token={token}")).await;
            assert_eq!(page.status, 200);
            assert!(page.body.contains(DEAD) && page.body.contains("href=\"/recover\""));
            let answer = client.post("/from-mail", &[("token", token)]).await;
            assert_eq!(answer.location().as_deref(), Some("/from-mail"), "{token}");
        }
        assert!(app.client(mode).get("/from-mail").await.body.contains(DEAD));
    }
}
