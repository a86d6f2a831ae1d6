//! How long a page takes while the portal is busy.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::data::{ACCOUNTS, DataFolder, username};
use crate::process::Portal;
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, Outcome, load, say};

/// The time within which 99 of 100 pages are served, at any moment.
const BUSY: Figure = Figure::new("GET /login p99 during sign-ins", Unit::Milliseconds, 100.0, 30.0);
pub(crate) const FIGURES: &[Figure] = &[BUSY];

/// The interval between two pages: 100 a second.
const INTERVAL: Duration = Duration::from_millis(10);
/// Connections that take turns, so that a late page does not delay the next.
const CONNECTIONS: u32 = 16;
/// Turns of load in a round: a thousand pages take longer than a throughput measurement.
const TURNS: u32 = 3;

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let data = DataFolder::new().await?;
    let portal = Portal::start(&data).await?;
    let mut percentiles = Vec::new();
    for round in 1..=effort.rounds {
        let (pages, sign_ins) = load_both(portal.address, effort.turn * TURNS).await?;
        let p99 = p99(pages).as_secs_f64() * 1_000.0;
        say(format_args!("GET /login during {sign_ins} sign-ins, round {round}: p99 {p99:.1} ms"));
        percentiles.push(p99);
    }
    Ok(vec![BUSY.is(median(percentiles))])
}

/// Requests pages at fixed times while every account signs in repeatedly;
/// returns the pages' latencies and the number of sign-ins.
async fn load_both(address: SocketAddr, length: Duration) -> Outcome<(Vec<Duration>, u32)> {
    let began = load::now();
    let mut sign_ins = JoinSet::new();
    for n in 0..ACCOUNTS {
        let request = load::sign_in(&username(n))?;
        sign_ins.spawn(load::repeat(address, request, move |_| began.elapsed() < length));
    }
    let mut pages = JoinSet::new();
    for n in 1..=CONNECTIONS {
        let (first, interval) = (began + INTERVAL * n, INTERVAL * CONNECTIONS);
        pages.spawn(load::probe(address, load::get("/login")?, first, interval, began + length));
    }
    let latencies = pages.join_all().await.into_iter().collect::<Outcome<Vec<_>>>()?;
    Ok((latencies.concat(), load::total(sign_ins).await?))
}

/// The 99th percentile, by nearest rank.
pub(crate) fn p99(mut latencies: Vec<Duration>) -> Duration {
    latencies.sort_unstable();
    latencies[(latencies.len() * 99).div_ceil(100) - 1]
}
