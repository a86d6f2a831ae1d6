//! How fast a page is served to an anonymous visitor and to a signed-in user.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::{COOKIE, SET_COOKIE};
use tokio::task::JoinSet;

use crate::bare::Bare;
use crate::data::{DataFolder, username};
use crate::load::Request;
use crate::process::Portal;
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, Outcome, load, say};

/// Responses per second, as a fraction of what the bare handler serves.
const LOGIN_PAGE: Figure = Figure::new("GET /login ÷ bare axum handler", Unit::Ratio, 0.25, 0.35);
/// The cost of a session: its row, its account, and the details on the page.
const DASHBOARD: Figure = Figure::new("dashboard with a session ÷ GET /login", Unit::Ratio, 0.60, 0.85);
pub(crate) const FIGURES: &[Figure] = &[LOGIN_PAGE, DASHBOARD];

/// Connections that each wait for a response before they send again.
const CONNECTIONS: u32 = 16;

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let data = DataFolder::new().await?;
    let portal = Portal::start(&data).await?;
    let bare = Bare::start(portal.address)?;
    let (login, dashboard) = (load::get("/login")?, dashboard(portal.address).await?);
    let (mut pages, mut dashboards) = (Vec::new(), Vec::new());
    for round in 1..=effort.rounds {
        let ours = rate(portal.address, &login, effort.turn).await?;
        let most = rate(bare.address, &login, effort.turn).await?;
        let signed_in = rate(portal.address, &dashboard, effort.turn).await?;
        say(format_args!(
            "GET /login, round {round}: {ours:.0} a second, bare {most:.0}; dashboard {signed_in:.0} a second"
        ));
        pages.push(ours / most);
        dashboards.push(signed_in / ours);
    }
    Ok(vec![LOGIN_PAGE.is(median(pages)), DASHBOARD.is(median(dashboards))])
}

/// Requests the dashboard, in a session of its own.
async fn dashboard(address: SocketAddr) -> Outcome<Request> {
    let answer = load::once(address, load::sign_in(&username(0))?).await?;
    let cookies =
        answer.headers().get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    let mut request = load::get("/dashboard")?;
    request.headers_mut().insert(COOKIE, HeaderValue::from_str(&cookies)?);
    Ok(request)
}

/// Responses per second over a period.
async fn rate(address: SocketAddr, request: &Request, length: Duration) -> Outcome<f64> {
    let began = load::now();
    let mut loops = JoinSet::new();
    for _ in 0..CONNECTIONS {
        loops.spawn(load::repeat(address, request.clone(), move |_| began.elapsed() < length));
    }
    let answers = load::total(loops).await?;
    Ok(f64::from(answers) / began.elapsed().as_secs_f64())
}
