//! Why a password is rejected, in texts short enough for a meter on a phone.

use zxcvbn::feedback::Warning;

/// The advice that follows each reason.
pub const MEND: &str = "A few unrelated words make a better one.";

/// The password is on the bundled list.
pub const COMMON: &str = "Many people use this password.";
/// Derived from what an attacker knows about the owner or this portal.
pub const PERSONAL: &str = "Too close to your name, address or this site’s name.";
/// Any other reason.
pub const GUESSABLE: &str = "This password is easy to guess.";

/// Returns a shorter text for a warning of zxcvbn.
#[must_use]
pub fn of(warning: Warning) -> &'static str {
    match warning {
        Warning::ThisIsATop10Password | Warning::ThisIsATop100Password | Warning::ThisIsACommonPassword => COMMON,
        Warning::ThisIsSimilarToACommonlyUsedPassword => "Too close to a common password.",
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            "Keys next to each other are easy to guess."
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            "Repeats are easy to guess."
        }
        Warning::SequencesLikeAbcAreEasyToGuess => "Rows like abc or 6543 are easy to guess.",
        Warning::RecentYearsAreEasyToGuess => "Years are easy to guess.",
        Warning::DatesAreOftenEasyToGuess => "Dates are easy to guess.",
        Warning::AWordByItselfIsEasyToGuess => "One word alone is easy to guess.",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess | Warning::CommonNamesAndSurnamesAreEasyToGuess => {
            "Names are easy to guess."
        }
    }
}
