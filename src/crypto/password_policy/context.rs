//! What an attacker would know about a password's owner.

use unicode_normalization::UnicodeNormalization;

use crate::domain::limits::EMAIL_MAX;

/// The minimum length of a word that makes a password personal: one or two letters occur in every
/// other password.
const WORD_MIN: usize = 3;

/// The maximum number of parts of a name that are checked separately.
const PARTS_MAX: usize = 8;

/// The owner's data as entered. It need not be valid and may be empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct PasswordContext<'c> {
    pub username: &'c str,
    pub email: &'c str,
}

impl PasswordContext<'_> {
    /// Returns the username, the email, the local part of the email and the first label of its
    /// domain, and the parts of all of these except the whole email.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let email = plain(self.email);
        let (local_part, domain) = email.split_once('@').unwrap_or((&email, ""));
        let label = domain.split('.').next().unwrap_or_default();
        let mut words: Vec<_> = [self.username, local_part, label].into_iter().flat_map(words_in).collect();
        words.push(email);
        words.retain(|word| !word.is_empty());
        words
    }
}

/// Returns a name and its parts. NIST SP 800-63B-4, section 3.1.1.2: the names "and derivatives
/// thereof".
#[must_use]
pub fn words_in(name: &str) -> Vec<String> {
    let name = plain(name);
    let parts = name.split(|character: char| !character.is_alphanumeric()).take(PARTS_MAX);
    let mut words: Vec<_> = parts.chain([name.as_str()]).filter(|word| word.chars().count() >= WORD_MIN).collect();
    words.dedup();
    words.into_iter().map(str::to_owned).collect()
}

/// Normalizes a name as zxcvbn compares it: NFC, in lower case. Anything longer than an email can
/// be is cut off to limit the work.
fn plain(name: &str) -> String {
    name.trim().nfc().flat_map(char::to_lowercase).take(EMAIL_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::{PasswordContext, words_in};

    #[test]
    fn the_words_are_username_email_and_the_parts_of_both() {
        let words = PasswordContext { username: " Margaret.Hale ", email: "J.Thornton@Milton.example" }.words();
        let username = ["margaret", "hale", "margaret.hale"];
        let address = ["thornton", "j.thornton", "milton", "j.thornton@milton.example"];
        assert_eq!(words, [&username[..], &address].concat());
    }

    #[test]
    fn incomplete_and_very_long_values_yield_few_words_or_none() {
        assert!(PasswordContext::default().words().is_empty());
        assert!(PasswordContext { username: "a", email: " " }.words().is_empty());
        assert_eq!(PasswordContext { username: "ann", email: "" }.words(), ["ann"]);
        assert!(words_in(&"abc.".repeat(100_000)).len() <= 9);
    }
}
