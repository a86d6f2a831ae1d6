//! Whether response times reveal which accounts exist: those of the request itself and those of others just after it,
//! while the outbox is emptied.

use std::net::SocketAddr;
use std::time::Duration;

use crate::data::{ACCOUNTS, DataFolder, PASSWORD, username};
use crate::load::{self, Connection, Request, cookies, with_cookies};
use crate::mail_server::MailServer;
use crate::process::Portal;
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, Outcome, fill, say};

/// ASVS 5.0, V6.3.8. Difference of the medians.
const REGISTER: Figure = Figure::new("registration, known vs. new email", Unit::Milliseconds, 10.0, 10.0);
const SIGN_IN: Figure = Figure::new("sign-in, known vs. unknown username", Unit::Milliseconds, 10.0, 10.0);
const RECOVER: Figure = Figure::new("recovery, known vs. unknown by its answer", Unit::Recognition, 0.55, 0.53);
const RECOVER_READ: Figure =
    Figure::new("recovery, known vs. unknown by a page after it", Unit::Recognition, 0.55, 0.53);
const RECOVER_WRITE: Figure =
    Figure::new("recovery, known vs. unknown by a write after it", Unit::Recognition, 0.55, 0.53);
const RECOVER_DOWN: Figure = Figure::new("recovery while the mail server is down", Unit::Milliseconds, 10.0, 10.0);
pub(crate) const FIGURES: &[Figure] = &[REGISTER, SIGN_IN, RECOVER, RECOVER_READ, RECOVER_WRITE, RECOVER_DOWN];

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

/// Pairs for each attempt of another figure: 1,000, so that chance alone stays far below the floor.
const PAIRS: u32 = 5;
/// How long each reply of the mail server takes, as over a network. An email takes about five.
const MAIL_REPLY: Duration = Duration::from_millis(5);
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
    portal.stop()?;
    let portal = Portal::start_with(&data, &[LIMITS, &[DOWN]].concat()).await?;
    let down = recoveries(portal.address, effort).await?.difference("recovery, no mail server");
    let [answer, page, write] = recognitions(effort.tries * PAIRS).await?;
    Ok(vec![
        REGISTER.is(registers.difference("register")),
        SIGN_IN.is(sign_ins.difference("sign-in")),
        RECOVER.is(answer),
        RECOVER_READ.is(page),
        RECOVER_WRITE.is(write),
        RECOVER_DOWN.is(down),
    ])
}

/// Recovers `pairs` known emails and as many unknown ones, each once and in turn. Returns how well the two are recognized
/// by the time of the answer, and of a page and a write on two other connections that are requested just after it.
async fn recognitions(pairs: u32) -> Outcome<[f64; 3]> {
    let data = fill::data_of(pairs).await?;
    let server = MailServer::start(MAIL_REPLY, Duration::ZERO).await?;
    let portal = Portal::start_with(&data, &[LIMITS, &[("SMTP_URL", &server.url)]].concat()).await?;
    let [mut reader, mut writer] = [Connection::open(portal.address).await?, Connection::open(portal.address).await?];
    // Looks the token up in a write transaction.
    let write = load::form("/from-mail", &[("token", "A".repeat(43))])?;
    let [mut answers, mut pages, mut writes] = [Times::default(), Times::default(), Times::default()];
    for n in 0..pairs {
        for known in [n.is_multiple_of(2), !n.is_multiple_of(2)] {
            let address = if known { username(n) } else { format!("nobody{n}") };
            let email = format!("{address}@figures.example");
            answers.note(known, fill_in(portal.address, None, "/recover", &[("email", &email)]).await?);
            let (page, write) =
                tokio::join!(timed(&mut reader, load::get("/login")?), timed(&mut writer, write.clone()));
            pages.note(known, page?);
            writes.note(known, write?);
            // The email is sent meanwhile.
            tokio::time::sleep(MAIL_REPLY * 8).await;
        }
    }
    if server.arrival(&format!("{}@figures.example", username(0))).is_none() {
        return Err("no code was delivered".into());
    }
    portal.stop()?;
    Ok([
        answers.recognition("recovery, its answer"),
        pages.recognition("recovery, a page after it"),
        writes.recognition("recovery, a write after it"),
    ])
}

async fn timed(connection: &mut Connection, request: Request) -> Outcome<Duration> {
    let sent = load::now();
    connection.send(request).await?;
    Ok(sent.elapsed())
}

async fn recoveries(portal: SocketAddr, effort: Effort) -> Outcome<Times> {
    let mut times = Times::default();
    for n in 0..effort.tries {
        for known in [n.is_multiple_of(2), !n.is_multiple_of(2)] {
            let address = if known { username(n % ACCOUNTS) } else { format!("nobody{n}") };
            let email = format!("{address}@figures.example");
            times.note(known, fill_in(portal, None, "/recover", &[("email", &email)]).await?);
        }
    }
    Ok(times)
}

impl Times {
    fn note(&mut self, known: bool, took: Duration) {
        let times = if known { &mut self.known } else { &mut self.unknown };
        times.push(took.as_secs_f64() * 1_000.0);
    }

    /// The probability that a random known one takes longer than a random unknown one, or the other way round: the area
    /// under the ROC curve.
    fn recognition(self, what: &str) -> f64 {
        let (known, unknown) = (self.known.len(), self.unknown.len());
        let medians = [&self.known, &self.unknown].map(|times| median(times.clone()));
        let mut all: Vec<_> = self.known.into_iter().map(|time| (time, true)).collect();
        all.extend(self.unknown.into_iter().map(|time| (time, false)));
        all.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        let (mut smaller, mut longer) = (0_u32, 0_u32);
        for (_, is_known) in all {
            if is_known {
                longer += smaller;
            } else {
                smaller += 1;
            }
        }
        let pairs = f64::from(u32::try_from(known * unknown).unwrap_or(u32::MAX));
        let area = f64::from(longer) / pairs;
        say(format_args!(
            "{what}, {known} attempts each: known {:.2} ms, unknown {:.2} ms, {area:.3} of pairs in this order",
            medians[0], medians[1]
        ));
        area.max(1.0 - area)
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
    fill_in(portal, None, "/register", &[("username", &username), ("email", email), ("password", PASSWORD)]).await
}

/// Fills in a form as a browser does, with the values that its page contains, from an IP address or this machine's own.
/// Returns how long its answer takes.
pub(crate) async fn fill_in(
    portal: SocketAddr,
    ip: Option<&str>,
    path: &str,
    typed: &[(&str, &str)],
) -> Outcome<Duration> {
    let mut connection = Connection::open(portal).await?;
    let from = |request| match ip {
        Some(ip) => load::from_ip(request, ip),
        None => Ok(request),
    };
    let page = connection.send(from(load::get(path)?)?).await?;
    let html = std::str::from_utf8(page.body())?;
    let mut fields = hidden_inputs(html, path);
    fields.extend(typed.iter().copied().map(owned));
    let request = with_cookies(from(load::form(path, &fields)?)?, &cookies(&page))?;
    timed(&mut connection, request).await
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
