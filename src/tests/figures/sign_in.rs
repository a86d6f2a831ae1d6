//! What signing in costs besides the hashing, and how much memory it retains.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::data::{DataFolder, username};
use crate::process::Portal;
use crate::table::{Figure, Row, Unit, median};
use crate::verifier::Verifier;
use crate::{Effort, Outcome, load, say};

/// Sign-ins per second of the portal's CPU time, as a fraction of the verifications
/// per second of CPU time of a process that does nothing else.
const SIGN_INS: Figure = Figure::new("sign-ins ÷ pure argon2, per CPU second", Unit::Ratio, 0.85, 0.93);
/// After the start and one page.
const IDLE: Figure = Figure::new("resident memory, idle", Unit::Megabytes, 30.0, 22.0);
const AFTERWARDS: Figure = Figure::new("resident memory after 10,000 sign-ins", Unit::Megabytes, 45.0, 40.0);
pub(crate) const FIGURES: &[Figure] = &[SIGN_INS, IDLE, AFTERWARDS];

/// Simultaneous sign-ins, each with its own account: more than there are cores,
/// so that the hashing threads are never idle.
const AT_ONCE: u32 = 4;
/// How long the portal is idle before its memory is measured.
const REST: Duration = Duration::from_secs(2);

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let data = DataFolder::new().await?;
    let portal = Portal::start(&data).await?;
    let mut verifier = Verifier::start(&data.hash)?;
    tokio::time::sleep(REST).await;
    let idle = portal.process.resident()?;
    let mut ratios = Vec::new();
    for round in 1..=effort.rounds {
        let before = portal.process.cpu()?;
        let sign_ins = f64::from(sign_in(portal.address, effort.sign_ins).await?);
        let ours = (portal.process.cpu()? - before) / sign_ins;
        let pure = verifier.verify(effort.sign_ins)? / f64::from(effort.sign_ins);
        let [ours_ms, pure_ms] = [ours, pure].map(|seconds| seconds * 1_000.0);
        say(format_args!(
            "{sign_ins} sign-ins, round {round}: {ours_ms:.2} ms of CPU each, argon2 alone {pure_ms:.2} ms"
        ));
        ratios.push(pure / ours);
    }
    tokio::time::sleep(REST).await;
    let afterwards = portal.process.resident()?;
    Ok(vec![SIGN_INS.is(median(ratios)), IDLE.is(idle), AFTERWARDS.is(afterwards)])
}

/// Signs in about `count` times; returns the exact number.
async fn sign_in(address: SocketAddr, count: u32) -> Outcome<u32> {
    let mut loops = JoinSet::new();
    for n in 0..AT_ONCE {
        let request = load::sign_in(&username(n))?;
        loops.spawn(load::repeat(address, request, move |answers| answers < count / AT_ONCE));
    }
    load::total(loops).await
}
