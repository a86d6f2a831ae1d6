//! Browsers that are not asked for the second step.

use super::{Client, Enrolled, Mode, PASSWORD, TestApp, enroll, enrolled, events, half, is_signed_in};

/// A browser that ann trusts, signed out.
async fn trusted(app: &TestApp, ann: &Enrolled, code: usize, mode: Mode) -> Client {
    let mut client = half(app, mode).await;
    let answer = client.post("/login/mfa", &[("code", &ann.codes[code]), ("trust", "on")]).await;
    assert_eq!(answer.location().as_deref(), Some("/dashboard"));
    client.post("/logout", &[]).await;
    client
}

/// Where ann's password leads in this browser.
async fn password_leads_to(client: &Client) -> Option<String> {
    client.clone().sign_in("ann", PASSWORD).await.location()
}

fn trust_cookie(client: &Client) -> (String, String) {
    let mut found = client.cookies.iter().filter(|(name, _)| name.contains("portal_trust_"));
    let (name, value) = found.next().expect("a trust cookie");
    (name.clone(), value.clone())
}

#[tokio::test]
async fn a_trusted_browser_skips_the_second_step_for_thirty_days() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let client = trusted(&app, &ann, 0, mode).await;
        let (name, value) = trust_cookie(&client);
        let hex = name.strip_prefix("portal_trust_").expect("the name");
        assert!(hex.len() == 16 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        assert_eq!(password_leads_to(&client).await.as_deref(), Some("/dashboard"));
        assert_eq!(password_leads_to(&app.client(mode)).await.as_deref(), Some("/login/mfa"));
        let bytes = app.database_bytes();
        assert!(!bytes.windows(value.len()).any(|window| window == value.as_bytes()), "only its hash is stored");
        assert_eq!(events(&app, "browser_trusted").await, 1);
        app.advance(30 * 86_400 - 1);
        assert_eq!(password_leads_to(&client).await.as_deref(), Some("/dashboard"));
        app.advance(1);
        assert_eq!(password_leads_to(&client).await.as_deref(), Some("/login/mfa"));
        assert_eq!(app.count("SELECT COUNT(*) FROM trusted_browser").await, 1);
        app.state.maintenance().purge().await.expect("purges");
        assert_eq!(app.count("SELECT COUNT(*) FROM trusted_browser").await, 0);
    }
}

#[tokio::test]
async fn a_browser_is_trusted_only_on_request_and_its_cookie_is_protected() {
    let app = TestApp::with(&[("PUBLIC_URL", "https://portal.example.com")]).await;
    let ann = enrolled(&app, Mode::Form).await;
    let mut client = half(&app, Mode::Form).await;
    let answer = super::step(&mut client, &ann.codes[0]).await;
    assert!(!answer.headers.iter().any(|(_, value)| value.to_str().is_ok_and(|it| it.contains("portal_trust"))));
    let mut client = half(&app, Mode::Form).await;
    let answer = client.post("/login/mfa", &[("code", &ann.codes[1]), ("trust", "on")]).await;
    let (name, _) = trust_cookie(&client);
    assert!(name.starts_with("__Host-portal_trust_"), "{name}");
    let cookie = answer.set_cookie(&name).expect("the cookie");
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=2592000"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
}

#[tokio::test]
async fn a_wrong_code_trusts_no_browser_and_trust_does_not_replace_the_password() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let mut client = half(&app, mode).await;
        client.post("/login/mfa", &[("code", "000000"), ("trust", "on")]).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM trusted_browser").await, 0);
        let mut client = trusted(&app, &ann, 0, mode).await;
        assert_ne!(client.sign_in("ann", "another fine password").await.location().as_deref(), Some("/dashboard"));
        assert!(!is_signed_in(&client).await);
    }
}

#[tokio::test]
async fn the_cookie_of_another_account_does_nothing() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    app.account("ben", "ben@x.example").await;
    let mut ben = app.form();
    ben.sign_in("ben", PASSWORD).await;
    enroll(&app, &mut ben).await;
    let client = trusted(&app, &ann, 0, Mode::Form).await;
    let (name, value) = trust_cookie(&client);
    assert_eq!(client.clone().sign_in("ben", PASSWORD).await.location().as_deref(), Some("/login/mfa"));
    // It does not work under the name of ben's own cookie either.
    app.execute("DELETE FROM recovery_code WHERE used_at IS NOT NULL").await;
    let mut bens = app.form();
    bens.sign_in("ben", PASSWORD).await;
    let code = {
        ben.post(super::CODES, &[]).await;
        super::codes_in(&ben.get(super::CODES).await.body)[0].clone()
    };
    bens.post("/login/mfa", &[("code", &code), ("trust", "on")]).await;
    let (bens_name, bens_value) = trust_cookie(&bens);
    assert_ne!(name, bens_name);
    for (name, value) in [(bens_name, value), (name, bens_value), ("portal_trust_0".to_owned(), "x".to_owned())] {
        let mut forged = app.form();
        forged.cookies.insert(name.clone(), value);
        for who in ["ann", "ben"] {
            assert_eq!(forged.clone().sign_in(who, PASSWORD).await.location().as_deref(), Some("/login/mfa"), "{name}");
        }
    }
}

#[tokio::test]
async fn trusted_browsers_are_listed_and_can_be_removed_one_by_one_or_all_at_once() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = enrolled(&app, mode).await;
        assert!(ann.client.get("/account/security").await.body.contains("No trusted browsers."));
        let one = trusted(&app, &ann, 0, mode).await;
        app.advance(1);
        let two = trusted(&app, &ann, 1, mode).await;
        app.advance(1);
        let three = trusted(&app, &ann, 2, mode).await;
        let mut there = one.clone();
        there.sign_in("ann", PASSWORD).await;
        let page = there.get("/account/security").await.body;
        assert_eq!(page.matches("Firefox on Linux</strong>").count(), 3, "{page}");
        assert_eq!(page.matches("This browser").count(), 1);
        assert!(page.contains("192.0.2.7") && page.contains("last used"));
        let ids: Vec<_> =
            page.split("name=\"id\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids.len(), 3);
        // Newest first.
        let answer = ann.client.post("/account/security/browsers/forget", &[("id", ids[0])]).await;
        assert!(ann.client.seen(answer).await.contains("will be asked for a code again."));
        let leads = [password_leads_to(&one).await, password_leads_to(&two).await, password_leads_to(&three).await];
        assert_eq!(leads.map(Option::unwrap_or_default), ["/dashboard", "/dashboard", "/login/mfa"]);
        for id in [ids[0], "", "x"] {
            let answer = ann.client.post("/account/security/browsers/forget", &[("id", id)]).await;
            assert!(ann.client.seen(answer).await.contains("already been removed"), "{id}");
        }
        ann.client.post("/account/security/browsers/forget-all", &[]).await;
        for client in [one, two] {
            assert_eq!(password_leads_to(&client).await.as_deref(), Some("/login/mfa"));
        }
        assert_eq!(events(&app, "browser_forgotten").await, 2);
    }
}

#[tokio::test]
async fn users_cannot_remove_the_browsers_of_others() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    let client = trusted(&app, &ann, 0, Mode::Form).await;
    let mut there = client.clone();
    there.sign_in("ann", PASSWORD).await;
    let page = there.get("/account/security").await.body;
    let id = page.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
    app.account("ben", "ben@x.example").await;
    let mut ben = app.form();
    ben.sign_in("ben", PASSWORD).await;
    ben.post("/account/security/browsers/forget", &[("id", id)]).await;
    ben.post("/account/security/browsers/forget-all", &[]).await;
    assert_eq!(password_leads_to(&client).await.as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn a_browser_that_is_trusted_again_is_listed_once() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    let mut client = trusted(&app, &ann, 0, Mode::Form).await;
    app.execute("UPDATE trusted_browser SET expires_at = 1").await;
    assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/login/mfa"));
    client.post("/login/mfa", &[("code", &ann.codes[1]), ("trust", "on")]).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM trusted_browser").await, 1);
}
