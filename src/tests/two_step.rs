//! Two-step sign-in: an authenticator app, recovery codes, trusted browsers.

use super::harness::app::PASSWORD;
use super::harness::totp::Phone;
use super::harness::{Answer, Client, Mode, TestApp};

mod changes;
mod codes;
mod demanded;
mod enroll;
mod half_session;
mod limits;
mod replace;
mod sign_in;
mod trust;

pub(crate) use half_session::{functions, pages};

const WRONG: &str = "That code is incorrect or has expired.";
const TOTP: &str = "/account/security/totp";
const CONFIRM: &str = "/account/security/totp/confirm";
const OFF: &str = "/account/security/totp/off";
const CODES: &str = "/account/security/recovery-codes";

/// A signed-in user with an authenticator app.
pub(crate) struct Enrolled {
    client: Client,
    pub(crate) phone: Phone,
    codes: Vec<String>,
}

/// Adds an app to the signed-in account.
async fn enroll(app: &TestApp, client: &mut Client) -> (Phone, Vec<String>) {
    assert_eq!(client.post(TOTP, &[]).await.location().as_deref(), Some("/account/security"));
    let phone = Phone::of(&client.get("/account/security").await.body);
    let answer = client.post(CONFIRM, &[("code", &phone.code(app.clock.now()))]).await;
    assert_eq!(answer.location().as_deref(), Some(CODES));
    let codes = codes_in(&client.get(CODES).await.body);
    (phone, codes)
}

/// An account called ann with an app, whose code of the current time step is used.
pub(crate) async fn enrolled(app: &TestApp, mode: Mode) -> Enrolled {
    app.account("ann", "ann@x.example").await;
    let mut client = app.client(mode);
    assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    let (phone, codes) = enroll(app, &mut client).await;
    Enrolled { client, phone, codes }
}

/// A browser in which ann's password was accepted.
pub(crate) async fn half(app: &TestApp, mode: Mode) -> Client {
    let mut client = app.client(mode);
    let to = client.sign_in("ann", PASSWORD).await.location();
    assert_eq!(to.as_deref(), Some("/login/mfa"));
    client
}

async fn step(client: &mut Client, code: &str) -> Answer {
    client.post("/login/mfa", &[("code", code)]).await
}

/// Completes the second step in a new browser; returns whether that signed the user in.
async fn lets_in(app: &TestApp, mode: Mode, code: &str) -> bool {
    let mut client = half(app, mode).await;
    step(&mut client, code).await.location().as_deref() == Some("/dashboard")
}

async fn is_signed_in(client: &Client) -> bool {
    client.clone().get("/dashboard").await.status == 200
}

/// The recovery codes that a page shows.
fn codes_in(page: &str) -> Vec<String> {
    page.split("<code>").skip(1).filter_map(|rest| rest.split('<').next()).map(str::to_owned).collect()
}

async fn events(app: &TestApp, kind: &str) -> i64 {
    app.count(&format!("SELECT COUNT(*) FROM security_event WHERE kind = '{kind}'")).await
}

/// The number of emails to ann whose subject contains this.
async fn mails(app: &TestApp, words: &str) -> usize {
    app.mails_to("ann@x.example").await.iter().filter(|(subject, _)| subject.contains(words)).count()
}
