//! Password strength: one rule for every form that sets a password, and for the meter next to the
//! field.
//!
//! A password is rejected if zxcvbn scores it below 3, given what is known about its owner, or if
//! it is on the bundled list of common passwords (ASVS 5.0, V6.2.4 and V6.2.11; NIST SP 800-63B-4,
//! section 3.1.1.2). There are no rules about characters (V6.2.5).

use std::sync::Arc;

use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Match};

use self::common::is_common;
use self::context::words_in;
use self::reasons::ADVICE;
use crate::domain::Password;

pub mod common;
pub mod context;
pub mod reasons;

pub use context::PasswordContext;

/// The lowest accepted zxcvbn score: 3, "safely unguessable", which takes about 10^8 guesses or
/// more (Wheeler, USENIX Security 2016).
const LOWEST_SCORE: u8 = 3;

/// The highest score of a password on the list, whatever zxcvbn returns: an attacker with the list
/// needs only some thousand guesses.
const LISTED_SCORE: u8 = 1;

/// The number of characters that are scored. zxcvbn itself stops at 100, and its time grows with
/// the square of the length.
const SCORED_MAX: usize = 64;

/// The limit on zxcvbn's work: the square of the length times the number of ways to read symbols as
/// letters. A unit takes about 100 ns.
const WORK_MAX: usize = 20_000;

/// The symbols that zxcvbn reads as letters, one entry per letter.
const LETTER_SYMBOLS: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];

/// The password policy. Cheap to clone; lives as long as the process.
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    /// The words in the portal's name, which any attacker knows.
    portal: Arc<[String]>,
}

/// The result for one password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// zxcvbn's score, 0 to 4; at most 1 for a password on the list.
    pub score: u8,
    /// Whether the password is accepted.
    pub accepted: bool,
    /// What is wrong, in one short sentence. Empty if the password is accepted.
    pub reason: &'static str,
}

impl PasswordPolicy {
    pub fn new(portal_name: &str) -> Self {
        Self { portal: words_in(portal_name).into() }
    }

    /// Rates a password, given what an attacker would know about its owner. Takes at most a few
    /// milliseconds.
    #[must_use]
    pub fn assess(&self, password: &Password, context: &PasswordContext<'_>) -> Assessment {
        let known = context.words();
        let known: Vec<&str> = known.iter().chain(self.portal.iter()).map(String::as_str).collect();
        let estimate = zxcvbn::zxcvbn(scored_part(password.expose()), &known);
        let score = u8::from(estimate.score());
        if is_common(password) {
            return Assessment { score: score.min(LISTED_SCORE), accepted: false, reason: reasons::COMMON };
        }
        let accepted = score >= LOWEST_SCORE;
        Assessment { score, accepted, reason: if accepted { "" } else { reason(&estimate, &known) } }
    }

    /// Rejects a weak password.
    ///
    /// # Errors
    /// Returns what is wrong and how to choose a better one.
    pub fn check(&self, password: &Password, context: &PasswordContext<'_>) -> Result<(), String> {
        let Assessment { accepted, reason, .. } = self.assess(password, context);
        if accepted { Ok(()) } else { Err(format!("{reason} {ADVICE}")) }
    }
}

/// Returns the part of a password that zxcvbn scores: all of it, unless it is very long or contains
/// many symbols.
///
/// zxcvbn tries every way to read symbols as letters and repeats its lookups for each: 100
/// characters that include all twenty symbols took it half a second. The omitted rest could only
/// make the password stronger. The scored part is still long or full of different symbols, and no
/// list contains such passwords.
fn scored_part(password: &str) -> &str {
    let mut length = 0;
    for (at, character) in password.char_indices() {
        length += 1;
        let part = &password[..at + character.len_utf8()];
        if length > SCORED_MAX || length * length * readings(part) > WORK_MAX {
            return &password[..at];
        }
    }
    password
}

/// Returns in how many ways the symbols of a text can be read as letters.
fn readings(text: &str) -> usize {
    LETTER_SYMBOLS
        .iter()
        .map(|symbols| symbols.chars().filter(|symbol| text.contains(*symbol)).count().max(1))
        .product()
}

/// Returns what is wrong, based on the longest recognized part of the password.
fn reason(estimate: &Entropy, known: &[&str]) -> &'static str {
    let longest = estimate.sequence().iter().max_by_key(|part| part.token.chars().count());
    if longest.is_some_and(|part| is_known(part, known)) {
        return reasons::PERSONAL;
    }
    estimate.feedback().and_then(zxcvbn::feedback::Feedback::warning).map_or(reasons::GUESSABLE, reasons::of)
}

fn is_known(part: &Match, known: &[&str]) -> bool {
    match &part.pattern {
        MatchPattern::Dictionary(found) => known.contains(&found.matched_word.as_str()),
        MatchPattern::Repeat(repeat) => repeat.base_matches.iter().any(|part| is_known(part, known)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Assessment, PasswordContext, PasswordPolicy, SCORED_MAX, WORK_MAX, readings, reasons, scored_part};
    use crate::domain::Password;

    const OWNER: PasswordContext<'_> =
        PasswordContext { username: "margaret.hale", email: "m.thornton@marlborough.example" };

    fn assess(password: &str) -> Assessment {
        PasswordPolicy::new("Corbyn Gate").assess(&Password::parse_new(password).expect("valid"), &OWNER)
    }

    #[test]
    fn common_and_personal_passwords_are_rejected() {
        for weak in
            ["password", "password1", "P@ssw0rd", "12345678", "qwertyuiop", "iloveyou1", "aaaaaaaaaaaa", "19.05.1987"]
        {
            assert!(!assess(weak).accepted, "{weak}");
        }
        for personal in [
            "margaret.hale",
            "Margaret.Hale1",
            "elahteragram",
            "m.thornton@marlborough.example",
            "thornton1",
            "Marlborough7",
            "corbyn gate",
            "CorbynCorbyn",
        ] {
            let Assessment { accepted, reason, .. } = assess(personal);
            assert_eq!((accepted, reason), (false, reasons::PERSONAL), "{personal}");
        }
    }

    #[test]
    fn a_password_that_is_personal_for_one_owner_is_fine_for_another() {
        let password = Password::parse_new("gloriettenmargarithe").expect("valid");
        let policy = PasswordPolicy::new("Portal");
        assert!(policy.assess(&password, &OWNER).accepted);
        let owner = PasswordContext { username: "glorietten.margarithe", email: "" };
        assert!(!policy.assess(&password, &owner).accepted);
        let owner = PasswordContext { username: "", email: "gloriettenmargarithe@x.example" };
        assert!(!policy.assess(&password, &owner).accepted);
        assert!(!PasswordPolicy::new("Gloriettenmargarithe").assess(&password, &OWNER).accepted);
    }

    #[test]
    fn listed_passwords_are_rejected_even_if_zxcvbn_accepts_them() {
        for listed in ["grenouille", "schokolade", "telechargement", "Kartoffelpuffer", "pe#5gz29ptzmse"] {
            assert!(zxcvbn::zxcvbn(listed, &[]).score() >= zxcvbn::Score::Three, "{listed}");
            assert_eq!(assess(listed), Assessment { score: 1, accepted: false, reason: reasons::COMMON }, "{listed}");
        }
    }

    #[test]
    fn long_unrelated_passwords_are_accepted_whatever_their_characters() {
        for strong in [
            "correct horse battery staple",
            "tumble rinse obelisk",
            "kV9$wq2!LmZr",
            "ünrelated wörds hier",
            "🐴 🔋 🧷 🪁 🦔 🧲",
        ] {
            let Assessment { score, accepted, reason } = assess(strong);
            assert!(accepted && score >= 3 && reason.is_empty(), "{strong}");
        }
    }

    #[test]
    fn a_rejection_says_what_is_wrong_and_how_to_fix_it() {
        let check = |password| {
            let password = Password::parse_new(password).expect("valid");
            PasswordPolicy::new("Portal").check(&password, &OWNER)
        };
        assert_eq!(check("tumble rinse obelisk"), Ok(()));
        for (weak, reason) in [
            ("grenouille", "This is a commonly used password."),
            ("margarethale", "Don't use your name, email or this site's name."),
            ("aaaaaaaaaaaaa", "Repeated characters are easy to guess."),
            ("8.5.1968", "Dates are easy to guess."),
        ] {
            assert_eq!(check(weak), Err(format!("{reason} Try three or four random words.")), "{weak}");
        }
    }

    #[test]
    fn the_work_per_password_is_bounded() {
        let symbols = "4@8({[<3691!|70$5+%2";
        let texts = [symbols, "p@$$w0rd", "a", "0123456789", "4@8({[<3691!|70$5+%2abcdefghij", "aé🐴4"];
        for text in texts {
            let long: String = text.chars().cycle().take(128).collect();
            let part = scored_part(&long);
            let length = part.chars().count();
            assert!(long.starts_with(part) && (12..=SCORED_MAX).contains(&length), "{text}: {length}");
            assert!(length * length * readings(part) <= WORK_MAX, "{text}");
        }
        assert_eq!(readings(symbols), 576);
        assert_eq!(scored_part("kV9$wq2!LmZr"), "kV9$wq2!LmZr", "a realistic password is scored as a whole");
        let strong: String = symbols.chars().cycle().take(128).collect();
        assert!(assess(&strong).accepted);
    }
}
