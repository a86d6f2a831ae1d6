//! The bundled list of common passwords.
//!
//! The 20,000 passwords that Django refuses (`common-passwords.txt.gz` of its
//! `contrib.auth`), which Royce Williams made from the hashes of Pwned Passwords:
//! those of them that are long enough to pass here, lower-cased, one a line, sorted by
//! their octets. Copyright (c) Django Software Foundation and individual contributors;
//! its licence lies beside the list as `common_passwords.LICENSE`.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::domain::Password;
use crate::server::sorted_lines;

/// Part of the program: read only where a search looks, and nothing at the start.
static LIST: &[u8] = include_bytes!("common_passwords.txt");

/// Whether many people have this password, so that a guesser begins with it.
///
/// 8,354 passwords; ASVS 5.0, V6.2.4 asks for the 3,000 most common that the other
/// rules would let pass, NIST SP 800-63B-4, section 3.1.1.2 for a list without a number.
/// A capital, a blank around it and the wide letters of an East Asian keyboard make no
/// other password of it: compatibility forms are resolved (NFKC) for the comparison
/// alone. Lower case is enough where full case folding would be the general rule: the
/// few characters that tell them apart are in no line.
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
        is_common(&Password::parse_new(typed).expect("a password"))
    }

    fn lines() -> Vec<&'static str> {
        str::from_utf8(LIST).expect("UTF-8").lines().collect()
    }

    #[test]
    fn the_list_is_sorted_and_holds_only_what_could_be_typed_and_found() {
        let lines = lines();
        assert!(lines.len() >= 3_000, "ASVS 5.0, V6.2.4");
        assert!(lines.is_sorted_by(|one, next| one.as_bytes() < next.as_bytes()), "sorted, each line once");
        for line in lines {
            assert!(line.chars().count() >= PASSWORD_MIN, "{line}");
            assert!(common(line), "{line}");
        }
    }

    #[test]
    fn case_width_and_blanks_around_make_no_other_password() {
        for typed in ["Grenouille", "SCHOKOLADE", " ilovemymom ", "ｐａｓｓｗｏｒｄ", "ﬁsherman", "ПЇЅПЇЅПЇЅПЇЅ"]
        {
            assert!(common(typed), "{typed}");
        }
    }

    #[test]
    fn what_is_not_a_whole_line_is_not_found() {
        for typed in
            ["grenouill", "grenouille2", "renouille", "tumble rinse obelisk", "        ", "~~~~~~~~", "!!!!!!!?"]
        {
            assert!(!common(typed), "{typed}");
        }
    }
}
