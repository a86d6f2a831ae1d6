//! Account deletion.

use futures::future::join;
use portal::store::account_deletion::{ANONYMIZED, OF_AN_ACCOUNT};

use super::{Mode, PASSWORD, signed_in, with_ann};
use crate::email_links::link_in;
use crate::harness::{Answer, Client};

const GRACE: u64 = 7 * 86_400;

async fn delete(client: &mut Client) -> Answer {
    client.post("/account/delete", &[("confirmation", "ann"), ("password", PASSWORD)]).await
}

#[tokio::test]
async fn the_account_is_closed_at_once_and_its_owner_gets_a_link_to_keep_it() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (mut client, mut other) = (signed_in(&app, mode).await, signed_in(&app, mode).await);
        let page = client.get("/account/delete").await.body;
        assert!(page.contains("What happens next") && page.contains("in 7 days"));
        let answer = delete(&mut client).await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(client.seen(answer).await.contains("Your account is closed"));
        for gone in [&mut client, &mut other] {
            assert_ne!(gone.get("/dashboard").await.status, 200);
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE account_id IS NOT NULL").await, 0);
        assert_ne!(app.form().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        let before = app.mails_to("ann@x.example").await.len();
        app.client(mode).post("/recover", &[("email", "ann@x.example")]).await;
        assert_eq!(app.mails_to("ann@x.example").await.len(), before, "no code for a closed account");
        assert!(!link_in(&app, "ann@x.example").await.is_empty());
    }
}

#[tokio::test]
async fn another_username_or_a_wrong_password_deletes_nothing() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let mut client = signed_in(&app, mode).await;
        for (name, password, message) in [
            ("bob", PASSWORD, "Enter your username to confirm."),
            ("", "", "Enter your username to confirm."),
            ("ann", "", "Enter your password."),
            ("ann", "not the password", "Incorrect password."),
        ] {
            let answer = client.post("/account/delete", &[("confirmation", name), ("password", password)]).await;
            assert!(client.seen(answer).await.contains(message), "{message}");
        }
        assert_eq!(client.get("/dashboard").await.status, 200);
        assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE delete_after IS NOT NULL").await, 0);
    }
}

#[tokio::test]
async fn after_the_grace_period_the_account_is_deleted_and_its_log_is_anonymous() {
    let app = with_ann().await;
    let mut client = signed_in(&app, Mode::Form).await;
    delete(&mut client).await;
    for table in OF_AN_ACCOUNT {
        app.fill(table).await;
    }
    let path = link_in(&app, "ann@x.example").await;
    app.advance(GRACE - 1);
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1);
    app.advance(1);
    assert!(app.form().get(&path).await.body.contains("This link no longer works"), "even before the purge");
    app.state.maintenance().purge().await.expect("purges");
    for table in OF_AN_ACCOUNT.into_iter().chain(["account"]) {
        let left = format!("SELECT COUNT(*) FROM {table}");
        assert_eq!(app.count(&left).await, 0, "{table}");
    }
    assert!(app.count("SELECT COUNT(*) FROM security_event").await > 0);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM security_event WHERE account_id IS NOT NULL OR ip <> '' OR detail IS NOT NULL")
            .await,
        0
    );
    assert_eq!(app.count("SELECT COUNT(*) FROM otp WHERE email_key = 'ann@x.example'").await, 0);
    // The username and the email are available again.
    app.account("ann", "ann@x.example").await;
}

#[tokio::test]
async fn every_table_with_account_rows_is_listed() {
    let app = with_ann().await;
    let mut found = app
        .texts(
            "SELECT tables.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
             WHERE tables.type = 'table' AND columns.name = 'account_id'",
        )
        .await;
    let mut listed: Vec<_> = OF_AN_ACCOUNT.into_iter().chain([ANONYMIZED]).map(str::to_owned).collect();
    found.sort();
    listed.sort();
    assert_eq!(found, listed);
}

#[tokio::test]
async fn the_last_administrator_cannot_be_deleted_even_when_two_delete_at_once() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        app.execute("UPDATE account SET role = 'administrator'").await;
        let mut client = signed_in(&app, mode).await;
        let answer = delete(&mut client).await;
        assert!(client.seen(answer).await.contains("You're the last active administrator."));

        app.account("bob", "bob@x.example").await;
        app.execute("UPDATE account SET role = 'administrator'").await;
        let mut bob = app.client(mode);
        bob.sign_in("bob", PASSWORD).await;
        let fields = [("confirmation", "bob"), ("password", PASSWORD)];
        join(delete(&mut client), bob.post("/account/delete", &fields)).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE delete_after IS NULL").await, 1);
    }
}
