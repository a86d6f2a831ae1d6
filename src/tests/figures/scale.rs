//! Whether frequent operations are as fast with a million users as with a
//! thousand.
//!
//! Two portals run in parallel and get requests in turn. Each response time is
//! measured over HTTP; a figure is the median of the larger as a multiple of that
//! of the smaller.

use std::net::SocketAddr;
use std::time::Duration;

use crate::data::{DataFolder, PASSWORD, username};
use crate::load::{self, Answer, Connection, Request, cookies, with_cookies};
use crate::process::Portal;
use crate::secrecy::hidden_inputs;
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, Outcome, attempts, fill, say};

/// The first page of users, and the search for one email: the worse of the two.
const USERS: Figure = Figure::new("user list and exact search, 1,000,000 accounts ÷ 1,000", Unit::Multiple, 2.0, 1.3);
/// A whole sign-in against a hash that takes almost no time, because the cost
/// of a real one is the same on both sides and would hide the rest.
const SIGN_IN: Figure = Figure::new("sign-in without its hash, 1,000,000 ÷ 1,000", Unit::Multiple, 1.5, 1.2);
/// A wrong code and then the right one.
const VERIFY: Figure =
    Figure::new("verifying a code with 1,000,000 ÷ 1,000 rows in the OTP log", Unit::Multiple, 1.3, 1.1);
pub(crate) const FIGURES: &[Figure] = &[USERS, SIGN_IN, VERIFY, attempts::CHECK];

const MANY: u32 = 1_000_000;
const FEW: u32 = 1_000;
/// Fewer attempts for this figure, because each sends an email and computes a hash outside the measured time.
const FEWER_VERIFICATIONS: u32 = 4;
/// How long an email may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The account counts of the larger and the smaller portal.
const NAMES: [&str; 2] = ["1,000,000", "1,000"];

/// Limits that this many attempts from one IP address would reach.
const LIMITS: &[(&str, &str)] = &[
    ("PORTAL_POSTS_PER_SECOND", "1000000"),
    ("PORTAL_POSTS_BURST", "1000000"),
    ("PORTAL_FORM_MIN_FILL", "0"),
    ("PORTAL_CODES_PER_IP", "100000"),
    ("PORTAL_NO_JS_FORMS_PER_IP", "100000"),
    ("PORTAL_WRONG_CODES_PER_IP", "100000"),
    ("PORTAL_CAPTCHA_AFTER_FAILURES", "10000"),
];

/// Milliseconds of the larger and of the smaller portal.
#[derive(Default)]
struct Times([Vec<f64>; 2]);

impl Times {
    fn multiple(self, what: &str) -> f64 {
        let [many, few] = self.0.map(median);
        let [most, least] = NAMES;
        say(format_args!("{what}: {many:.2} ms with {most}, {few:.2} ms with {least}"));
        many / few
    }
}

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let began = load::now();
    let data = [fill::data_of(MANY).await?, fill::data_of(FEW).await?];
    say(format_args!("{MANY} accounts were created in {:.0} s", began.elapsed().as_secs_f64()));
    let checks = attempts::measure([&data[0], &data[1]], effort.tries).await?;
    let portals = [start(&data[0]).await?, start(&data[1]).await?];
    let addresses = [portals[0].address, portals[1].address];
    let list = users(addresses, "/admin/users", effort.tries).await?.multiple("user list");
    let address = format!("{}@figures.example", username(FEW / 2));
    let search = format!("/admin/users?q={}", address.replace('@', "%40"));
    let search = users(addresses, &search, effort.tries).await?.multiple("search for an email");
    let sign_in = sign_ins(addresses, effort.tries).await?.multiple("sign-in without its hash");
    let verify =
        verifications(addresses, effort.tries.div_ceil(FEWER_VERIFICATIONS)).await?.multiple("wrong and right code");
    let rows = [USERS.is(list.max(search)), SIGN_IN.is(sign_in), VERIFY.is(verify), attempts::CHECK.is(checks)];
    Ok(rows.into())
}

async fn start(data: &DataFolder) -> Outcome<Portal> {
    Portal::start_with(data, LIMITS).await
}

/// Requests an admin page, in turn.
async fn users(portals: [SocketAddr; 2], path: &str, tries: u32) -> Outcome<Times> {
    let mut asked = Vec::new();
    for portal in portals {
        let mut connection = Connection::open(portal).await?;
        let cookies = cookies(&connection.send(load::sign_in(&username(0))?).await?);
        asked.push((connection, with_cookies(load::get(path)?, &cookies)?));
    }
    let mut times = Times::default();
    for _ in 0..tries {
        for (times, (connection, request)) in times.0.iter_mut().zip(&mut asked) {
            times.push(timed(connection, request.clone()).await?.1);
        }
    }
    Ok(times)
}

/// Signs in, each time as a different user.
async fn sign_ins(portals: [SocketAddr; 2], tries: u32) -> Outcome<Times> {
    let mut times = Times::default();
    for n in 1..=tries {
        for (times, portal) in times.0.iter_mut().zip(portals) {
            let mut connection = Connection::open(portal).await?;
            times.push(timed(&mut connection, load::sign_in(&username(n))?).await?.1);
        }
    }
    Ok(times)
}

/// Registers, and enters a wrong code and then the right one.
async fn verifications(portals: [SocketAddr; 2], tries: u32) -> Outcome<Times> {
    let mut times = Times::default();
    for n in 0..tries {
        for (times, portal) in times.0.iter_mut().zip(portals) {
            let email = format!("novel{n}@figures.example");
            let mut connection = Connection::open(portal).await?;
            let cookies = register(&mut connection, &format!("novel{n}"), &email).await?;
            let code = mailed_code(&mut connection, &email).await?;
            let wrong = format!("{:06}", (code.parse::<u32>()? + 1) % 1_000_000);
            let enter = |code: &str| with_cookies(load::form("/verify", &[("code", code)])?, &cookies);
            let (refused, first) = timed_any(&mut connection, enter(&wrong)?).await?;
            let (_, second) = timed(&mut connection, enter(&code)?).await?;
            if refused.status() != 422 {
                return Err(format!("a wrong code was answered with {}", refused.status()).into());
            }
            times.push(first + second);
        }
    }
    Ok(times)
}

/// Fills in the form as a browser without scripts does; returns the cookies of the flow.
async fn register(connection: &mut Connection, username: &str, email: &str) -> Outcome<String> {
    let page = connection.send(load::get("/register")?).await?;
    let mut fields = hidden_inputs(std::str::from_utf8(page.body())?, "/register");
    for (name, value) in [("username", username), ("email", email), ("password", PASSWORD)] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    let request = with_cookies(load::form("/register", &fields)?, &cookies(&page))?;
    let answer = connection.send(request).await?;
    let both = [cookies(&page), cookies(&answer)];
    Ok(both.into_iter().filter(|cookies| !cookies.is_empty()).collect::<Vec<_>>().join("; "))
}

/// Reads the code in the mailbox of a development portal.
async fn mailed_code(connection: &mut Connection, email: &str) -> Outcome<String> {
    let asked = load::now();
    while asked.elapsed() < PATIENCE {
        let page = connection.send(load::get("/dev/mailbox")?).await?;
        let page = std::str::from_utf8(page.body())?;
        let mut mails = page.split("<article").skip(1).filter(|mail| mail.contains(&format!("To {email}")));
        let digits = |mail: &str| {
            let heading = mail.split_once("<h2")?.1.split_once('>')?.1.split('<').next()?.to_owned();
            heading.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
        };
        if let Some(code) = mails.find_map(digits) {
            return Ok(code);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(format!("no code was sent to {email}").into())
}

/// Sends it, and returns the milliseconds until the whole response was read.
async fn timed(connection: &mut Connection, request: Request) -> Outcome<(Answer, f64)> {
    let sent = load::now();
    let answer = connection.send(request).await?;
    Ok((answer, sent.elapsed().as_secs_f64() * 1_000.0))
}

/// As above, with any status.
async fn timed_any(connection: &mut Connection, request: Request) -> Outcome<(Answer, f64)> {
    let sent = load::now();
    let answer = connection.ask(request).await?;
    Ok((answer, sent.elapsed().as_secs_f64() * 1_000.0))
}
