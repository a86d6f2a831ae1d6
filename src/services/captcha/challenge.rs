//! Proof-of-work challenges, signed by the server and solved by the browser, using version 2 of
//! ALTCHA's protocol.

use std::collections::BTreeMap;
use std::{fmt, iter};

use altcha::{ChallengeParameters, HmacAlgorithm, Solution, VerifySolutionOptions, sign_challenge, verify_solution};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::Form;
use crate::crypto::{KeyRing, SecretKey};
use crate::domain::Timestamp;
use crate::rng::Rng;

/// Bytes of the digest that a solution must match: enough to make it practically impossible that a
/// second counter matches.
const PREFIX: usize = 16;
/// Maximum length of a token. A genuine one has about 500 characters.
const TOKEN_MAX: usize = 2_048;

/// A challenge as embedded in a form.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// The signed token, which states the form, the time of issue and the difficulty.
    pub token: String,
    /// The data that is hashed together with the counter, in hexadecimal.
    pub seed: String,
    /// The prefix that the digest must have, in hexadecimal.
    pub prefix: String,
    /// The exclusive upper bound of the counter.
    pub most: u32,
}

/// A submitted challenge with a valid signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// The id by which a used challenge is recognized.
    pub id: Vec<u8>,
    pub form: String,
    pub issued_at: Timestamp,
    /// The exclusive upper bound of the counter.
    pub most: u32,
    pub solution: ChallengeSolution,
}

/// The solution submitted with a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeSolution {
    Missing,
    Correct,
    Wrong,
}

/// Creates and verifies challenges. Lives as long as the process.
#[derive(Clone)]
pub struct Challenges {
    current: Key,
    previous: Option<Key>,
}

/// A key in hexadecimal, because the library takes a string.
type Key = Zeroizing<String>;

impl Challenges {
    pub fn new(keys: &KeyRing) -> Self {
        let derive = |secret: &SecretKey| Zeroizing::new(hex(&*secret.derive("captcha")));
        Self { current: derive(keys.current()), previous: keys.previous().map(derive) }
    }

    /// Creates a challenge for one submission of this form. Solving it takes at most `most` hashes.
    ///
    /// # Errors
    /// A failure of the library to serialize its own parameters.
    pub fn make(&self, form: Form, most: u32, now: Timestamp, rng: &Rng) -> altcha::Result<Challenge> {
        let seed = rng.bytes::<32>();
        let (salt, nonce) = seed.split_at(16);
        let counter = rng.below(most);
        let digest = Sha256::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        let data = [("form", Value::from(form.name())), ("issuedAt", now.0.into()), ("most", most.into())];
        let mut parameters = ChallengeParameters {
            algorithm: "SHA-256".to_owned(),
            cost: 1,
            data: Some(data.map(|(name, value)| (name.to_owned(), value)).into_iter().collect::<BTreeMap<_, _>>()),
            // Not set, because the library would compare it with the system clock.
            expires_at: None,
            key_length: digest.len(),
            key_prefix: hex(&digest[..PREFIX]),
            key_signature: None,
            memory_cost: None,
            nonce: hex(nonce),
            parallelism: None,
            salt: hex(salt),
        };
        let signed = sign_challenge(&HmacAlgorithm::Sha256, &mut parameters, None, &self.current, None)?;
        let token = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&signed)?);
        Ok(Challenge { token, seed: hex(&seed), prefix: parameters.key_prefix, most })
    }

    /// Parses the form field `captcha`: `challenge` or `challenge.counter.digest`. Returns `None`
    /// if the challenge was not signed by this server.
    #[must_use]
    pub fn read(&self, field: &str) -> Option<Returned> {
        if field.len() > TOKEN_MAX {
            return None;
        }
        let mut parts = field.split('.');
        let challenge = BASE64_URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let challenge: altcha::Challenge = serde_json::from_slice(&challenge).ok()?;
        let claimed = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => None,
            (Some(counter), Some(digest), None) => {
                Some(Solution { counter: counter.parse().ok()?, derived_key: digest.to_owned(), time: None })
            }
            _ => return None,
        };
        let none = Solution { counter: 0, derived_key: String::new(), time: None };
        let verified = iter::once(&self.current).chain(&self.previous).find_map(|key| {
            let options = VerifySolutionOptions::new(&challenge, claimed.as_ref().unwrap_or(&none), key.as_str());
            // The signature is compared in constant time, before any data in the challenge is used.
            verify_solution(options).ok().filter(|verified| verified.invalid_signature == Some(false))
        })?;
        let data = challenge.parameters.data.as_ref()?;
        Some(Returned {
            id: challenge.parameters.nonce.into_bytes(),
            form: data.get("form")?.as_str()?.to_owned(),
            issued_at: Timestamp(data.get("issuedAt")?.as_i64()?),
            most: u32::try_from(data.get("most")?.as_u64()?).ok()?,
            solution: match claimed {
                None => ChallengeSolution::Missing,
                Some(_) if verified.verified => ChallengeSolution::Correct,
                Some(_) => ChallengeSolution::Wrong,
            },
        })
    }
}

impl fmt::Debug for Challenges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenges(…)")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(nibble.into(), 16).unwrap_or('0'));
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use altcha::{SolveChallengeOptions, solve_challenge};

    use super::{BASE64_URL_SAFE_NO_PAD, ChallengeSolution, Challenges, Form, KeyRing, Rng, SecretKey, Timestamp};
    use base64::Engine as _;

    const NOW: Timestamp = Timestamp(1_795_435_200_000);

    fn secret(byte: u8) -> SecretKey {
        SecretKey::from_bytes([byte; 32])
    }

    fn challenges() -> Challenges {
        Challenges::new(&secret(1).into())
    }

    fn token(most: u32) -> String {
        challenges().make(Form::Register, most, NOW, &Rng::from_seed(1)).expect("valid challenge").token
    }

    fn solved(token: &str) -> String {
        let json = BASE64_URL_SAFE_NO_PAD.decode(token).expect("valid base64");
        let challenge: altcha::Challenge = serde_json::from_slice(&json).expect("valid challenge");
        let found =
            solve_challenge(SolveChallengeOptions::new(&challenge)).expect("solver succeeds").expect("solution found");
        format!("{token}.{}.{}", found.counter, found.derived_key)
    }

    #[test]
    fn the_library_finds_a_correct_counter_below_the_bound() {
        for seed in 0..20 {
            let issued = challenges().make(Form::Register, 50, NOW, &Rng::from_seed(seed)).expect("valid challenge");
            let field = solved(&issued.token);
            let counter: u32 =
                field.split('.').nth(1).expect("field has a counter").parse().expect("counter is a number");
            assert!(counter < 50, "{counter}");
            assert_eq!(challenges().read(&field).expect("valid signature").solution, ChallengeSolution::Correct);
        }
    }

    #[test]
    fn a_challenge_states_its_form_and_time_and_wrong_solutions_are_rejected() {
        let token = token(1_000);
        let back = challenges().read(&token).expect("valid signature");
        assert_eq!((back.form.as_str(), back.issued_at, back.solution), ("register", NOW, ChallengeSolution::Missing));
        for wrong in [format!("{token}.0."), format!("{token}.1.00"), format!("{token}.4294967295.{}", "0".repeat(64))]
        {
            assert_eq!(
                challenges().read(&wrong).expect("valid signature").solution,
                ChallengeSolution::Wrong,
                "{wrong}"
            );
        }
        // The correct counter with another digest, and the correct digest with another counter.
        let right = solved(&token);
        let [_, counter, digest] = right.split('.').collect::<Vec<_>>()[..] else {
            panic!("field must have three parts")
        };
        assert_eq!(
            challenges().read(&format!("{token}.{counter}.{}", "0".repeat(64))).expect("valid signature").solution,
            ChallengeSolution::Wrong
        );
        assert_eq!(
            challenges().read(&format!("{token}.9999.{digest}")).expect("valid signature").solution,
            ChallengeSolution::Wrong
        );
    }

    #[test]
    fn the_current_key_signs_and_the_previous_key_still_verifies() {
        let both = Challenges::new(&KeyRing::new(secret(2), Some(secret(1))));
        assert_eq!(both.read(&solved(&token(50))).expect("valid signature").solution, ChallengeSolution::Correct);
        let issued = both.make(Form::Register, 50, NOW, &Rng::from_seed(1)).expect("valid challenge").token;
        assert!(Challenges::new(&secret(2).into()).read(&issued).is_some());
        assert!(challenges().read(&issued).is_none());
    }

    #[test]
    fn challenges_without_a_valid_signature_are_rejected() {
        let token = token(1_000);
        assert!(Challenges::new(&secret(2).into()).read(&token).is_none());
        let json =
            String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(&token).expect("valid base64")).expect("valid UTF-8");
        for (from, to) in [("register", "login"), ("\"most\":1000", "\"most\":1"), ("\"issuedAt\":1", "\"issuedAt\":2")]
        {
            assert!(json.contains(from), "{json}");
            let forged = BASE64_URL_SAFE_NO_PAD.encode(json.replace(from, to));
            assert!(challenges().read(&forged).is_none(), "{to}");
        }
        for rubbish in [
            "",
            ".",
            "x",
            "e30",
            &"A".repeat(10_000),
            &format!("{token}.1"),
            &format!("{token}.1.2.3"),
            &format!("{token}.x.y"),
        ] {
            assert!(challenges().read(rubbish).is_none(), "{rubbish}");
        }
    }
}
