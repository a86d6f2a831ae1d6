//! Changing the username.

use super::{Mode, PASSWORD, signed_in, with_ann};

#[tokio::test]
async fn a_new_username_signs_in_and_the_change_is_mailed_and_logged() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        let answer = client.post("/account/username", &[("username", "annie")]).await;
        assert_eq!(answer.location().as_deref(), Some("/account"));
        assert!(client.seen(answer).await.contains("Your username is now annie."));
        assert_eq!(app.form().sign_in("annie", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        assert_ne!(app.form().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        let mails = app.mails_to("ann@x.example").await;
        assert!(mails.iter().any(|(subject, text)| subject.contains("username was changed") && text.contains("annie")));
        let detail = app.texts("SELECT detail FROM security_event WHERE kind = 'username_changed'").await;
        assert_eq!(detail, ["ann → annie"]);
    }
}

#[tokio::test]
async fn usernames_are_unique_without_case_and_users_can_change_the_case_of_their_own() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        app.account("bob", "bob@x.example").await;
        let mut client = signed_in(&app, mode).await;
        for (typed, message) in
            [("BOB", "This username is taken."), ("", "Enter a username."), ("ann", "already your username")]
        {
            let answer = client.post("/account/username", &[("username", typed)]).await;
            assert!(client.seen(answer).await.contains(message), "{typed}");
        }
        let answer = client.post("/account/username", &[("username", "Ann")]).await;
        assert_eq!(answer.location().as_deref(), Some("/account"));
        assert_eq!(app.texts("SELECT username FROM account WHERE username_key = 'ann'").await, ["Ann"]);
    }
}

#[tokio::test]
async fn changing_the_username_asks_for_the_password_after_five_minutes() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        app.advance(301);
        let answer = client.post("/account/username", &[("username", "annie")]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/confirm"));
        client.post("/account/confirm", &[("password", PASSWORD)]).await;
        assert!(client.get("/account").await.body.contains("value=\"annie\""), "the typed name is kept");
        client.post("/account/username", &[("username", "annie")]).await;
        assert_eq!(app.texts("SELECT username FROM account").await, ["annie"]);
    }
}

#[tokio::test]
async fn two_users_who_claim_one_username_at_once_do_not_both_get_it() {
    let app = with_ann().await;
    app.account("bob", "bob@x.example").await;
    let mut ann = signed_in(&app, Mode::Script).await;
    let mut bob = app.script();
    bob.sign_in("bob", PASSWORD).await;
    let answers = futures::future::join(
        ann.post("/account/username", &[("username", "zoe")]),
        bob.post("/account/username", &[("username", "ZOE")]),
    )
    .await;
    let won = [answers.0, answers.1].iter().filter(|it| it.location().as_deref() == Some("/account")).count();
    assert_eq!(won, 1);
}
