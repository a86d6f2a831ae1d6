//! Recovery codes, which replace a lost second factor.

use std::fmt;

use zeroize::Zeroize;

use super::base32;

/// Number of characters in a code, five bits each. NIST SP 800-63B-4, section 3.1.2.2, requires 112 bits, and with
/// fewer a slow hash.
pub const RECOVERY_CODE_LENGTH: usize = 24;
/// Number of characters in a code that an earlier version created.
const EARLIER_LENGTH: usize = 16;
/// Random bytes in a code.
pub const RECOVERY_CODE_BYTES: usize = RECOVERY_CODE_LENGTH * 5 / 8;

/// A recovery code: 120 random bits in 24 characters.
///
/// Never printed. Lives only as long as one request or the page that shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// Creates a code from random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; RECOVERY_CODE_BYTES]) -> Self {
        let number = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        Self(base32::encode(number, RECOVERY_CODE_LENGTH))
    }

    /// Parses a code as typed, in any case, with or without separators. Letters that
    /// look like digits are read as digits. Returns `None` if the text is not a code.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        [RECOVERY_CODE_LENGTH, EARLIER_LENGTH].into_iter().find_map(|length| base32::parse(typed, length)).map(Self)
    }

    /// Returns the characters, for the hash.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the code in groups of four, as it is shown.
    #[must_use]
    pub fn in_groups(&self) -> String {
        base32::in_groups(&self.0)
    }
}

impl Drop for RecoveryCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
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
    fn a_code_is_formatted_in_six_groups_and_parses_back() {
        let bytes = [0xff, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0, 0, 0, 0, 1];
        let code = RecoveryCode::from_bytes(bytes);
        // The first 80 bits in fives: 31, 28, 0, 1, 4, 13, 2, 22, 15, 2, 13, 11, 25, 23, 23, 16.
        assert_eq!(code.in_groups(), "ZW01-4D2P-F2DB-SQQG-0000-0001");
        assert_eq!(RecoveryCode::parse(&code.in_groups()), Some(code));
    }

    #[test]
    fn case_separators_and_lookalike_letters_are_ignored_also_in_codes_of_earlier_versions() {
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
        assert_eq!(format!("{:?}", RecoveryCode::from_bytes([0; 15])), "RecoveryCode(…)");
    }
}
