//! Whether a new password is strong enough: one rule for every place that sets
//! one, and for the meter beside the field.
//!
//! A password is refused when zxcvbn, knowing its owner, scores it below 3, or when it is
//! on the bundled list of common ones (ASVS 5.0, V6.2.4 and V6.2.11; NIST SP 800-63B-4,
//! section 3.1.1.2). Nothing is asked of its characters (V6.2.5).

use std::sync::Arc;

use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Match};

use self::common::is_common;
use self::context::words_in;
use self::reasons::MEND;
use crate::domain::Password;

pub mod common;
pub mod context;
pub mod reasons;

pub use context::PasswordContext;

/// The lowest zxcvbn score that is taken: 3, "safely unguessable", about 10^8
/// guesses and more (Wheeler, USENIX Security 2016).
const LOWEST_SCORE: u8 = 3;

/// What a password on the list scores at most, whatever zxcvbn thinks of it: a guesser
/// who has the list needs some thousand tries.
const LISTED_SCORE: u8 = 1;

/// Most characters that are judged. zxcvbn itself stops at 100, and its time grows with
/// the square of the length.
const JUDGED: usize = 64;

/// Most work that zxcvbn may make, as the square of the length times the number of ways
/// in which signs can be read as letters. A unit takes about 100 ns.
const WORK_MAX: usize = 20_000;

/// The signs that zxcvbn reads as a letter, in a row for each letter.
const SIGNS: [&str; 12] = ["4@", "8", "({[<", "3", "69", "1!|", "1|7", "0", "$5", "+7", "%", "2"];

/// The rule. Cheap to clone; lives as long as the process.
#[derive(Clone, Debug)]
pub struct PasswordPolicy {
    /// The words of the portal's own name, which everybody here can guess.
    portal: Arc<[String]>,
}

/// What the rule says of one password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// zxcvbn's score, 0 to 4; at most 1 for a password on the list.
    pub score: u8,
    /// Whether it may be set.
    pub accepted: bool,
    /// What is wrong with it, in one short sentence; nothing when it is accepted.
    pub reason: &'static str,
}

impl PasswordPolicy {
    #[must_use]
    pub fn new(portal_name: &str) -> Self {
        Self { portal: words_in(portal_name).into() }
    }

    /// Assesses a password with what an attacker would know of its owner. Takes a
    /// few milliseconds at most.
    #[must_use]
    pub fn assess(&self, password: &Password, context: &PasswordContext<'_>) -> Assessment {
        let known = context.words();
        let known: Vec<&str> = known.iter().chain(self.portal.iter()).map(String::as_str).collect();
        let estimate = zxcvbn::zxcvbn(judged(password.expose()), &known);
        let score = u8::from(estimate.score());
        if is_common(password) {
            return Assessment { score: score.min(LISTED_SCORE), accepted: false, reason: reasons::COMMON };
        }
        let accepted = score >= LOWEST_SCORE;
        Assessment { score, accepted, reason: if accepted { "" } else { reason(&estimate, &known) } }
    }

    /// Refuses a password that is too weak.
    ///
    /// # Errors
    /// What is wrong with it, and how to mend it.
    pub fn judge(&self, password: &Password, context: &PasswordContext<'_>) -> Result<(), String> {
        let Assessment { accepted, reason, .. } = self.assess(password, context);
        if accepted { Ok(()) } else { Err(format!("{reason} {MEND}")) }
    }
}

/// The beginning of a password that zxcvbn is given: all of it, except for a very long
/// one and for one made of signs.
///
/// zxcvbn tries every way of reading signs as letters and looks every part up anew each
/// time: 100 characters with all twenty signs among them took it half a second. What
/// is left out could only make the password stronger, and what is judged instead is
/// either long or full of different signs, which no list holds.
fn judged(password: &str) -> &str {
    let mut length = 0;
    for (at, sign) in password.char_indices() {
        length += 1;
        let part = &password[..at + sign.len_utf8()];
        if length > JUDGED || length * length * readings(part) > WORK_MAX {
            return &password[..at];
        }
    }
    password
}

/// In how many ways the signs of a text can be read as letters.
fn readings(text: &str) -> usize {
    SIGNS.iter().map(|signs| signs.chars().filter(|sign| text.contains(*sign)).count().max(1)).product()
}

/// What is wrong, by the longest part of the password that was recognised.
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
    use super::{Assessment, JUDGED, PasswordContext, PasswordPolicy, WORK_MAX, judged, readings, reasons};
    use crate::domain::Password;

    const OWNER: PasswordContext<'_> =
        PasswordContext { username: "margaret.hale", email: "m.thornton@marlborough.example" };

    fn assess(password: &str) -> Assessment {
        PasswordPolicy::new("Corbyn Gate").assess(&Password::parse_new(password).expect("valid"), &OWNER)
    }

    #[test]
    fn common_and_personal_passwords_are_refused() {
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
    fn what_gives_a_password_away_to_one_owner_does_not_to_another() {
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
    fn a_password_on_the_list_is_refused_though_zxcvbn_would_take_it() {
        for listed in ["grenouille", "schokolade", "telechargement", "Kartoffelpuffer", "pe#5gz29ptzmse"] {
            assert!(zxcvbn::zxcvbn(listed, &[]).score() >= zxcvbn::Score::Three, "{listed}");
            assert_eq!(assess(listed), Assessment { score: 1, accepted: false, reason: reasons::COMMON }, "{listed}");
        }
    }

    #[test]
    fn long_and_unrelated_passwords_are_taken_without_rules_on_characters() {
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
    fn a_refusal_says_what_is_wrong_and_how_to_mend_it() {
        let judge = |password| {
            let password = Password::parse_new(password).expect("valid");
            PasswordPolicy::new("Portal").judge(&password, &OWNER)
        };
        assert_eq!(judge("tumble rinse obelisk"), Ok(()));
        for (weak, reason) in [
            ("grenouille", "This is a commonly used password."),
            ("margarethale", "Don’t use your name, email or this site’s name."),
            ("aaaaaaaaaaaaa", "Repeated characters are easy to guess."),
            ("8.5.1968", "Dates are easy to guess."),
        ] {
            assert_eq!(judge(weak), Err(format!("{reason} Try three or four random words.")), "{weak}");
        }
    }

    #[test]
    fn no_password_makes_more_than_a_bounded_amount_of_work() {
        let signs = "4@8({[<3691!|70$5+%2";
        let texts = [signs, "p@$$w0rd", "a", "0123456789", "4@8({[<3691!|70$5+%2abcdefghij", "aé🐴4"];
        for text in texts {
            let long: String = text.chars().cycle().take(128).collect();
            let part = judged(&long);
            let length = part.chars().count();
            assert!(long.starts_with(part) && (12..=JUDGED).contains(&length), "{text}: {length}");
            assert!(length * length * readings(part) <= WORK_MAX, "{text}");
        }
        assert_eq!(readings(signs), 576);
        assert_eq!(judged("kV9$wq2!LmZr"), "kV9$wq2!LmZr", "what people type is judged whole");
        let strong: String = signs.chars().cycle().take(128).collect();
        assert!(assess(&strong).accepted);
    }
}
