//! How many cases are run, from which seed, and how their results are counted.

use std::cell::Cell;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use crate::harness::number;

/// What a parser made of a text for which the property held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Refused,
}

/// The outcome of one case; the error is a property that does not hold.
pub(super) type Case = Result<Verdict, TestCaseError>;

/// The cost of one case, which decides how many are run.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cost {
    /// A call: all of `FUZZ_CASES`, and 400 without it.
    Call,
    /// A request through the whole portal: a hundredth of `FUZZ_CASES`, and 300 without it.
    Request,
}

/// How many of a hundred cases must be accepted and how many refused. Below
/// that, the texts no longer test what they were made for.
const LEAST_PERCENT: u32 = 5;

/// The seed of a short run. Any number would do.
const SEED: u64 = 20_261_123;

/// Tests `property` on texts of `strategy`, and requires that enough of them are
/// accepted and enough are refused.
pub(super) fn hold<S: Strategy>(cost: Cost, strategy: S, property: impl Fn(S::Value) -> Case) {
    let (accepted, refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let cases = run(cost, strategy, |value| {
        let count = match property(value)? {
            Verdict::Accepted => &accepted,
            Verdict::Refused => &refused,
        };
        count.set(count.get() + 1);
        Ok(())
    });
    let least = cases * LEAST_PERCENT / 100;
    let (accepted, refused) = (accepted.get(), refused.get());
    assert!(accepted >= least && refused >= least, "of {cases} cases {accepted} were accepted and {refused} refused");
}

/// Tests `property` on texts of `strategy`, and returns the counts.
pub(super) fn run<S: Strategy>(
    cost: Cost,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) -> u32 {
    let wanted = number("FUZZ_CASES").and_then(|cases| u32::try_from(cases).ok());
    let cases = match cost {
        Cost::Call => wanted.unwrap_or(400),
        Cost::Request => wanted.map_or(300, |cases| (cases / 100).max(300)),
    };
    let seed = number("FUZZ_SEED").unwrap_or(SEED);
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    if let Err(failure) = TestRunner::new(config).run(&strategy, property) {
        panic!("{failure}\nto see it again: FUZZ_SEED={seed} FUZZ_CASES={}", wanted.unwrap_or(cases));
    }
    cases
}
