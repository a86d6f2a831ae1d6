//! Pure hashing: the cost of a sign-in without everything else.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash;

use crate::data::PASSWORD;
use crate::process::Process;
use crate::{Outcome, say};

/// A process that verifies passwords on request.
pub(crate) struct Verifier {
    process: Process,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Verifier {
    /// Starts it with the hash to verify against, and so with its parameters.
    pub(crate) fn start(hash: &str) -> Outcome<Self> {
        let mut process = Process::again("--verify", hash)?;
        let pipes = process.0.stdin.take().zip(process.0.stdout.take());
        let (input, output) = pipes.ok_or("the verifier has no pipes")?;
        Ok(Self { process, input, output: BufReader::new(output) })
    }

    /// Verifies the password `count` times; returns the CPU seconds it took.
    pub(crate) fn verify(&mut self, count: u32) -> Outcome<f64> {
        let before = self.process.cpu()?;
        writeln!(self.input, "{count}")?;
        let mut done = String::new();
        self.output.read_line(&mut done)?;
        if done.trim().parse() != Ok(count) {
            return Err("the verifier ended early".into());
        }
        Ok(self.process.cpu()? - before)
    }
}

/// Runs the process: reads a count from each line, verifies that often, and prints the count.
pub(crate) fn work(hash: &str) -> Outcome {
    let hash = PasswordHash::new(hash)?;
    for line in std::io::stdin().lines() {
        let count = line?.parse()?;
        verify_on_all_cores(count, &hash)?;
        say(count);
    }
    Ok(())
}

/// As many in parallel as the portal, so that both share the memory bandwidth.
fn verify_on_all_cores(count: u32, hash: &PasswordHash) -> Outcome {
    let left = AtomicU32::new(count);
    let one_less = |left: u32| left.checked_sub(1);
    let verify = || -> Outcome {
        while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
            Argon2::default().verify_password(PASSWORD.as_bytes(), hash)?;
        }
        Ok(())
    };
    let cores = thread::available_parallelism()?.get();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(verify)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a verifying thread panicked")?)
    })
}
