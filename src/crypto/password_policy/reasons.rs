//! Why a password is rejected, in texts short enough for a meter on a phone.

use zxcvbn::feedback::Warning;

/// The advice that follows each reason.
pub const ADVICE: &str = "Try three or four random words.";

/// The password is in the bundled set.
pub const COMMON: &str = "This is a commonly used password.";
/// The password is in the operator's set.
pub const LEAKED: &str = "This password is known from a data breach.";
/// Derived from what an attacker knows about the owner or this portal.
pub const PERSONAL: &str = "Don't use your name, email or this site's name.";
/// Derived from one of the operator's words.
pub const ORGANIZATION: &str = "Don't use names of this organization or its products.";
/// Any other reason.
pub const GUESSABLE: &str = "This password is easy to guess.";

/// Returns a shorter text for a warning of zxcvbn.
#[must_use]
pub fn of(warning: Warning) -> &'static str {
    match warning {
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => COMMON,
        Warning::ThisIsSimilarToACommonlyUsedPassword => "This is similar to a commonly used password.",
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            "Keys next to each other are easy to guess."
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "Repeated characters are easy to guess."
        }
        Warning::SequencesLikeAbcAreEasyToGuess => "Sequences like abc or 6543 are easy to guess.",
        Warning::RecentYearsAreEasyToGuess => "Years are easy to guess.",
        Warning::DatesAreOftenEasyToGuess => "Dates are easy to guess.",
        Warning::AWordByItselfIsEasyToGuess => "A single word is easy to guess.",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            "Names are easy to guess."
        }
    }
}
