//! The six-digit code of an email.

use std::fmt;

use super::limits::OTP_DIGITS;
use super::{base32, digits};

/// The most bytes of a pasted text. An email with a code has about 600.
const TYPED_MAX: usize = 1_000;

/// A one-time password of six decimal digits, leading zeros included.
///
/// Never printed. Lives only as long as one request or the email that carries it.
#[derive(Clone, PartialEq, Eq)]
pub struct OtpCode(String);

/// Why a text cannot be a code, as an error message for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OtpCodeError {
    #[error("Enter the code from the email.")]
    Empty,
    #[error("The code has {OTP_DIGITS} digits.")]
    Malformed,
}

impl OtpCode {
    /// Parses a code as typed or pasted: in the digits of any script, with spaces, hyphens and invisible characters, or
    /// inside a text that contains no other six digits.
    ///
    /// # Errors
    /// Returns an error if the text is empty, longer than 1,000 bytes, or contains no code or several.
    pub fn parse(typed: &str) -> Result<Self, OtpCodeError> {
        if typed.len() > TYPED_MAX {
            return Err(OtpCodeError::Malformed);
        }
        let text = digits::to_ascii(typed);
        let compact: String = text.chars().filter(|c| !c.is_whitespace() && !base32::is_dash(*c)).collect();
        if compact.is_empty() {
            return Err(OtpCodeError::Empty);
        }
        if is_code(&compact) {
            return Ok(Self(compact));
        }
        only_code_in(&text).map(Self).ok_or(OtpCodeError::Malformed)
    }

    /// Creates the code for a number below one million.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        Self(format!("{:06}", number % 1_000_000))
    }

    /// Returns the six digits, for the email or the keyed hash.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

fn is_code(text: &str) -> bool {
    text.len() == OTP_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the six digits in a text: one word, or else two words of three digits each, as in "123 456".
fn only_code_in(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let halves = words.windows(2).filter(|pair| pair.iter().all(|word| word.len() == OTP_DIGITS / 2));
    let mut halves: Vec<String> = halves.map(<[&str]>::concat).filter(|code| is_code(code)).collect();
    let mut codes: Vec<String> = words.into_iter().filter(|word| is_code(word)).map(str::to_owned).collect();
    // The subject and the text of an email have the same code.
    codes.dedup();
    let found = if codes.is_empty() { &mut halves } else { &mut codes };
    found.pop().filter(|_| found.is_empty())
}

impl fmt::Debug for OtpCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{OtpCode, OtpCodeError};

    #[test]
    fn spaces_hyphens_and_invisible_characters_are_ignored() {
        for typed in
            ["012345", " 012 345 ", "012-345", "0 1-2 3–4 5\u{a0}", "\u{200b}012\u{2060}345\u{feff}", "012345\r\n"]
        {
            assert_eq!(OtpCode::parse(typed).expect(typed).expose(), "012345");
        }
    }

    #[test]
    fn digits_of_any_script_are_read() {
        for typed in ["０１２３４５", "٠١٢٣٤٥", "۰۱۲۳۴۵", "०१२३४५", "๐๑๒ ๓๔๕", "𝟎𝟏𝟐𝟑𝟒𝟓", "0１٢३๔𝟓"]
        {
            assert_eq!(OtpCode::parse(typed).expect(typed).expose(), "012345");
        }
    }

    #[test]
    fn the_only_code_in_a_pasted_text_is_found() {
        for typed in [
            "012345 is your Portal code",
            "Your code: 012345.",
            "Your code is 012 345, until 14:32 UTC on 29 November 2026",
            "Portal <012345>",
            "012345 is your Portal code\r\n\r\nEnter this code within 5 minutes:\r\n\r\n012345\r\n",
            "رمزك هو ٠١٢٣٤٥",
        ] {
            assert_eq!(OtpCode::parse(typed).expect(typed).expose(), "012345");
        }
        for typed in ["012345 or 543210", "Call 0123456", "x012345", "012 345 or 678 901", "20261129 14:32", "012,3456"]
        {
            assert_eq!(OtpCode::parse(typed), Err(OtpCodeError::Malformed), "{typed:?}");
        }
    }

    #[test]
    fn text_without_six_digits_is_malformed() {
        for typed in ["12345", "1234567", "12345a", "12345\0", "½½½½½½", "①②③④⑤⑥", &"x".repeat(1_001)]
        {
            assert_eq!(OtpCode::parse(typed), Err(OtpCodeError::Malformed), "{typed:?}");
        }
        assert_eq!(OtpCode::parse(" - \u{200b}"), Err(OtpCodeError::Empty));
    }

    #[test]
    fn a_code_keeps_its_leading_zeros() {
        assert_eq!(OtpCode::from_number(42).expose(), "000042");
        assert_eq!(format!("{:?}", OtpCode::from_number(42)), "OtpCode(…)");
    }
}
