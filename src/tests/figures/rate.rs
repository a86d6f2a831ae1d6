//! How fast a page is served.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::bare::Bare;
use crate::data::DataFolder;
use crate::process::Portal;
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, Outcome, load, say};

/// Answers a second, as a part of what a handler that does nothing gives.
const LOGIN_PAGE: Figure = Figure::new("GET /login ÷ bare axum handler", Unit::Ratio, 0.20, 0.35);
pub(crate) const FIGURES: &[Figure] = &[LOGIN_PAGE];

/// Connections that each wait for an answer before they send again.
const CONNECTIONS: u32 = 16;

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let data = DataFolder::new().await?;
    let portal = Portal::start(&data).await?;
    let bare = Bare::start(portal.address)?;
    let mut ratios = Vec::new();
    for round in 1..=effort.rounds {
        let ours = rate(portal.address, effort.turn).await?;
        let most = rate(bare.address, effort.turn).await?;
        say(format_args!("GET /login, round {round}: {ours:.0} a second, bare {most:.0}"));
        ratios.push(ours / most);
    }
    Ok(vec![LOGIN_PAGE.is(median(ratios))])
}

/// Answers a second over a while.
async fn rate(address: SocketAddr, length: Duration) -> Outcome<f64> {
    let began = load::now();
    let mut loops = JoinSet::new();
    for _ in 0..CONNECTIONS {
        loops.spawn(load::repeat(address, load::get("/login")?, move |_| began.elapsed() < length));
    }
    let answers = load::total(loops).await?;
    Ok(f64::from(answers) / began.elapsed().as_secs_f64())
}
