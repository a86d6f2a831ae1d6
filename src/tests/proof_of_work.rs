//! The browser's search compared with the library that makes and verifies the challenges.

use altcha::{
    CreateChallengeOptions, SolveChallengeOptions, VerifySolutionOptions, create_challenge, solve_challenge,
    verify_solution,
};
use portal::domain::ProofOfWork;

const SECRET: &str = "a secret of this test";

fn challenge(counter: u32) -> altcha::Challenge {
    create_challenge(CreateChallengeOptions {
        algorithm: "SHA-256".to_owned(),
        cost: 1,
        counter: Some(counter),
        hmac_signature_secret: Some(SECRET.to_owned()),
        ..CreateChallengeOptions::default()
    })
    .expect("a challenge")
}

fn sum(challenge: &altcha::Challenge, most: u32) -> ProofOfWork {
    let altcha::ChallengeParameters { salt, nonce, key_prefix, .. } = &challenge.parameters;
    ProofOfWork::parse(&format!("{salt}{nonce}"), key_prefix, most).expect("a challenge")
}

#[test]
fn the_browser_finds_the_same_solution_as_the_library_which_accepts_it() {
    for counter in [0, 1, 255, 256, 65_536, 99_999] {
        let challenge = challenge(counter);
        let found = sum(&challenge, 100_000).search(0, 100_000).expect("a solution");
        assert_eq!(found.counter, counter);

        let expected = solve_challenge(SolveChallengeOptions::new(&challenge)).expect("solved").expect("in time");
        assert_eq!(found.to_string(), format!("{}.{}", expected.counter, expected.derived_key));

        let text = found.to_string();
        let (_, digest) = text.split_once('.').expect("a digest");
        let solution = altcha::Solution { counter: found.counter, derived_key: digest.to_owned(), time: None };
        let verdict = verify_solution(VerifySolutionOptions::new(&challenge, &solution, SECRET)).expect("a verdict");
        assert!(verdict.verified, "counter {counter}");
    }
}

#[test]
fn the_search_stops_at_the_bound() {
    let challenge = challenge(5_000);
    assert_eq!(sum(&challenge, 5_000).search(0, u32::MAX), None);
    assert_eq!(sum(&challenge, 5_001).search(0, u32::MAX).map(|solution| solution.counter), Some(5_000));
}
