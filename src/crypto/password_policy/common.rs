//! The bundled list of common passwords.
//!
//! Based on the 20,000 passwords that Django rejects (`common-passwords.txt.gz` of its
//! `contrib.auth`), which Royce Williams compiled from the hashes of Pwned Passwords. The list
//! contains those that are long enough to be accepted here, in lower case, one per line, sorted by
//! bytes. Copyright (c) Django Software Foundation and individual contributors; the license is next
//! to the list, in `common_passwords.LICENSE`.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::domain::Password;
use crate::sorted_lines;

/// Part of the binary. Not parsed at startup; a lookup reads only the pages that it needs.
static LIST: &[u8] = include_bytes!("common_passwords.txt");

/// Returns whether this is a common password, which attackers try first.
///
/// The list has 8,354 passwords. ASVS 5.0, V6.2.4 requires at least the 3,000 most common passwords
/// that meet the other rules; NIST SP 800-63B-4, section 3.1.1.2 requires a list without giving a
/// number. Case, surrounding spaces and full-width characters of East Asian keyboards are ignored:
/// compatibility characters are normalized (NFKC), for this comparison only. Lower case suffices
/// instead of full case folding because no line contains any of the few characters that differ.
#[must_use]
pub fn is_common(password: &Password) -> bool {
    let normal = Zeroizing::new(password.expose().nfkc().collect::<String>());
    let key = Zeroizing::new(normal.to_lowercase());
    sorted_lines::contains(LIST, key.trim().as_bytes())
}

#[cfg(test)]
mod tests {
    use std::str;

    use super::{LIST, is_common};
    use crate::domain::Password;
    use crate::domain::limits::PASSWORD_MIN;

    fn common(typed: &str) -> bool {
        is_common(&Password::parse_new(typed).expect("a valid password"))
    }

    fn lines() -> Vec<&'static str> {
        str::from_utf8(LIST).expect("UTF-8").lines().collect()
    }

    #[test]
    fn the_list_is_sorted_and_every_line_is_valid_and_can_be_found() {
        let lines = lines();
        assert!(lines.len() >= 3_000, "ASVS 5.0, V6.2.4");
        assert!(lines.is_sorted_by(|one, next| one.as_bytes() < next.as_bytes()), "sorted, each line once");
        for line in lines {
            assert!(line.chars().count() >= PASSWORD_MIN, "{line}");
            assert!(common(line), "{line}");
        }
    }

    #[test]
    fn case_width_and_surrounding_spaces_are_ignored() {
        for typed in ["Grenouille", "SCHOKOLADE", " ilovemymom ", "ｐａｓｓｗｏｒｄ", "ﬁsherman", "ПЇЅПЇЅПЇЅПЇЅ"]
        {
            assert!(common(typed), "{typed}");
        }
    }

    #[test]
    fn only_whole_lines_are_found() {
        for typed in
            ["grenouill", "grenouille2", "renouille", "tumble rinse obelisk", "        ", "~~~~~~~~", "!!!!!!!?"]
        {
            assert!(!common(typed), "{typed}");
        }
    }
}
