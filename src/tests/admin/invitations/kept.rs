//! What is sent, listed and stored about invitations, and for how long.

use super::{BY_INVITATION, GUEST, WEEK, invite, portal};
use crate::harness::Mode;
use crate::harness::app::PASSWORD;

#[tokio::test]
async fn an_email_that_cannot_be_invited_gets_a_plain_error_and_no_invitation() {
    for mode in Mode::BOTH {
        let (app, mut ann) = portal(mode, BY_INVITATION).await;
        let before = app.count("SELECT COUNT(*) FROM outbox").await;
        for (address, message) in [
            ("ANN@admin.example", "This email address already has an account."),
            ("", "Enter your email address."),
            ("guest", "Enter an email address like name@example.com."),
        ] {
            let answer = ann.post("/admin/invitations/send", &[("email", address)]).await;
            assert!(ann.seen(answer).await.contains(message), "{address}");
        }
        let app = app.restart(&[("PORTAL_REGISTRATION", "closed")]).await;
        let mut ann = app.again(&ann);
        let page = ann.get("/admin/invitations").await.body;
        assert!(
            page.contains("Invitations can't be used while registration is closed.")
                && !page.contains("action=\"/admin/invitations/send\"")
        );
        let answer = ann.post("/admin/invitations/send", &[("email", GUEST)]).await;
        let seen = ann.seen(answer).await;
        assert!(seen.contains("be created at the moment.") || seen.contains("while registration is closed."), "{seen}");
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, before);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM invitation").await, 0);
    }
}

#[tokio::test]
async fn the_list_is_read_page_by_page_and_searched_by_email() {
    let (app, mut ann) = portal(Mode::Form, &[]).await;
    assert!(ann.get("/admin/invitations").await.body.contains("No invitations yet."));
    app.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
         INSERT INTO invitation SELECT randomblob(16), randomblob(32), 'g' || i || '@x.example', 'g' || i || '@x.example',
         NULL, 0, 1, 1, NULL FROM n",
    )
    .await;
    let first = ann.get("/admin/invitations").await.body;
    assert_eq!(first.matches("data-label=\"Email\"").count(), 50);
    assert!(first.contains("Expired") && first.contains("Deleted account"));
    let older = first.split("href=\"").find(|link| link.starts_with("/admin/invitations?before=")).expect("a link");
    let second = ann.get(older.split('"').next().unwrap_or_default()).await.body;
    assert_eq!(second.matches("data-label=\"Email\"").count(), 10);
    let newer = second.split("href=\"").find(|link| link.starts_with("/admin/invitations?after=")).expect("a link");
    let back = ann.get(newer.split('"').next().unwrap_or_default()).await.body;
    assert_eq!(back.matches("data-label=\"Email\"").count(), 50);
    let one = ann.get("/admin/invitations?address=G7%40X.example").await.body;
    assert_eq!(one.matches("data-label=\"Email\"").count(), 1);
    assert!(one.contains("g7@x.example"));
    for nobody in ["nobody@x.example", "%27", "g7"] {
        let none = ann.get(&format!("/admin/invitations?address={nobody}")).await.body;
        assert!(none.contains("No invitations match"), "{nobody}");
    }
    for odd in ["before=1", "after=x", "before=00000000-0000-0000-0000-000000000000"] {
        assert_eq!(ann.get(&format!("/admin/invitations?{odd}")).await.status, 200, "{odd}");
    }
}

#[tokio::test]
async fn an_invitation_is_deleted_thirty_days_after_it_ends() {
    let (app, mut ann) = portal(Mode::Form, &[]).await;
    invite(&app, &mut ann, "expires@x.example").await;
    invite(&app, &mut ann, "used@x.example").await;
    app.account("used", "used@x.example").await;
    for (seconds, left) in [(30 * 86_400, 2), (1, 1), (WEEK - 1, 1), (1, 0)] {
        app.advance(seconds);
        app.state.maintenance().purge().await.expect("the purge");
        assert_eq!(app.count("SELECT COUNT(*) FROM invitation").await, left, "after {seconds} s more");
    }
}

#[tokio::test]
async fn users_can_export_their_invitation_and_it_is_deleted_with_the_account() {
    let (app, mut ann) = portal(Mode::Form, &[]).await;
    invite(&app, &mut ann, GUEST).await;
    invite(&app, &mut ann, "other@x.example").await;
    app.account("guest", GUEST).await;
    let mut guest = app.form();
    guest.sign_in("guest", PASSWORD).await;
    let file = guest.post("/account/export", &[]).await.body;
    let file: serde_json::Value = serde_json::from_str(&file).expect("JSON");
    assert_eq!(file["invitations"].as_array().map(Vec::len), Some(1));
    assert_eq!(file["invitations"][0]["ended_by"], "used");
    assert!(file["invitations"][0].get("invited_by").is_none(), "nothing about other users");
    app.execute("UPDATE account SET delete_after = 1").await;
    app.state.maintenance().purge().await.expect("the purge");
    let left = app.texts("SELECT email || COALESCE(hex(invited_by), '') FROM invitation").await;
    assert_eq!(
        left,
        ["other@x.example"],
        "the guest's invitation is deleted, and the administrator's name is removed from the other"
    );
}

#[tokio::test]
async fn the_invitation_has_the_link_and_its_expiry_in_both_parts_and_is_not_sent_after_it() {
    let (app, mut ann) = portal(Mode::Form, &[]).await;
    let link = invite(&app, &mut ann, GUEST).await;
    let [letter] = app.letters_to(GUEST).await.try_into().expect("one email");
    assert_eq!(letter.subject, "You're invited to Portal");
    for part in [&letter.text, &letter.html] {
        for fact in [format!("http://127.0.0.1:3000{link}"), "12:00 UTC".to_owned(), "30 November 2026".to_owned()] {
            assert!(part.contains(&fact), "{fact}: {part}");
        }
    }
    ann.post("/admin/invitations/send", &[("email", "slow@x.example")]).await;
    app.advance(WEEK);
    assert!(app.mails_to("slow@x.example").await.is_empty());
    assert_eq!(app.text("SELECT state FROM outbox WHERE recipient_masked = 's***@x.example'").await, "expired");
}
