//! Where passkeys are available, and where they are not.

use portal::config::Config;
use portal::config::env::Env;
use portal::config::site::NoPasskeys;
use portal::rng::Rng;

use super::message;
use crate::harness::passkeys::SIGN_IN;
use crate::harness::{Authenticator, TestApp};

const PRODUCTION: [(&str, &str); 2] =
    [("LEPTOS_ENV", "PROD"), ("SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")];

fn party(settings: &[(&str, &str)]) -> Result<(String, String), NoPasskeys> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut all = vec![
        ("PORTAL_DATA_DIR", folder.path().to_str().expect("UTF-8")),
        ("MAIL_FROM", "a@x.example"),
        ("SMTP_URL", "smtps://u:p@smtp.example.com:465"),
        ("LEPTOS_ENV", "DEV"),
    ];
    all.extend_from_slice(settings);
    let config = Config::from_env(&Env::of(&all), &Rng::from_seed(1)).expect("the settings are right");
    config.site.relying_party().map(|party| (party.id, party.origin))
}

#[test]
fn passkeys_belong_to_the_host_name_of_the_portal() {
    let found = |id: &str, origin: &str| Ok((id.to_owned(), origin.to_owned()));
    assert_eq!(party(&[]), found("localhost", "http://localhost:3000"));
    for (address, origin) in [("[::1]:3900", "http://localhost:3900"), ("0.0.0.0:80", "http://localhost")] {
        assert_eq!(party(&[("LEPTOS_SITE_ADDR", address)]), found("localhost", origin), "{address}");
    }
    let production = |url| party(&[&PRODUCTION[..], &[("PUBLIC_URL", url)]].concat());
    assert_eq!(production("https://portal.example.com"), found("portal.example.com", "https://portal.example.com"));
    assert_eq!(
        production("https://Portal.example.com:8443"),
        found("portal.example.com", "https://portal.example.com:8443")
    );
    for address in ["https://192.0.2.7", "https://[2001:db8::1]", "http://127.0.0.1:3000"] {
        assert_eq!(production(address), Err(NoPasskeys::Address), "{address}");
    }
    assert_eq!(party(&[("PUBLIC_URL", "http://portal.example.com")]), Err(NoPasskeys::Unsafe));
}

#[tokio::test]
async fn where_browsers_do_not_allow_passkeys_none_are_offered_or_accepted() {
    let app = TestApp::with(&[("PUBLIC_URL", "http://192.0.2.7")]).await;
    let answer = app.script().post_bare("/login/passkey/options", &[]).await;
    assert_eq!(message(&answer), "This portal can't use passkeys at its current URL.");
    let answer = app.script().show(SIGN_IN, "x", "{}").await;
    assert_eq!(message(&answer), "This portal can't use passkeys at its current URL.");
    assert!(!app.form().get("/login").await.body.contains("passkey"));
}

#[tokio::test]
async fn a_portal_with_a_host_name_accepts_passkeys_of_its_own_origin() {
    let app = TestApp::with(&[("PUBLIC_URL", "https://portal.example.com")]).await;
    let mut owner = app.member("ann").await;
    let mut passkey = Authenticator {
        origin: "https://portal.example.com".to_owned(),
        relying_party: "portal.example.com".to_owned(),
        ..Authenticator::new(1)
    };
    assert!(owner.add_passkey(&mut passkey).await.location().is_some());
    assert!(app.script().use_passkey(SIGN_IN, &mut passkey).await.location().is_some());
    passkey.origin = "https://www.portal.example.com".to_owned();
    assert!(app.script().use_passkey(SIGN_IN, &mut passkey).await.location().is_none());
}

#[tokio::test]
async fn the_sign_in_page_says_that_passkeys_need_a_script() {
    let app = TestApp::new().await;
    let page = app.form().get("/login").await.body;
    assert!(page.contains("Turn on JavaScript to use a passkey"), "{page}");
    assert!(page.contains("autocomplete=\"username webauthn\""), "{page}");
}
