//! The bundled set of common passwords.

use crate::crypto::password_set::{OpenError, PasswordSet};

/// Part of the binary, 628 kB. Not parsed at startup; a search reads only the pages that it needs.
static FILE: &[u8] = include_bytes!("bundled_passwords.bin");

/// Returns the 198,261 passwords. Most of them were in data breaches. `bundled_passwords.md`, next to the file, says
/// where they come from and how the file is built.
///
/// ASVS 5.0, V6.2.4 requires at least the 3,000 most common passwords that meet the other rules; NIST SP 800-63B-4,
/// section 3.1.1.2 requires a list without giving a number.
///
/// # Errors
/// The file is not a set of passwords.
pub fn set() -> Result<PasswordSet, OpenError> {
    PasswordSet::in_memory(FILE)
}

#[cfg(test)]
mod tests {
    use crate::crypto::password_set::Digests;

    fn contains(password: &str) -> bool {
        let set = super::set().expect("a set");
        set.contains(&Digests::of(password)).expect("readable")
    }

    #[test]
    fn the_set_has_the_number_of_passwords_that_the_documentation_states() {
        assert_eq!(super::set().expect("a set").len(), 198_261);
    }

    #[test]
    fn common_passwords_are_found_in_any_case_and_width() {
        for typed in
            ["password", "Grenouille", "SCHOKOLADE", " ilovemymom ", "ｐａｓｓｗｏｒｄ", "ﬁsherman", "ПЇЅПЇЅПЇЅПЇЅ"]
        {
            assert!(contains(typed), "{typed}");
        }
        for typed in ["grenouill", "renouille", "tumble rinse obelisk", "        ", "~~~~~~~~"] {
            assert!(!contains(typed), "{typed}");
        }
    }

    #[test]
    fn fewer_than_one_in_ten_thousand_random_passwords_are_found() {
        use crate::rng::Rng;
        let rng = Rng::from_seed(7);
        let random = || rng.bytes::<9>().iter().map(|byte| char::from(b'!' + byte % 94)).collect::<String>();
        let found = (0..1_000_000).filter(|_| contains(&random())).count();
        assert!(found < 100, "{found} of 1,000,000");
    }
}
