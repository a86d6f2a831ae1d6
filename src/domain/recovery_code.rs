//! Recovery codes, which replace a lost second factor.

use std::fmt;

use zeroize::Zeroize;

/// Crockford's base32, without I, L, O and U, so that no two characters look alike.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Number of characters in a code, five bits each.
const LENGTH: usize = 16;
/// Random bytes in a code.
pub const RECOVERY_CODE_BYTES: usize = LENGTH * 5 / 8;
/// Characters per group.
const GROUP: usize = 4;

/// A recovery code: 80 random bits in 16 characters.
///
/// Never printed. Lives only as long as one request or the page that shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// Creates a code from random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; RECOVERY_CODE_BYTES]) -> Self {
        let number = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let places = (0..LENGTH).rev().map(|place| (number >> (5 * place) & 31) as usize);
        Self(places.map(|value| char::from(ALPHABET[value])).collect())
    }

    /// Parses a code as typed, in any case, with or without separators. Letters that
    /// look like digits are read as digits. Returns `None` if the text is not a code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > 4 * LENGTH {
            return None;
        }
        let meant = typed.chars().filter(|c| !c.is_whitespace() && !is_dash(*c));
        let meant = meant.map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
        let code: String = meant.collect();
        let fits = code.len() == LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte));
        fits.then_some(Self(code))
    }

    /// Returns the sixteen characters, for the hash.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the code in four groups of four, as it is shown.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let groups = self.0.as_bytes().chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned());
        groups.collect::<Vec<_>>().join("-")
    }
}

impl Drop for RecoveryCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Whether a character is a hyphen, or one that a word processor replaces it with.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::RecoveryCode;

    #[test]
    fn a_code_is_formatted_in_four_groups_and_parses_back() {
        let code = RecoveryCode::from_bytes([0xff, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0]);
        // 80 bits in fives: 31, 28, 0, 1, 4, 13, 2, 22, 15, 2, 13, 11, 25, 23, 23, 16.
        assert_eq!(code.in_groups(), "ZW01-4D2P-F2DB-SQQG");
        assert_eq!(RecoveryCode::parse(&code.in_groups()), Some(code));
    }

    #[test]
    fn case_separators_and_lookalike_letters_are_ignored() {
        let code = RecoveryCode::parse("0101-ABCD-EFGH-JKMN").expect("a code");
        for typed in ["oioL abcd efgh jkmn", "0I0lABCDEFGHJKMN", " 0101–abcd_efgh-jkmn "] {
            assert_eq!(RecoveryCode::parse(typed).as_ref(), Some(&code), "{typed}");
        }
    }

    #[test]
    fn text_that_is_not_a_recovery_code_is_rejected() {
        for typed in
            ["", "123456", "0101-ABCD-EFGH-JKM", "0101-ABCD-EFGH-JKMNP", "0101-ABCD-EFGH-JKMU", "０１01ABCDEFGHJKMN"]
        {
            assert_eq!(RecoveryCode::parse(typed), None, "{typed}");
        }
        assert_eq!(RecoveryCode::parse(&"0".repeat(1_000)), None);
        assert_eq!(format!("{:?}", RecoveryCode::from_bytes([0; 10])), "RecoveryCode(…)");
    }
}
