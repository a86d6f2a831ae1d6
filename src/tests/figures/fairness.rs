//! Whether one user in a loop delays others: their codes by emails, and their sign-ins by hashes.
//!
//! The users have IP addresses of their own, in the header of a trusted proxy.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::task::{JoinSet, LocalSet};

use crate::data::{DataFolder, PASSWORD, username};
use crate::load::{self, Connection, cookies, with_cookies};
use crate::mail_server::MailServer;
use crate::process::Portal;
use crate::secrecy::fill_in;
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, Outcome, say};

/// Within a tenth of the lifetime of a code, with a mail server that accepts ten emails a second.
const CODE: Figure = Figure::new("a code while a user's actions send emails", Unit::Milliseconds, 30_000.0, 5_000.0);
const SLOWER: Figure = Figure::new("sign-in while another network signs in ÷ quiet", Unit::Multiple, 3.0, 2.0);
const REFUSED: Figure = Figure::new("sign-ins refused with 503 meanwhile", Unit::Count, 0.0, 0.0);
pub(crate) const FIGURES: &[Figure] = &[CODE, SLOWER, REFUSED];

const PROXY: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.1");
/// Strangers send their form as soon as they have it.
const NO_WAIT: (&str, &str) = ("PORTAL_FORM_MIN_FILL", "0");
/// The IP address of the user in a loop.
const LOOPING: &str = "198.51.100.7";
/// Ten emails a second.
const MAIL_INTERVAL: Duration = Duration::from_millis(100);
/// How long a user acts before a stranger asks for a code.
const LEAD: Duration = Duration::from_secs(5);
/// How long a code is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Strangers who ask for a code, one after the other.
const STRANGERS: u32 = 3;
/// Users who sign in in a loop: more than one network may have in the queue of two cores.
const CROWD: u32 = 32;
/// The pause of one of them after a refusal.
const PAUSE: Duration = Duration::from_millis(50);
/// Sign-ins in a round, of each kind.
const SIGN_INS: u32 = 40;

/// What a signed-in user can do repeatedly, with an email each time.
#[derive(Clone, Copy, Debug)]
enum Action {
    ChangeUsername,
    ChangePassword,
    ChangeEmail,
    SignInFromNewBrowser,
}

const ACTIONS: [Action; 4] =
    [Action::ChangeUsername, Action::ChangePassword, Action::ChangeEmail, Action::SignInFromNewBrowser];

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let code = codes(effort).await?;
    let (slower, refused) = sign_ins(effort).await?;
    Ok(vec![CODE.is(code), SLOWER.is(slower), REFUSED.is(refused)])
}

/// Returns the longest time until a code was delivered, in milliseconds.
async fn codes(effort: Effort) -> Outcome<f64> {
    let mut longest = 0.0_f64;
    for action in ACTIONS {
        let data = DataFolder::new().await?;
        let server = MailServer::start(Duration::ZERO, MAIL_INTERVAL).await?;
        let portal = Portal::start_with(&data, &[PROXY, NO_WAIT, ("SMTP_URL", &server.url)]).await?;
        let done = Rc::new(Cell::new(0));
        let local = LocalSet::new();
        let user = local.spawn_local(act(portal.address, action, Rc::clone(&done)));
        let strangers = async {
            tokio::time::sleep(LEAD).await;
            let mut times = Vec::new();
            for n in 0..STRANGERS.min(effort.rounds) {
                times.push(code_of_stranger(portal.address, &server, n).await?);
            }
            Outcome::Ok(times)
        };
        let times = local.run_until(strangers).await?;
        if user.is_finished() {
            local.run_until(user).await??;
            return Err(format!("{action:?}: the user stopped").into());
        }
        user.abort();
        let shown: Vec<_> = times.iter().map(|time| format!("{time:.0}")).collect();
        say(format_args!("{action:?}, {} times: codes after {} ms", done.get(), shown.join(", ")));
        longest = times.into_iter().fold(longest, f64::max);
        portal.stop()?;
    }
    Ok(longest)
}

/// Registers, and returns the milliseconds from the answer until the code is delivered.
async fn code_of_stranger(portal: SocketAddr, server: &MailServer, n: u32) -> Outcome<f64> {
    let (name, ip) = (format!("stranger{n}"), format!("203.0.113.{n}"));
    let email = format!("{name}@figures.example");
    fill_in(portal, Some(&ip), "/register", &[("username", &name), ("email", &email), ("password", PASSWORD)]).await?;
    let answered = load::now();
    while answered.elapsed() < PATIENCE {
        if let Some(at) = server.arrival(&email) {
            return Ok(at.saturating_duration_since(answered).as_secs_f64() * 1_000.0);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err(format!("no code was delivered in {PATIENCE:?}").into())
}

/// Repeats an action without end. Counts how often it was accepted.
async fn act(portal: SocketAddr, action: Action, done: Rc<Cell<u32>>) -> Outcome {
    let mut connection = Connection::open(portal).await?;
    let answer = connection.send(load::from_ip(load::sign_in(&username(0))?, LOOPING)?).await?;
    let mut session = cookies(&answer);
    let mut password = PASSWORD;
    for n in 0_u32.. {
        let (path, fields) = match action {
            Action::ChangeUsername => ("/account/username", vec![("username", format!("person0{}", n % 2))]),
            Action::ChangePassword => {
                let new = if password == PASSWORD { "gravel lantern mosaic" } else { PASSWORD };
                let fields = [("current_password", password), ("password", new)];
                ("/account/password", fields.map(|(name, value)| (name, value.to_owned())).into())
            }
            Action::ChangeEmail => ("/account/email", vec![("email", format!("person0-{n}@figures.example"))]),
            Action::SignInFromNewBrowser => {
                session.clear();
                ("/login", vec![("identifier", username(0)), ("password", PASSWORD.to_owned())])
            }
        };
        let request = with_cookies(load::from_ip(load::form(path, &fields)?, LOOPING)?, &session)?;
        let answer = connection.ask(request).await?;
        if answer.status() == StatusCode::OK {
            done.set(done.get() + 1);
            if matches!(action, Action::ChangePassword) {
                password = if password == PASSWORD { "gravel lantern mosaic" } else { PASSWORD };
                session = cookies(&answer);
            }
        } else {
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}

/// Returns how much longer a sign-in takes while another network signs in repeatedly, and how many are refused.
async fn sign_ins(effort: Effort) -> Outcome<(f64, f64)> {
    let data = DataFolder::with_accounts(CROWD + 1).await?;
    let server = MailServer::start(Duration::ZERO, Duration::ZERO).await?;
    let portal = Portal::start_with(&data, &[PROXY, ("SMTP_URL", &server.url)]).await?;
    let (mut ratios, mut refused) = (Vec::new(), 0);
    for round in 1..=effort.rounds {
        let (quiet, _) = honest(portal.address).await?;
        let mut crowd = JoinSet::new();
        for n in 1..=CROWD {
            crowd.spawn(sign_in_repeatedly(portal.address, n));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (busy, refusals) = honest(portal.address).await?;
        if let Some(ended) = crowd.try_join_next() {
            return Err(format!("the crowd ended: {ended:?}").into());
        }
        crowd.shutdown().await;
        say(format_args!(
            "sign-in, round {round}: quiet {quiet:.1} ms, during the loop of another network {busy:.1} ms, {refusals} \
             of {SIGN_INS} refused"
        ));
        ratios.push(busy / quiet);
        refused += refusals;
        // The queue empties.
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok((median(ratios), f64::from(refused)))
}

/// Signs in one after the other. Returns the median in milliseconds, and how many were refused with 503.
async fn honest(portal: SocketAddr) -> Outcome<(f64, u32)> {
    let (mut times, mut refused) = (Vec::new(), 0);
    let mut connection = Connection::open(portal).await?;
    for _ in 0..SIGN_INS {
        let request = load::from_ip(load::sign_in(&username(0))?, "203.0.113.1")?;
        let sent: Instant = load::now();
        let answer = connection.ask(request).await?;
        times.push(sent.elapsed().as_secs_f64() * 1_000.0);
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::SERVICE_UNAVAILABLE => refused += 1,
            other => return Err(format!("an honest sign-in was answered with {other}").into()),
        }
    }
    Ok((median(times), refused))
}

async fn sign_in_repeatedly(portal: SocketAddr, n: u32) -> Outcome {
    let mut connection = Connection::open(portal).await?;
    loop {
        let request = load::from_ip(load::sign_in(&username(n))?, LOOPING)?;
        if connection.ask(request).await?.status() != StatusCode::OK {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
