//! How fast the portal starts.

use crate::data::DataFolder;
use crate::process::Portal;
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, Outcome, load, say};

/// From the start of the process to the first page, on a database that has this
/// version's schema.
const START: Figure = Figure::new("start to first 200", Unit::Milliseconds, 300.0, 80.0);
pub(crate) const FIGURES: &[Figure] = &[START];

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let data = DataFolder::new().await?;
    // The first start also creates the key.
    Portal::start(&data).await?.stop()?;
    let mut times = Vec::new();
    for round in 1..=effort.rounds {
        let began = load::now();
        let portal = Portal::start(&data).await?;
        let took = began.elapsed().as_secs_f64() * 1_000.0;
        say(format_args!("start, round {round}: {took:.1} ms"));
        times.push(took);
        portal.stop()?;
    }
    Ok(vec![START.is(median(times))])
}
