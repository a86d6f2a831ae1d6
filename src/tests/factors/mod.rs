//! Where factors come from: what a thief adds to an account goes with the thief's session, and what the owner had
//! before stays.

mod confirm;
mod half;
mod notices;
mod older;
mod pending;
mod recovery;
mod replaced;
mod revoked;
mod thief;

use crate::harness::app::PASSWORD;
use crate::harness::totp::Phone;
use crate::harness::{Answer, Client, Mode, TestApp};

const ANN: &str = "ann@x.example";
/// Another password that the policy accepts.
const NEW: &str = "gravel lantern mosaic";
const TOTP: &str = "/account/security/totp";
const CODES: &str = "/account/security/recovery-codes";
const HOUR: u64 = 3_600;

/// A portal where Ann registered, and signed in once in her own browser.
async fn with_ann(settings: &[(&str, &str)]) -> (TestApp, Client) {
    let app = TestApp::with(settings).await;
    app.account("ann", ANN).await;
    let mut ann = app.script();
    assert_eq!(ann.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    app.advance(60);
    (app, ann)
}

/// A new browser in which someone signs in with Ann's password.
async fn signed_in(app: &TestApp) -> Client {
    let mut client = app.script();
    assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    client
}

/// Begins to add an app, and returns the phone that has scanned it.
async fn scan(client: &mut Client) -> Phone {
    assert_eq!(client.post(TOTP, &[]).await.location().as_deref(), Some("/account/security"));
    Phone::of(&client.get("/account/security").await.body)
}

/// Adds an app to the signed-in account. Returns the phone and the new recovery codes, if there are any.
async fn add_app(app: &TestApp, client: &mut Client) -> (Phone, Vec<String>) {
    let phone = scan(client).await;
    let answer = client.post("/account/security/totp/confirm", &[("code", &phone.code(app.clock.now()))]).await;
    let to = answer.location().unwrap_or_else(|| panic!("not confirmed: {answer:?}"));
    (phone, codes_in(&client.get(&to).await.body))
}

/// Creates new recovery codes and returns them.
async fn new_codes(client: &mut Client) -> Vec<String> {
    assert_eq!(client.post(CODES, &[]).await.location().as_deref(), Some(CODES));
    codes_in(&client.get(CODES).await.body)
}

fn codes_in(page: &str) -> Vec<String> {
    page.split("<code>").skip(1).filter_map(|rest| rest.split('<').next()).map(str::to_owned).collect()
}

/// The links in the emails to Ann whose subject contains this, oldest first.
async fn links_about(app: &TestApp, words: &str) -> Vec<String> {
    let mails = app.mails_to(ANN).await;
    let links = mails.iter().filter(|(subject, _)| subject.contains(words)).map(|(_, text)| {
        let (_, token) = text.split_once("/from-mail?token=").unwrap_or_else(|| panic!("no link: {text}"));
        token.split_whitespace().next().expect("a token").to_owned()
    });
    links.collect()
}

/// The link in the oldest of them.
async fn link_about(app: &TestApp, words: &str) -> String {
    links_about(app, words).await.into_iter().next().unwrap_or_else(|| panic!("no email about {words}"))
}

/// Confirms a link in a new browser.
async fn press(app: &TestApp, mode: Mode, token: &str) -> (Client, Answer) {
    let mut client = app.client(mode);
    let page = client.get(&format!("/from-mail?token={token}")).await.body;
    assert!(page.contains("action=\"/from-mail\""), "{page}");
    let answer = client.post("/from-mail", &[("token", token)]).await;
    (client, answer)
}

/// Sets a new password with a code that is mailed to Ann. Returns what the page says then.
async fn recover(app: &TestApp, mode: Mode) -> String {
    let mut client = app.client(mode);
    client.post("/recover", &[("email", ANN)]).await;
    let code = app.code_for(ANN).await;
    let answer = client.post("/recover/verify", &[("code", &code), ("password", NEW)]).await;
    assert_eq!(answer.location().as_deref(), Some("/login"));
    client.seen(answer).await
}

/// Where this password leads in a new browser.
async fn leads_to(app: &TestApp, password: &str) -> Option<String> {
    app.script().sign_in("ann", password).await.location()
}

async fn rows(app: &TestApp, table: &str) -> i64 {
    app.count(&format!("SELECT COUNT(*) FROM {table}")).await
}

/// The number of emails to Ann whose subject contains this.
async fn mails_about(app: &TestApp, words: &str) -> usize {
    app.mails_to(ANN).await.iter().filter(|(subject, _)| subject.contains(words)).count()
}
