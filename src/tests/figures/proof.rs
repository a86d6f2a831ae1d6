//! How fast a browser completes the proof of work that a form requires.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::data::DataFolder;
use crate::process::Portal;
use crate::table::{Figure, Row, Unit};
use crate::{Outcome, say};

/// At the difficulty of a first visit, in this machine's Chromium,
/// from the beginning of the search to the solution; the median of 41.
const PROOF: Figure = Figure::new("proof of work in Chromium", Unit::Milliseconds, 1_500.0, 700.0);
pub(crate) const FIGURES: &[Figure] = &[PROOF];

/// The line that `end2end/figures/proof.ts` prints.
#[derive(Deserialize)]
struct Report {
    rounds: u32,
    median_ms: f64,
    p95_ms: f64,
    hashes_per_second: f64,
}

pub(crate) async fn measure() -> Outcome<Vec<Row>> {
    let data = DataFolder::new().await?;
    let portal = Portal::start(&data).await?;
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test", "--config", "figures/playwright.config.ts"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end"))
        .env("PORTAL_URL", format!("http://{}", portal.address));
    let output = command.output().map_err(|error| format!("npx: {error}; `make setup` installs what it needs"))?;
    let printed = String::from_utf8(output.stdout)?;
    let report = printed.lines().find(|line| line.starts_with('{'));
    let Some(report) = report.filter(|_| output.status.success()) else {
        return Err(format!("the browser benchmark failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    };
    let Report { rounds, median_ms, p95_ms, hashes_per_second } = serde_json::from_str(report)?;
    say(format_args!(
        "proof of work, {rounds} rounds: median {median_ms:.0} ms, p95 {p95_ms:.0} ms, {:.2} million hashes a second",
        hashes_per_second / 1e6
    ));
    portal.stop()?;
    Ok(vec![PROOF.is(median_ms)])
}
