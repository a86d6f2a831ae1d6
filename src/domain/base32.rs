//! Random codes that users type: Crockford's base32, in groups of four.

/// The digits and the letters without I, L, O and U, so that no two characters look alike.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters per group.
const GROUP: usize = 4;

/// Encodes the lowest `length` × 5 bits of a number.
pub fn encode(number: u128, length: usize) -> String {
    let places = (0..length).rev().map(|place| (number >> (5 * place) & 31) as usize);
    places.map(|value| char::from(ALPHABET[value])).collect()
}

/// Parses a code of `length` characters as typed, in any case, with or without separators. Letters
/// that look like digits are read as digits. Returns `None` if the text is not such a code.
pub fn parse(typed: &str, length: usize) -> Option<String> {
    if typed.len() > 4 * length {
        return None;
    }
    let meant = typed.chars().filter(|c| !c.is_whitespace() && !is_dash(*c));
    let meant = meant.map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    let code: String = meant.collect();
    let fits = code.len() == length && code.bytes().all(|byte| ALPHABET.contains(&byte));
    fits.then_some(code)
}

/// Returns the code as it is shown: `ZW01-4D2P-F2DB`.
pub fn in_groups(code: &str) -> String {
    let groups = code.as_bytes().chunks(GROUP).map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join("-")
}

/// Whether a character is a hyphen, or one that a word processor replaces it with.
pub fn is_dash(c: char) -> bool {
    matches!(c, '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}
