//! Where a second factor is required.

use super::half_session::{functions, pages};
use super::{Client, Mode, OFF, PASSWORD, TestApp, enroll, half};

const EVERYONE: &[(&str, &str)] = &[("PORTAL_REQUIRE_MFA", "everyone")];
const ADMINS: &[(&str, &str)] = &[("PORTAL_REQUIRE_MFA", "admins")];

fn may_enroll(path: &str) -> bool {
    ["/account/security", "/account/confirm"].iter().any(|page| path == *page || path.starts_with(&format!("{page}/")))
}

async fn signed_in(app: &TestApp, mode: Mode) -> Client {
    let mut client = app.client(mode);
    client.sign_in("ann", PASSWORD).await;
    client
}

#[tokio::test]
async fn a_user_without_a_second_factor_can_only_open_the_page_that_adds_one() {
    let app = TestApp::with(EVERYONE).await;
    app.account("ann", "ann@x.example").await;
    let client = signed_in(&app, Mode::Form).await;
    for path in pages() {
        if path == "/from-mail" || path == "/verify" {
            continue;
        }
        let answer = client.clone().get(&path).await;
        if path.starts_with("/admin") {
            assert_eq!(answer.status, 404, "{path}");
        } else if may_enroll(&path) {
            assert_eq!(answer.status, 200, "{path}");
        } else {
            let to = answer.location().unwrap_or_else(|| panic!("{path} is shown"));
            assert!(to == "/account/security" || to == "/dashboard", "{path}: {to}");
        }
    }
    assert_eq!(client.clone().get("/dashboard").await.location().as_deref(), Some("/account/security"));
    assert!(
        client
            .clone()
            .get("/account/security")
            .await
            .body
            .contains("Two-step sign-in is required. Add an authenticator app")
    );
    for mode in Mode::BOTH {
        let client = signed_in(&app, mode).await;
        for path in functions() {
            let open =
                ["/logout", "/from-mail", "/password/strength"].contains(&path) || path.starts_with("/from-mail/");
            if open || may_enroll(path) || path.starts_with("/admin") {
                continue;
            }
            let to = client.clone().post_bare(path, &[("code", "123456")]).await.location();
            assert_eq!(to.as_deref(), Some("/account/security"), "{path}");
        }
    }
}

#[tokio::test]
async fn where_it_is_required_a_second_factor_gives_access_and_cannot_be_turned_off() {
    for mode in Mode::BOTH {
        let app = TestApp::with(EVERYONE).await;
        app.account("ann", "ann@x.example").await;
        let mut other = signed_in(&app, mode).await;
        let mut client = signed_in(&app, mode).await;
        enroll(&app, &mut client).await;
        assert_eq!(client.get("/dashboard").await.status, 200);
        assert_eq!(
            other.get("/dashboard").await.location().as_deref(),
            Some("/login?next=/dashboard"),
            "a session that began with the password alone does not become a whole one"
        );
        assert!(
            !client
                .get("/account/security")
                .await
                .body
                .contains("Two-step sign-in is required. Add an authenticator app")
        );
        let answer = client.post(OFF, &[]).await;
        assert!(client.seen(answer).await.contains("Add a passkey before you turn off your app"));
        half(&app, mode).await;
    }
}

#[tokio::test]
async fn a_second_factor_can_be_required_for_administrators_only() {
    let app = TestApp::with(ADMINS).await;
    app.account("ann", "ann@x.example").await;
    app.account("ben", "ben@x.example").await;
    app.execute("UPDATE account SET role = 'administrator' WHERE username = 'ann'").await;
    let mut ann = signed_in(&app, Mode::Form).await;
    assert_eq!(ann.get("/dashboard").await.location().as_deref(), Some("/account/security"));
    let mut ben = app.form();
    ben.sign_in("ben", PASSWORD).await;
    assert_eq!(ben.get("/dashboard").await.status, 200);
    // From the next request on.
    app.execute("UPDATE account SET role = 'administrator' WHERE username = 'ben'").await;
    assert_eq!(ben.get("/dashboard").await.location().as_deref(), Some("/account/security"));
}

#[tokio::test]
async fn unless_it_is_required_a_second_factor_is_optional() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    app.execute("UPDATE account SET role = 'administrator'").await;
    assert_eq!(signed_in(&app, Mode::Form).await.get("/dashboard").await.status, 200);
}
