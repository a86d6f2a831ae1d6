//! A limit on changes of one account, because each of them sends an email.

use super::{Mode, PASSWORD, signed_in, with_ann};
use crate::harness::totp::Phone;

const DAY: u64 = 86_400;

#[tokio::test]
async fn after_twenty_changes_in_a_day_no_other_change_sends_an_email() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        for number in 1..=20 {
            let answer = client.post("/account/username", &[("username", &format!("ann{number}"))]).await;
            assert_eq!(answer.location().as_deref(), Some("/account"), "{number}");
        }
        client.post("/account/security/totp", &[]).await;
        let code = Phone::of(&client.get("/account/security").await.body).code(app.clock.now());
        let queued = app.count("SELECT COUNT(*) FROM outbox").await;
        for (form, fields) in [
            ("/account/username", &[("username", "annie")][..]),
            ("/account/email", &[("email", "new@x.example")]),
            ("/account/password", &[("current_password", PASSWORD), ("password", "gravel lantern mosaic")]),
            ("/account/security/totp/confirm", &[("code", &code)]),
        ] {
            let answer = client.post(form, fields).await;
            let page = client.seen(answer).await;
            assert!(page.contains("This account was changed too often today."), "{form}: {page}");
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, queued);
        assert_eq!(app.texts("SELECT username FROM account").await, ["ann20"]);
        // What protects the account still works.
        assert_eq!(
            client.post("/account/sessions/end-others", &[]).await.location().as_deref(),
            Some("/account/sessions")
        );

        app.advance(DAY);
        let mut client = app.client(mode);
        assert_eq!(client.sign_in("ann20", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        client.post("/account/username", &[("username", "annie")]).await;
        assert_eq!(app.texts("SELECT username FROM account").await, ["annie"]);
    }
}

#[tokio::test]
async fn changes_of_one_account_do_not_use_up_those_of_another() {
    let app = with_ann().await;
    app.account("bob", "bob@x.example").await;
    let mut ann = signed_in(&app, Mode::BOTH[0]).await;
    for number in 1..=21 {
        ann.post("/account/username", &[("username", &format!("ann{number}"))]).await;
    }
    let mut bob = app.client(Mode::BOTH[0]);
    bob.sign_in("bob", PASSWORD).await;
    bob.post("/account/username", &[("username", "bobby")]).await;
    assert_eq!(app.texts("SELECT username FROM account ORDER BY username").await, ["ann20", "bobby"]);
}
