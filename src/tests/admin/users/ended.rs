//! What an action ends: sessions, pending sign-ins, trusted browsers.

use super::{Mode, PASSWORD, administrator, change, enroll, id_of, with_bob};
use crate::harness::{Client, TestApp};
use crate::two_step::{enrolled, half};

/// Applies an action to a user.
async fn done(client: &mut Client, id: &str, action: &str) {
    let answer = change(client, id, action, "Because.").await;
    assert_eq!(answer.location(), Some(format!("/admin/users/{id}")), "{action}: {answer:?}");
}

/// Returns where bob's password leads in this browser.
async fn password_leads_to(client: &Client) -> Option<String> {
    client.clone().sign_in("bob", PASSWORD).await.location()
}

#[tokio::test]
async fn every_session_of_the_user_is_signed_out_at_its_next_request_and_no_others() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let mut sessions = [app.client(mode), app.client(mode)];
        for bob in &mut sessions {
            bob.sign_in("bob", PASSWORD).await;
            assert_eq!(bob.get("/dashboard").await.status, 200);
        }
        app.execute("CREATE TABLE kept AS SELECT * FROM session").await;
        done(&mut ann, &id_of(&app, "bob").await, "end-sessions").await;
        let left = "SELECT COUNT(*) FROM session JOIN account ON account.id = account_id WHERE username = 'bob'";
        assert_eq!(app.count(left).await, 0);
        for bob in &sessions {
            let to = bob.clone().get("/dashboard").await.location();
            assert_eq!(to.as_deref(), Some("/login?next=/dashboard"));
        }
        // As an in-flight request would when it writes its session back.
        app.execute("INSERT OR IGNORE INTO session SELECT * FROM kept").await;
        for bob in &sessions {
            assert_ne!(bob.clone().get("/dashboard").await.status, 200);
        }
        assert_eq!(ann.get("/dashboard").await.status, 200);
        assert_eq!(password_leads_to(&app.client(mode)).await.as_deref(), Some("/dashboard"), "the account is open");
    }
}

#[tokio::test]
async fn a_sign_in_waiting_for_its_second_step_ends_with_the_sessions() {
    for mode in Mode::BOTH {
        for action in ["end-sessions", "start-recovery"] {
            let app = TestApp::new().await;
            enrolled(&app, mode).await;
            let mut eve = administrator(&app, mode, "eve").await;
            let mut waiting = half(&app, mode).await;
            assert_eq!(waiting.get("/login/mfa").await.status, 200);
            done(&mut eve, &id_of(&app, "ann").await, action).await;
            assert_ne!(waiting.get("/login/mfa").await.status, 200, "{action}");
        }
    }
}

#[tokio::test]
async fn after_a_reset_no_browser_is_trusted_even_when_two_step_sign_in_is_set_up_again() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let page = format!("/admin/users/{}", id_of(&app, "bob").await);
        let mut bob = app.client(mode);
        bob.sign_in("bob", PASSWORD).await;
        let codes = enroll(&app, &mut bob).await;
        let mut trusted = app.client(mode);
        assert_eq!(trusted.sign_in("bob", PASSWORD).await.location().as_deref(), Some("/login/mfa"));
        let answer = trusted.post("/login/mfa", &[("code", &codes[0]), ("trust", "on")]).await;
        assert_eq!(answer.location().as_deref(), Some("/dashboard"));
        trusted.post("/logout", &[]).await;
        assert_eq!(
            password_leads_to(&trusted).await.as_deref(),
            Some("/dashboard"),
            "it does not ask for the second step"
        );
        assert!(ann.get(&page).await.body.contains("<dt>Trusted browsers</dt><dd>1</dd>"));

        done(&mut ann, &id_of(&app, "bob").await, "reset-two-step").await;
        assert_eq!(app.count("SELECT COUNT(*) FROM trusted_browser").await, 0);
        assert!(ann.get(&page).await.body.contains("<dt>Trusted browsers</dt><dd>0</dd>"));

        let mut bob = app.client(mode);
        assert_eq!(bob.sign_in("bob", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        enroll(&app, &mut bob).await;
        assert!(bob.get("/account/security").await.body.contains("No trusted browsers."));
        assert_eq!(
            password_leads_to(&trusted).await.as_deref(),
            Some("/login/mfa"),
            "it asks for the second step again"
        );
    }
}
