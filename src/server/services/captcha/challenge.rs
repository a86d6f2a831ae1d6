//! Challenges: signed by us, solved by a browser, by the protocol of ALTCHA's
//! proof of work, version 2.

use std::collections::BTreeMap;
use std::{fmt, iter};

use altcha::{ChallengeParameters, HmacAlgorithm, Solution, VerifySolutionOptions, sign_challenge, verify_solution};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::Form;
use crate::domain::Timestamp;
use crate::server::crypto::{KeyRing, SecretKey};
use crate::server::rng::Rng;

/// Octets of a digest that a solution must reproduce. Nobody finds another one.
const PREFIX: usize = 16;
/// A challenge of ours has about 500 characters.
const TOKEN_MAX: usize = 2_048;

/// A challenge as a form carries it.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Signed: for which form, when it was made, how hard it is.
    pub token: String,
    /// What the digest is of, before the counter; in hexadecimal.
    pub seed: String,
    /// What the digest begins with; in hexadecimal.
    pub prefix: String,
    /// The counter is below.
    pub most: u32,
}

/// A challenge that came back, with our signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// What it is known by once it was used.
    pub id: Vec<u8>,
    pub form: String,
    pub issued_at: Timestamp,
    pub solution: Solved,
}

/// What a form brought beside its challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solved {
    Nothing,
    Rightly,
    Wrongly,
}

/// Makes challenges and knows them again. Lives as long as the process.
#[derive(Clone)]
pub struct Challenges {
    current: Key,
    previous: Option<Key>,
}

/// In hexadecimal: the protocol's library takes a text.
type Key = Zeroizing<String>;

impl Challenges {
    #[must_use]
    pub fn new(keys: &KeyRing) -> Self {
        let derive = |secret: &SecretKey| Zeroizing::new(hex(&*secret.derive("captcha")));
        Self { current: derive(keys.current()), previous: keys.previous().map(derive) }
    }

    /// A challenge for one post of this form, solved by at most `most` hashes.
    ///
    /// # Errors
    /// When the library cannot write down its own parameters.
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
            // The library would hold it against the machine's clock.
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

    /// Reads the field `captcha` of a form: `challenge`, or
    /// `challenge.counter.digest`. What we did not sign is `None`.
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
            // Compared in constant time, and before anything that the challenge says is believed.
            verify_solution(options).ok().filter(|verified| verified.invalid_signature == Some(false))
        })?;
        let data = challenge.parameters.data.as_ref()?;
        Some(Returned {
            id: challenge.parameters.nonce.into_bytes(),
            form: data.get("form")?.as_str()?.to_owned(),
            issued_at: Timestamp(data.get("issuedAt")?.as_i64()?),
            solution: match claimed {
                None => Solved::Nothing,
                Some(_) if verified.verified => Solved::Rightly,
                Some(_) => Solved::Wrongly,
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

    use super::{BASE64_URL_SAFE_NO_PAD, Challenges, Form, KeyRing, Rng, SecretKey, Solved, Timestamp};
    use base64::Engine as _;

    const NOW: Timestamp = Timestamp(1_795_435_200_000);

    fn secret(octet: u8) -> SecretKey {
        SecretKey::from_bytes([octet; 32])
    }

    fn challenges() -> Challenges {
        Challenges::new(&secret(1).into())
    }

    fn token(most: u32) -> String {
        challenges().make(Form::Register, most, NOW, &Rng::from_seed(1)).expect("a challenge").token
    }

    fn solved(token: &str) -> String {
        let json = BASE64_URL_SAFE_NO_PAD.decode(token).expect("base64");
        let challenge: altcha::Challenge = serde_json::from_slice(&json).expect("a challenge");
        let found = solve_challenge(SolveChallengeOptions::new(&challenge)).expect("solvable").expect("in time");
        format!("{token}.{}.{}", found.counter, found.derived_key)
    }

    #[test]
    fn what_the_protocols_own_solver_finds_is_right_and_below_the_bound() {
        for seed in 0..20 {
            let made = challenges().make(Form::Register, 50, NOW, &Rng::from_seed(seed)).expect("a challenge");
            let field = solved(&made.token);
            let counter: u32 = field.split('.').nth(1).expect("a counter").parse().expect("a number");
            assert!(counter < 50, "{counter}");
            assert_eq!(challenges().read(&field).expect("ours").solution, Solved::Rightly);
        }
    }

    #[test]
    fn a_challenge_tells_its_form_and_its_time_and_a_wrong_solution_is_wrong() {
        let token = token(1_000);
        let back = challenges().read(&token).expect("ours");
        assert_eq!((back.form.as_str(), back.issued_at, back.solution), ("register", NOW, Solved::Nothing));
        for wrong in [format!("{token}.0."), format!("{token}.1.00"), format!("{token}.4294967295.{}", "0".repeat(64))]
        {
            assert_eq!(challenges().read(&wrong).expect("ours").solution, Solved::Wrongly, "{wrong}");
        }
        // The right counter with another digest, and the right digest with another counter.
        let right = solved(&token);
        let [_, counter, digest] = right.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
        assert_eq!(
            challenges().read(&format!("{token}.{counter}.{}", "0".repeat(64))).expect("ours").solution,
            Solved::Wrongly
        );
        assert_eq!(challenges().read(&format!("{token}.9999.{digest}")).expect("ours").solution, Solved::Wrongly);
    }

    #[test]
    fn what_the_previous_key_signed_still_counts_and_the_current_one_signs() {
        let both = Challenges::new(&KeyRing::new(secret(2), Some(secret(1))));
        assert_eq!(both.read(&solved(&token(50))).expect("ours").solution, Solved::Rightly);
        let made = both.make(Form::Register, 50, NOW, &Rng::from_seed(1)).expect("a challenge").token;
        assert!(Challenges::new(&secret(2).into()).read(&made).is_some());
        assert!(challenges().read(&made).is_none());
    }

    #[test]
    fn what_we_did_not_sign_is_nothing() {
        let token = token(1_000);
        assert!(Challenges::new(&secret(2).into()).read(&token).is_none());
        let json = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(&token).expect("base64")).expect("text");
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
