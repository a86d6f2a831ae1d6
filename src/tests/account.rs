//! A user's own account: username, email, password, data export and deletion.

mod deletion;
mod email;
mod export;
mod password;
mod quota;
mod username;

use super::harness::app::PASSWORD;
use super::harness::{Client, Mode, TestApp};

/// A portal where Ann registered some time ago.
async fn with_ann() -> TestApp {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    app.advance(3_600);
    app
}

/// A client in which Ann has just signed in.
pub(crate) async fn signed_in(app: &TestApp, mode: Mode) -> Client {
    let mut client = app.client(mode);
    assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    client
}

#[tokio::test]
async fn every_page_and_form_requires_a_sign_in() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        for page in ["/account", "/account/email/verify", "/account/delete"] {
            let to = app.client(mode).get(page).await.location();
            assert_eq!(to.as_deref(), Some(format!("/login?next={page}").as_str()));
        }
        for (form, page) in [
            ("/account/username", "/account"),
            ("/account/email", "/account"),
            ("/account/email/verify", "/account/email/verify"),
            ("/account/email/resend", "/account/email/verify"),
            ("/account/email/cancel", "/account/email/verify"),
            ("/account/password", "/account"),
            ("/account/export", "/account"),
            ("/account/delete", "/account/delete"),
        ] {
            let answer = app.client(mode).post_bare(form, &[]).await;
            assert_eq!(answer.location().as_deref(), Some(format!("/login?next={page}").as_str()), "{form}");
        }
    }
}

#[tokio::test]
async fn the_page_has_every_form_and_no_duplicate_ids() {
    let app = with_ann().await;
    let mut client = signed_in(&app, Mode::Form).await;
    let page = client.get("/account").await.body;
    for form in ["username", "email", "password", "export"] {
        assert!(page.contains(&format!("action=\"/account/{form}\"")), "{form}");
    }
    let mut ids: Vec<_> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
}
