//! Decimal digits of all scripts.

use super::visible::{is_invisible, is_joiner};

/// The zero of each script with decimal digits. The others follow it in order (Unicode 15.1, general category Nd).
const ZEROS: [char; 68] = [
    '\u{30}',
    '\u{660}',
    '\u{6f0}',
    '\u{7c0}',
    '\u{966}',
    '\u{9e6}',
    '\u{a66}',
    '\u{ae6}',
    '\u{b66}',
    '\u{be6}',
    '\u{c66}',
    '\u{ce6}',
    '\u{d66}',
    '\u{de6}',
    '\u{e50}',
    '\u{ed0}',
    '\u{f20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17e0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19d0}',
    '\u{1a80}',
    '\u{1a90}',
    '\u{1b50}',
    '\u{1bb0}',
    '\u{1c40}',
    '\u{1c50}',
    '\u{a620}',
    '\u{a8d0}',
    '\u{a900}',
    '\u{a9d0}',
    '\u{a9f0}',
    '\u{aa50}',
    '\u{abf0}',
    '\u{ff10}',
    '\u{104a0}',
    '\u{10d30}',
    '\u{11066}',
    '\u{110f0}',
    '\u{11136}',
    '\u{111d0}',
    '\u{112f0}',
    '\u{11450}',
    '\u{114d0}',
    '\u{11650}',
    '\u{116c0}',
    '\u{11730}',
    '\u{118e0}',
    '\u{11950}',
    '\u{11c50}',
    '\u{11d50}',
    '\u{11da0}',
    '\u{11f50}',
    '\u{16a60}',
    '\u{16ac0}',
    '\u{16b50}',
    '\u{1d7ce}',
    '\u{1d7d8}',
    '\u{1d7e2}',
    '\u{1d7ec}',
    '\u{1d7f6}',
    '\u{1e140}',
    '\u{1e2f0}',
    '\u{1e4f0}',
    '\u{1e950}',
    '\u{1fbf0}',
];

/// Returns the text with the digits of all scripts as ASCII, and without invisible characters other than white space.
pub(super) fn to_ascii(text: &str) -> String {
    let visible = text.chars().filter(|c| c.is_whitespace() || !(is_invisible(*c) || is_joiner(*c)));
    visible.map(|c| value(c).and_then(|value| char::from_digit(value, 10)).unwrap_or(c)).collect()
}

fn value(c: char) -> Option<u32> {
    let zero = ZEROS.iter().rfind(|zero| **zero <= c)?;
    Some(u32::from(c) - u32::from(*zero)).filter(|value| *value < 10)
}

#[cfg(test)]
mod tests {
    use super::{ZEROS, to_ascii, value};

    #[test]
    fn every_script_has_ten_digits_in_order() {
        assert!(ZEROS.is_sorted());
        for zero in ZEROS {
            let digits = (0..10).filter_map(|n| char::from_u32(u32::from(zero) + n));
            assert_eq!(to_ascii(&digits.clone().collect::<String>()), "0123456789");
            assert!(digits.into_iter().all(char::is_numeric), "{zero:?}");
        }
    }

    #[test]
    fn other_numbers_are_no_digits() {
        for c in ['a', ' ', '/', ':', '²', '½', '①', '一', 'Ⅷ', '\u{10ffff}'] {
            assert_eq!(value(c), None, "{c:?}");
        }
    }
}
