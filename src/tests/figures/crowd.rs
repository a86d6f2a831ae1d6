//! How overload affects other users: wrong sign-ins on 500 connections, each
//! sent as soon as the previous one is answered.
//!
//! The crowd runs in its own process, so that its load does not delay the
//! measurements. It still uses this machine's cores, which clients on other
//! machines would not.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tokio::task::JoinSet;

use crate::data::{ACCOUNTS, DataFolder, username};
use crate::latency::p99;
use crate::process::{Portal, Process};
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, Outcome, load, say};

const LIVE: Figure = Figure::new("/livez p99 during 500 concurrent wrong sign-ins", Unit::Milliseconds, 150.0, 50.0);
const REFUSAL: Figure = Figure::new("overload response (503 or 429) p99", Unit::Milliseconds, 150.0, 50.0);
const MEMORY: Figure = Figure::new("resident memory above idle during overload", Unit::Megabytes, 128.0, 64.0);
/// With the hashing queue as the only limit, the crowd keeps both cores busy with refusals.
const LIVE_BY_QUEUE: Figure = Figure::new("/livez p99 with the hashing queue alone", Unit::Milliseconds, 1_000.0, 50.0);
pub(crate) const FIGURES: &[Figure] = &[LIVE, LIVE_BY_QUEUE, REFUSAL, MEMORY];

/// Connections of the crowd.
const CROWD: u32 = 500;
/// Interval between two measured requests.
const INTERVAL: Duration = Duration::from_millis(10);
/// Number of measured sign-ins that take turns, because an accepted one waits for its hash.
const PROBES: u32 = 32;
/// Turns of load in a round.
const TURNS: u32 = 2;
/// Time until every connection is open and the queue is full.
const WARM_UP: Duration = Duration::from_secs(1);
const WRONG: &str = "not tumble rinse obelisk";
/// The crowd stands for many clients, but has one IP address.
const CONNECTIONS: (&str, &str) = ("PORTAL_CONNECTIONS_PER_IP", "1024");
/// Without the other limits, only the hashing queue refuses sign-ins.
const QUEUE_ALONE: &[(&str, &str)] = &[
    CONNECTIONS,
    ("PORTAL_POSTS_PER_SECOND", "1000000"),
    ("PORTAL_POSTS_BURST", "1000000"),
    ("PORTAL_LOGIN_FAILURES", "100"),
    ("PORTAL_LOGIN_FAILURES_PER_IP", "1000000"),
    ("PORTAL_CAPTCHA_AFTER_FAILURES", "10000"),
    ("PORTAL_CAPTCHA_AFTER_ACCOUNT_FAILURES", "10000"),
];

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let (mut live, mut refusal, mut memory) = (Vec::new(), 0.0_f64, 0.0_f64);
    for (what, settings) in [("default limits", &[CONNECTIONS][..]), ("the queue alone", QUEUE_ALONE)] {
        let data = DataFolder::new().await?;
        let portal = Portal::start_with(&data, settings).await?;
        tokio::time::sleep(WARM_UP).await;
        let idle = portal.process.resident()?;
        let (mut lives, mut refusals) = (Vec::new(), Vec::new());
        for round in 1..=effort.rounds {
            let seen = one_round(&portal, effort.turn * TURNS).await?;
            let [live, refusal] = [&seen.lives, &seen.refusals].map(|times| p99(times.clone()).as_secs_f64() * 1_000.0);
            let above = seen.memory - idle;
            say(format_args!(
                "500 wrong sign-ins, {what}, round {round}: /livez p99 {live:.1} ms, {} refusals p99 {refusal:.1} ms, \
                 {above:.1} MB above idle",
                seen.refusals.len(),
            ));
            lives.push(live);
            refusals.push(refusal);
            memory = memory.max(above);
        }
        live.push(median(lives));
        // The worse of the two.
        refusal = refusal.max(median(refusals));
    }
    let lives = [LIVE, LIVE_BY_QUEUE].into_iter().zip(live).map(|(figure, live)| figure.is(live));
    Ok(lives.chain([REFUSAL.is(refusal), MEMORY.is(memory)]).collect())
}

/// Measurements taken while the crowd was active.
struct Seen {
    lives: Vec<Duration>,
    refusals: Vec<Duration>,
    /// The maximum, in megabytes.
    memory: f64,
}

async fn one_round(portal: &Portal, length: Duration) -> Outcome<Seen> {
    let _crowd = Process::again("--crowd", &portal.address.to_string())?;
    tokio::time::sleep(WARM_UP).await;
    let began = load::now();
    let until = began + length;
    let lives = tokio::spawn(load::probe(portal.address, load::get("/livez")?, began, INTERVAL, until));
    let mut probes = JoinSet::new();
    for n in 0..PROBES {
        probes.spawn(refused(portal.address, n, began + INTERVAL * n, until));
    }
    let mut memory = 0.0_f64;
    while began.elapsed() < length {
        memory = memory.max(portal.process.resident()?);
        tokio::time::sleep(INTERVAL * 10).await;
    }
    let refusals = probes.join_all().await.into_iter().collect::<Outcome<Vec<_>>>()?.concat();
    if refusals.len() < 100 {
        return Err(format!("only {} sign-ins were refused for overload", refusals.len()).into());
    }
    Ok(Seen { lives: lives.await??, refusals, memory })
}

/// Returns how long each sign-in took that was refused with 503 or 429.
async fn refused(address: SocketAddr, n: u32, first: Instant, until: Instant) -> Outcome<Vec<Duration>> {
    let mut connection = load::Connection::open(address).await?;
    let (mut due, mut times) = (first, Vec::new());
    while due < until {
        tokio::time::sleep_until(due.into()).await;
        let sent = load::now();
        let status = connection.ask(load::sign_in_with(&format!("probe{n}"), WRONG)?).await?.status();
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            times.push(sent.elapsed());
        }
        due = load::now().max(due) + INTERVAL * PROBES;
    }
    Ok(times)
}

/// Runs the process: the crowd, until it is killed.
pub(crate) fn come(address: SocketAddr) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut crowd = JoinSet::new();
        for n in 0..CROWD {
            crowd.spawn(one_of_them(address, n));
        }
        crowd.join_all().await.into_iter().collect()
    })
}

/// Half of the attempts use existing accounts; the others guess usernames.
async fn one_of_them(address: SocketAddr, n: u32) -> Outcome {
    let mut connection = load::Connection::open(address).await?;
    for turn in 0_u32.. {
        let name = if n.is_multiple_of(2) { username((n + turn) % ACCOUNTS) } else { format!("nobody{n}x{turn}") };
        connection.ask(load::sign_in_with(&name, WRONG)?).await?;
    }
    Ok(())
}
