//! Whether response times reveal which accounts exist.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::{COOKIE, SET_COOKIE};

use crate::data::{ACCOUNTS, DataFolder, PASSWORD, username};
use crate::load::{self, Connection};
use crate::process::Portal;
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, Outcome, say};

/// ASVS 5.0, V6.3.8. Difference of the medians.
const REGISTER: Figure = Figure::new("registration, known vs. new email", Unit::Milliseconds, 10.0, 10.0);
const SIGN_IN: Figure = Figure::new("sign-in, known vs. unknown username", Unit::Milliseconds, 10.0, 10.0);
const RECOVER: Figure = Figure::new("recovery, known vs. unknown email", Unit::Milliseconds, 10.0, 10.0);
const RECOVER_DOWN: Figure = Figure::new("recovery while the mail server is down", Unit::Milliseconds, 10.0, 10.0);
pub(crate) const FIGURES: &[Figure] = &[REGISTER, SIGN_IN, RECOVER, RECOVER_DOWN];

/// Limits that this many attempts for a few accounts from one IP address would reach.
/// Settings that this version does not have are left out.
const LIMITS: &[(&str, &str)] = &[
    ("PORTAL_OTP_PER_HOUR", "100"),
    ("PORTAL_OTP_PER_DAY", "1000"),
    ("PORTAL_LOGIN_FAILURES", "100"),
    ("PORTAL_POSTS_PER_SECOND", "1000000"),
    ("PORTAL_FORM_MIN_FILL", "0"),
    ("PORTAL_CODES_PER_IP", "100000"),
    ("PORTAL_NO_JS_FORMS_PER_IP", "100000"),
    ("PORTAL_LOGIN_FAILURES_PER_IP", "100000"),
    ("PORTAL_CAPTCHA_AFTER_FAILURES", "10000"),
    ("PORTAL_CAPTCHA_AFTER_ACCOUNT_FAILURES", "10000"),
];

/// A mail server where nothing listens.
const DOWN: (&str, &str) = ("SMTP_URL", "smtp://127.0.0.1:9?tls=none");

/// Milliseconds of the attempts for the two cases that must be indistinguishable.
#[derive(Default)]
struct Times {
    known: Vec<f64>,
    unknown: Vec<f64>,
}

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let data = DataFolder::new().await?;
    let portal = Portal::start_with(&data, LIMITS).await?;
    let (mut registers, mut sign_ins) = (Times::default(), Times::default());
    for n in 0..effort.tries {
        // The order alternates.
        for known in [n.is_multiple_of(2), !n.is_multiple_of(2)] {
            let account = username(n % ACCOUNTS);
            let address = if known { account.clone() } else { format!("novel{n}") };
            registers.note(known, register(portal.address, n, &format!("{address}@figures.example")).await?);
            let name = if known { account } else { format!("nobody{n}") };
            sign_ins.note(known, sign_in(portal.address, &name).await?);
        }
    }
    let recover = recoveries(portal.address, effort).await?.difference("recovery");
    portal.stop()?;
    let portal = Portal::start_with(&data, &[LIMITS, &[DOWN]].concat()).await?;
    let down = recoveries(portal.address, effort).await?.difference("recovery, no mail server");
    Ok(vec![
        REGISTER.is(registers.difference("register")),
        SIGN_IN.is(sign_ins.difference("sign-in")),
        RECOVER.is(recover),
        RECOVER_DOWN.is(down),
    ])
}

async fn recoveries(portal: SocketAddr, effort: Effort) -> Outcome<Times> {
    let mut times = Times::default();
    for n in 0..effort.tries {
        for known in [n.is_multiple_of(2), !n.is_multiple_of(2)] {
            let address = if known { username(n % ACCOUNTS) } else { format!("nobody{n}") };
            let email = format!("{address}@figures.example");
            times.note(known, fill_in(portal, "/recover", &[("email", &email)]).await?);
        }
    }
    Ok(times)
}

impl Times {
    fn note(&mut self, known: bool, took: Duration) {
        let times = if known { &mut self.known } else { &mut self.unknown };
        times.push(took.as_secs_f64() * 1_000.0);
    }

    fn difference(self, what: &str) -> f64 {
        let tries = self.known.len();
        let (known, unknown) = (median(self.known), median(self.unknown));
        say(format_args!("{what}, {tries} attempts each: known {known:.2} ms, unknown {unknown:.2} ms"));
        (known - unknown).abs()
    }
}

async fn register(portal: SocketAddr, n: u32, email: &str) -> Outcome<Duration> {
    let username = format!("visitor{n}");
    fill_in(portal, "/register", &[("username", &username), ("email", email), ("password", PASSWORD)]).await
}

/// Fills in a form as a browser does: with the values that its page contains.
async fn fill_in(portal: SocketAddr, path: &str, typed: &[(&str, &str)]) -> Outcome<Duration> {
    let mut connection = Connection::open(portal).await?;
    let page = connection.send(load::get(path)?).await?;
    let html = std::str::from_utf8(page.body())?;
    let mut fields = hidden_inputs(html, path);
    fields.extend(typed.iter().copied().map(owned));
    let mut request = load::form(path, &fields)?;
    let cookies =
        page.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    if !cookies.is_empty() {
        request.headers_mut().insert(COOKIE, HeaderValue::from_str(&cookies)?);
    }
    let sent = load::now();
    connection.send(request).await?;
    Ok(sent.elapsed())
}

/// A sign-in with a wrong password.
async fn sign_in(portal: SocketAddr, name: &str) -> Outcome<Duration> {
    let mut connection = Connection::open(portal).await?;
    let request = load::sign_in_with(name, "not tumble rinse obelisk")?;
    let sent = load::now();
    let answer = connection.ask(request).await?;
    let took = sent.elapsed();
    if answer.status() != 422 {
        return Err(format!("a wrong sign-in of {name} was answered with {}", answer.status()).into());
    }
    Ok(took)
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// Names and values of the hidden inputs in the form with this action.
pub(crate) fn hidden_inputs(page: &str, action: &str) -> Vec<(String, String)> {
    let forms = page.split("<form").skip(1).map(|rest| rest.split("</form").next().unwrap_or_default());
    let form = forms.into_iter().find(|form| form.contains(&format!("action=\"{action}\""))).unwrap_or_default();
    let tags = form.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let hidden = tags.filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"));
    hidden.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))).collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#x27;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}
