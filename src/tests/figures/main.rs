//! The benchmarks of the release, each with its floor and its target.
//!
//! They measure the released program, `target/release/portal`, in
//! a process of its own, with its default settings and log except for the limits
//! that load from one IP address would reach, on an SQLite file on the disk of
//! this checkout. Both sides of a ratio are measured in one run,
//! turn by turn; a figure is the median of its rounds. The program exits with a
//! failure when a figure misses its floor.
//!
//! `make bench` runs all of them in about a quarter of an hour. To run some:
//! `cargo bench --features ssr --bench figures -- memory start`, and to try out
//! a change to this code: `-- --quick`.

mod attempts;
mod bare;
mod crowd;
mod data;
mod fairness;
mod fill;
mod latency;
mod limiter;
mod load;
mod mail_server;
mod process;
mod proof;
mod purge;
mod rate;
mod scale;
mod secrecy;
mod sign_in;
mod start;
mod table;
mod verifier;
mod weight;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use table::{Figure, Row};

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Outcome<T = ()> = Result<T, Failure>;

/// Benchmarks the release build of the portal.
#[derive(Parser)]
struct Arguments {
    /// Run only the figures with one of these texts in their name
    names: Vec<String>,
    /// Run few and short rounds, to try out this program
    #[arg(long)]
    quick: bool,
    /// Passed by cargo
    #[arg(long, hide = true)]
    bench: bool,
    /// Run as the bare handler for the portal at this socket address
    #[arg(long, hide = true)]
    serve_like: Option<SocketAddr>,
    /// Run as the crowd that signs in at the portal at this socket address
    #[arg(long, hide = true)]
    crowd: Option<SocketAddr>,
    /// Run as the limiter that counts posts from this many IP addresses
    #[arg(long, hide = true)]
    addresses: Option<usize>,
    /// Run as the process that verifies the password against this hash
    #[arg(long, hide = true)]
    verify: Option<String>,
}

/// How much is measured.
#[derive(Clone, Copy)]
struct Effort {
    rounds: u32,
    /// How long each side of a round is under load.
    turn: Duration,
    /// Sign-ins in each round.
    sign_ins: u32,
    /// Attempts for each of two that are compared.
    tries: u32,
}

const FULL: Effort = Effort { rounds: 5, turn: Duration::from_secs(3), sign_ins: 2_000, tries: 200 };
const QUICK: Effort = Effort { rounds: 1, turn: Duration::from_secs(1), sign_ins: 200, tries: 20 };

impl Arguments {
    fn want(&self, figures: &[Figure]) -> bool {
        let wanted = |figure: &Figure| self.names.iter().any(|name| figure.name.contains(name));
        self.names.is_empty() || figures.iter().any(wanted)
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome {
    if let Some(portal) = arguments.serve_like {
        return bare::serve_like(portal);
    }
    if let Some(hash) = &arguments.verify {
        return verifier::work(hash);
    }
    if let Some(portal) = arguments.crowd {
        return crowd::come(portal);
    }
    if let Some(addresses) = arguments.addresses {
        return limiter::remember(addresses);
    }
    let effort = if arguments.quick { QUICK } else { FULL };
    // One thread, because most of the machine is for the servers.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let rows = runtime.block_on(measure(arguments, effort))?;
    table::print(&rows);
    if arguments.quick {
        say("This was a quick run. Its figures are not reliable.");
    }
    match rows.iter().filter(|row| !row.meets_floor()).count() {
        _ if rows.is_empty() => Err("no figure matches these names".into()),
        0 => Ok(()),
        missed => Err(format!("{missed} of {} figures miss their floor", rows.len()).into()),
    }
}

async fn measure(arguments: &Arguments, effort: Effort) -> Outcome<Vec<Row>> {
    let mut rows = Vec::new();
    if arguments.want(rate::FIGURES) {
        rows.extend(rate::measure(effort).await?);
    }
    if arguments.want(sign_in::FIGURES) {
        rows.extend(sign_in::measure(effort).await?);
    }
    if arguments.want(latency::FIGURES) {
        rows.extend(latency::measure(effort).await?);
    }
    if arguments.want(crowd::FIGURES) {
        rows.extend(crowd::measure(effort).await?);
    }
    if arguments.want(fairness::FIGURES) {
        rows.extend(fairness::measure(effort).await?);
    }
    if arguments.want(secrecy::FIGURES) {
        rows.extend(secrecy::measure(effort).await?);
    }
    if arguments.want(scale::FIGURES) {
        rows.extend(scale::measure(effort).await?);
    }
    if arguments.want(limiter::FIGURES) {
        rows.extend(limiter::measure()?);
    }
    if arguments.want(weight::FIGURES) {
        rows.extend(weight::measure().await?);
    }
    if arguments.want(start::FIGURES) {
        rows.extend(start::measure(effort).await?);
    }
    if arguments.want(purge::FIGURES) {
        rows.extend(Box::pin(purge::measure(effort)).await?);
    }
    if arguments.want(proof::FIGURES) {
        rows.extend(proof::measure().await?);
    }
    rows.retain(|row| arguments.want(&[row.figure]));
    Ok(rows)
}

#[expect(clippy::print_stdout, reason = "figures are printed")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "the failure is printed")]
fn complain(failure: &Failure) {
    eprintln!("error: {failure}");
}
