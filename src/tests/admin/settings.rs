//! `/admin/settings`: the configuration that the portal runs with.

use std::path::Path;

use portal::config::env::{Env, Source};

use super::administrator;
use crate::harness::{Mode, TestApp};

const CANARY: &str = "canary-in-a-coal-mine";
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OLD_KEY: &str = "b2xkIGtleSBvbGQga2V5IG9sZCBrZXkgb2xkIGtleSE=";

/// Returns the cells of the row with this text in its first cell.
fn row(page: &str, first: &str) -> Vec<String> {
    let rows = page.split("<tr role=\"row\">").map(|row| row.split("</tr>").next().unwrap_or_default());
    let cells = |row: &str| -> Vec<String> { row.split("</td>").map(text).filter(|text| !text.is_empty()).collect() };
    let found = rows.map(cells).find(|cells| cells.first().is_some_and(|cell| cell == first));
    found.unwrap_or_else(|| panic!("no {first}: {page}"))
}

/// Strips the tags.
fn text(html: &str) -> String {
    html.split('<').filter_map(|piece| Some(piece.split_once('>')?.1)).collect::<String>().trim().to_owned()
}

#[tokio::test]
async fn each_effective_value_is_shown_with_its_source() {
    let settings = [("PORTAL_OTP_LIFETIME", "240"), ("PORTAL_NAME", "The club"), ("MAIL_FROM", "")];
    let app = TestApp::with(&settings).await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    let page = ann.get("/admin/settings").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(row(&page.body, "PORTAL_OTP_LIFETIME"), ["PORTAL_OTP_LIFETIME", "240", "environment"]);
    assert_eq!(row(&page.body, "PORTAL_OTP_TRIES"), ["PORTAL_OTP_TRIES", "5", "default"]);
    assert_eq!(row(&page.body, "Name"), ["Name", "The club", "PORTAL_NAME", "environment"]);
    assert_eq!(row(&page.body, "Sender")[3], "default", "an empty value counts as unset");
    assert_eq!(row(&page.body, "Mode")[1], "development");
    // Every limit.
    for (limit, value) in app.state.config.limits.numbers() {
        assert_eq!(row(&page.body, limit.name)[1], value.to_string(), "{}", limit.name);
    }
}

#[tokio::test]
async fn the_database_the_version_and_the_uptime_are_shown() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    let page = ann.get("/admin/settings").await.body;
    assert!(page.contains("Not since startup"), "{page}");
    app.state.maintenance().purge().await.expect("the purge");
    app.advance(11 * 60);
    let page = ann.get("/admin/settings").await.body;
    let fact = |name: &str| {
        let rest = page.split_once(&format!("<dt>{name}</dt>")).unwrap_or_else(|| panic!("no {name}: {page}")).1;
        text(rest.split("</dd>").next().expect("its value"))
    };
    assert_eq!(fact("Version"), env!("CARGO_PKG_VERSION"));
    assert!(fact("Database").starts_with("SQLite 3."), "{}", fact("Database"));
    assert!(fact("Database size").ends_with(" MB") && fact("Database size") != "0.0 MB");
    assert_eq!(fact("Uptime"), "11 minutes");
    assert_eq!(fact("Started"), "23 November 2026, 12:00 UTC");
    assert_eq!(fact("Last cleanup"), "23 November 2026, 12:00 UTC");
    let applied = app.texts("SELECT version FROM seaql_migrations").await;
    assert!(applied.len() > 8);
    for name in applied {
        assert!(page.contains(&format!("<code>{name}</code>")), "{name}: {page}");
    }
}

#[tokio::test]
async fn no_secret_is_on_the_page() {
    let smtp = format!("smtps://{CANARY}:{CANARY}@smtp.example.com:465");
    let verify = format!("https://{CANARY}:{CANARY}@captcha.example/verify");
    let settings = [
        ("SMTP_URL", smtp.as_str()),
        ("SECRET_KEY", KEY),
        ("SECRET_KEY_PREVIOUS", OLD_KEY),
        ("PORTAL_CAPTCHA", "hcaptcha"),
        ("PORTAL_CAPTCHA_SITE_KEY", "public"),
        ("PORTAL_CAPTCHA_SECRET", CANARY),
        ("PORTAL_CAPTCHA_VERIFY_URL", verify.as_str()),
    ];
    // The account is created before the third-party captcha is turned on.
    let app = TestApp::with(&[("SECRET_KEY", KEY)]).await;
    let ann = administrator(&app, Mode::Form, "ann").await;
    let app = app.restart(&settings).await;
    let page = app.again(&ann).get("/admin/settings").await;
    assert_eq!(page.status, 200, "{}", page.body);
    for secret in [CANARY, KEY, OLD_KEY, KEY.trim_end_matches('='), "old key old key"] {
        assert!(!page.body.contains(secret), "{secret}: {}", page.body);
    }
    let email = ["Email", "SMTP, smtp.example.com:465, TLS, with a password", "SMTP_URL", "environment"];
    assert_eq!(row(&page.body, "Email"), email);
    assert_eq!(row(&page.body, "Captcha")[1], "hCaptcha");
    assert_eq!(row(&page.body, "Secret key")[3], "environment");
}

#[test]
fn the_environment_overrides_the_file_and_a_secret_can_have_its_own_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join(".env");
    std::fs::write(&file, "PORTAL_NAME=Club\nPATH=/from/dotenv\nSMTP_URL_FILE=/run/smtp\nMAIL_FROM=\n")
        .expect("written");
    let sources = Env::from_process(Path::new(&file)).expect("reads").sources();
    assert_eq!(sources.of("PORTAL_NAME"), Source::DotEnv);
    assert_eq!(sources.of("PATH"), Source::Environment);
    assert_eq!(sources.of("SMTP_URL"), Source::DotEnv);
    assert_eq!(sources.of("MAIL_FROM"), Source::Default);
    assert_eq!(sources.of("SECRET_KEY"), Source::Default);
}
