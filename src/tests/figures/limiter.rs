//! Memory of the POST rate limiter when requests come from a million IP addresses.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv6Addr};

use portal::clock::Clock;
use portal::limits::{FLOOD_KEYS, Limits};
use portal::services::rate_limit::PostRateLimiter;

use crate::process::Process;
use crate::table::{Figure, Row, Unit};
use crate::{Outcome, load, say};

const MEMORY: Figure = Figure::new("POST rate limiter, 1,000,000 IP addresses", Unit::Megabytes, 128.0, 128.0);
pub(crate) const FIGURES: &[Figure] = &[MEMORY];

pub(crate) fn measure() -> Outcome<Vec<Row>> {
    let mut process = Process::again("--addresses", &FLOOD_KEYS.to_string())?;
    let pipes = process.0.stdin.take().zip(process.0.stdout.take());
    let (mut input, output) = pipes.ok_or("the limiter has no pipes")?;
    let mut output = BufReader::new(output);
    let mut line = String::new();
    output.read_line(&mut line)?;
    let before = process.resident()?;
    writeln!(input)?;
    line.clear();
    output.read_line(&mut line)?;
    say(line.trim());
    // Includes memory that a growing table held only briefly.
    let most = process.most_resident()?;
    Ok(vec![MEMORY.is(most - before)])
}

/// Runs the process: counts a post from each of `addresses` IP addresses on request,
/// and reports the result.
pub(crate) fn remember(addresses: usize) -> Outcome {
    let limiter = PostRateLimiter::new(&Limits::default(), Clock::System);
    say("ready");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let began = load::now();
    for n in 0..addresses {
        // Every second IP address is new, and there are more of them than fit in the table.
        for network in [n, n + addresses / 2] {
            let network = u128::try_from(network)? << 64;
            // Posts are refused when the table is full, which is what is measured.
            let _ = limiter.check(IpAddr::V6(Ipv6Addr::from_bits((0x2001 << 112) | network)).into());
        }
    }
    let (took, remembered) = (began.elapsed(), limiter.tracked());
    if remembered != addresses {
        return Err(format!("the limiter holds {remembered} IP addresses instead of {addresses}").into());
    }
    let began = load::now();
    limiter.remove_full();
    say(format_args!(
        "POST rate limiter: {remembered} IP addresses counted in {} ms, removed in {} ms",
        took.as_millis(),
        began.elapsed().as_millis()
    ));
    // Waits until its memory has been measured.
    std::io::stdin().read_line(&mut line)?;
    Ok(())
}
