//! Password strength: one rule for every form that sets a password, and for the meter next to the
//! field.
//!
//! A password is rejected if it is too short, if zxcvbn scores it below 3, given what is known about
//! its owner, or if it is in the bundled set of common passwords or the operator's set (ASVS 5.0,
//! V6.2.4, V6.2.11 and V6.2.12; NIST SP 800-63B-4, section 3.1.1.2). There are no rules about
//! characters (V6.2.5).

use std::borrow::Cow;
use std::sync::Arc;

use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Entropy, Match};

use self::context::words_in;
use self::reasons::ADVICE;
use super::hash_queue::HashSlot;
use super::password_hash::HashError;
use super::password_set::{Digests, PasswordSet};
use crate::domain::limits::PASSWORD_MIN;
use crate::domain::password::PasswordError;
use crate::domain::{FieldErrors, Password};

pub mod bundled;
pub mod context;
pub mod reasons;

pub use context::PasswordContext;

/// The lowest accepted zxcvbn score: 3, "safely unguessable", which takes about 10^8 guesses or
/// more (Wheeler, USENIX Security 2016).
const LOWEST_SCORE: u8 = 3;

/// The highest score of a password that is in a set or too short, whatever zxcvbn returns.
const REFUSED_SCORE: u8 = 1;

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
    /// Minimum number of characters.
    min: usize,
    /// The words in the portal's name, which any attacker knows.
    portal: Arc<[String]>,
    /// The words in the operator's list of words.
    operator: Arc<[String]>,
    /// The bundled set of common passwords.
    bundled: Option<PasswordSet>,
    /// The operator's set.
    leaked: Option<PasswordSet>,
}

/// The result for one password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// zxcvbn's score, 0 to 4; at most 1 for a password that is in a set or too short.
    pub score: u8,
    /// Whether the password is accepted.
    pub accepted: bool,
    /// What is wrong, in one short sentence. Empty if the password is accepted.
    pub reason: Cow<'static, str>,
}

impl PasswordPolicy {
    /// Creates the policy of a portal with default settings.
    #[must_use]
    pub fn new(portal_name: &str) -> Self {
        Self {
            min: PASSWORD_MIN,
            portal: words_in(portal_name).into(),
            operator: Arc::default(),
            bundled: bundled::set().ok(),
            leaked: None,
        }
    }

    /// Sets the minimum number of characters, if it is more than [`PASSWORD_MIN`].
    #[must_use]
    pub fn with_min(self, min: usize) -> Self {
        Self { min: min.max(PASSWORD_MIN), ..self }
    }

    /// Adds words that an attacker would try at this portal, such as the names of an organization and its products.
    #[must_use]
    pub fn with_words(self, words: &[String]) -> Self {
        Self { operator: words.iter().flat_map(|word| words_in(word)).collect(), ..self }
    }

    /// Adds a set of passwords to reject.
    #[must_use]
    pub fn with_set(self, set: Option<PasswordSet>) -> Self {
        Self { leaked: set, ..self }
    }

    /// Returns the minimum number of characters in a new password.
    #[must_use]
    pub fn min(&self) -> usize {
        self.min
    }

    /// Parses the field `password` of a form that sets one. Adds an error if the password is refused.
    ///
    /// # Errors
    /// Fails if its strength cannot be estimated.
    pub async fn parse(
        &self,
        typed: &str,
        context: &PasswordContext<'_>,
        slot: &HashSlot,
        errors: &mut FieldErrors,
    ) -> Result<Option<Password>, HashError> {
        let password = Password::parse_new(typed).map_err(|error| self.message(error));
        let Some(password) = errors.check("password", password) else { return Ok(None) };
        let refusal = self.refusal(&password, context, slot).await?;
        Ok(errors.check("password", refusal.map_or(Ok(password), Err)))
    }

    /// Returns why a password is refused and how to choose a better one, or `None` if it is accepted.
    ///
    /// # Errors
    /// Fails if its strength cannot be estimated.
    pub async fn refusal(
        &self,
        password: &Password,
        context: &PasswordContext<'_>,
        slot: &HashSlot,
    ) -> Result<Option<String>, HashError> {
        if self.is_too_short(password) {
            return Ok(Some(self.message(PasswordError::TooShort)));
        }
        let Assessment { accepted, reason, .. } = self.estimate(password, context, slot).await?;
        Ok((!accepted).then(|| format!("{reason} {ADVICE}")))
    }

    /// Rates a text that is typed as a new password.
    ///
    /// # Errors
    /// Fails if its strength cannot be estimated.
    pub async fn rate(
        &self,
        typed: &str,
        context: &PasswordContext<'_>,
        slot: &HashSlot,
    ) -> Result<Assessment, HashError> {
        match Password::parse_new(typed) {
            Ok(password) => self.estimate(&password, context, slot).await,
            Err(error) => Ok(Assessment { score: 0, accepted: false, reason: self.message(error).into() }),
        }
    }

    /// Rates a password where passwords are hashed: an estimate keeps a core busy for up to a few milliseconds, which
    /// the threads that serve requests cannot spare.
    async fn estimate(
        &self,
        password: &Password,
        context: &PasswordContext<'_>,
        slot: &HashSlot,
    ) -> Result<Assessment, HashError> {
        let (policy, password) = (self.clone(), password.clone());
        let [username, email] = [context.username, context.email].map(str::to_owned);
        slot.run(move || Ok(policy.assess(&password, &PasswordContext { username: &username, email: &email }))).await
    }

    /// Rates a password, given what an attacker would know about its owner.
    fn assess(&self, password: &Password, context: &PasswordContext<'_>) -> Assessment {
        let of_owner = context.words();
        let known = || of_owner.iter().chain(self.portal.iter()).map(String::as_str);
        let operator = || self.operator.iter().map(String::as_str);
        let estimate = zxcvbn::zxcvbn(scored_part(password.expose()), &known().chain(operator()).collect::<Vec<_>>());
        let score = u8::from(estimate.score());
        let refuse = |reason| Assessment { score: score.min(REFUSED_SCORE), accepted: false, reason };
        if self.is_too_short(password) {
            return refuse(self.message(PasswordError::TooShort).into());
        }
        if let Some(reason) = self.listing(password) {
            return refuse(reason.into());
        }
        if score >= LOWEST_SCORE {
            return Assessment { score, accepted: true, reason: Cow::Borrowed("") };
        }
        let reason = reason(&estimate, &known().collect::<Vec<_>>(), &operator().collect::<Vec<_>>());
        Assessment { score, accepted: false, reason: reason.into() }
    }

    /// Returns whether the password is in the bundled or the operator's set.
    #[must_use]
    pub fn is_listed(&self, password: &Password) -> bool {
        self.listing(password).is_some()
    }

    /// Returns why a password is rejected that is in one of the sets. A set that cannot be read is
    /// skipped: a broken disk does not keep users from signing in.
    fn listing(&self, password: &Password) -> Option<&'static str> {
        let digests = Digests::of(password.expose());
        let contains = |set: &PasswordSet| {
            set.contains(&digests).unwrap_or_else(|error| {
                tracing::error!(%error, "the set of leaked passwords can't be searched");
                false
            })
        };
        if self.bundled.as_ref().is_some_and(contains) {
            Some(reasons::COMMON)
        } else if self.leaked.as_ref().is_some_and(contains) {
            Some(reasons::LEAKED)
        } else {
            None
        }
    }

    fn is_too_short(&self, password: &Password) -> bool {
        password.expose().chars().count() < self.min
    }

    /// Returns the message for a text that cannot be a password, with this policy's minimum length.
    fn message(&self, error: PasswordError) -> String {
        match error {
            PasswordError::TooShort => format!("Use at least {} characters.", self.min),
            error => error.to_string(),
        }
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
fn reason(estimate: &Entropy, known: &[&str], operator: &[&str]) -> &'static str {
    let longest = estimate.sequence().iter().max_by_key(|part| part.token.chars().count());
    if longest.is_some_and(|part| is_known(part, known)) {
        return reasons::PERSONAL;
    }
    if longest.is_some_and(|part| is_known(part, operator)) {
        return reasons::ORGANIZATION;
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
    use crate::crypto::PasswordHasher;
    use crate::domain::Password;
    use crate::rng::Rng;

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
            assert_eq!((accepted, reason.as_ref()), (false, reasons::PERSONAL), "{personal}");
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
            let expected = Assessment { score: 1, accepted: false, reason: reasons::COMMON.into() };
            assert_eq!(assess(listed), expected, "{listed}");
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

    #[tokio::test]
    async fn a_rejection_says_what_is_wrong_and_how_to_fix_it() {
        let hasher = PasswordHasher::new(Rng::from_seed(1));
        let slot = hasher.enter(Vec::new()).expect("a free slot");
        let refusal = async |password| {
            let password = Password::parse_new(password).expect("valid");
            PasswordPolicy::new("Portal").refusal(&password, &OWNER, &slot).await.expect("it is estimated")
        };
        assert_eq!(refusal("tumble rinse obelisk").await, None);
        for (weak, reason) in [
            ("grenouille", "This is a commonly used password."),
            ("margarethale", "Don't use your name, email or this site's name."),
            ("aaaaaaaaaaaaa", "Repeated characters are easy to guess."),
            ("8.5.1968", "Dates are easy to guess."),
        ] {
            let message = format!("{reason} Try three or four random words.");
            assert_eq!(refusal(weak).await, Some(message), "{weak}");
        }
    }

    #[test]
    fn a_password_is_rejected_if_it_is_mainly_a_word_of_the_operator() {
        let password = |typed| Password::parse_new(typed).expect("valid");
        let (none, policy) = (PasswordContext::default(), PasswordPolicy::new("Portal"));
        let words = ["Kuckuckswalzer GmbH".to_owned(), "Fliederbusch".to_owned()];
        let with_words = policy.clone().with_words(&words);
        for personal in ["kuckuckswalzer", "Kuckuckswalzer1", "fliederbusch26", "hcsubredeilf"] {
            assert!(policy.assess(&password(personal), &none).accepted, "{personal}");
            let Assessment { accepted, reason, .. } = with_words.assess(&password(personal), &none);
            assert_eq!((accepted, reason.as_ref()), (false, reasons::ORGANIZATION), "{personal}");
        }
        assert!(with_words.assess(&password("kuckuckswalzer tumble rinse"), &none).accepted);
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
