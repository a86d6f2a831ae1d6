//! The digests by which passwords are found.

use sha1::{Digest as _, Sha1};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// The digests of a password that is looked up: as typed, as the lists of Have I Been Pwned have it, and in its normal
/// form, as plain lists are stored.
pub struct Digests([u64; 2]);

impl Digests {
    #[must_use]
    pub fn of(password: &str) -> Self {
        Self([truncated(&sha1(password)), truncated(&sha1(&normal(password)))])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        let [typed, normal] = self.0;
        [typed].into_iter().chain((normal != typed).then_some(normal))
    }
}

impl std::fmt::Debug for Digests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digests(…)")
    }
}

/// Returns the normal form of a password, in which case, surrounding spaces and the full-width characters of East Asian
/// keyboards make no difference.
pub(super) fn normal(password: &str) -> Zeroizing<String> {
    let compatible = Zeroizing::new(password.nfkc().collect::<String>());
    let lower = Zeroizing::new(compatible.to_lowercase());
    Zeroizing::new(lower.trim().to_owned())
}

pub(super) fn sha1(text: &str) -> [u8; 20] {
    Sha1::digest(text.as_bytes()).into()
}

/// Returns the first 64 bits.
pub(super) fn truncated(digest: &[u8; 20]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *digest;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::{Digests, normal, sha1, truncated};

    #[test]
    fn case_width_and_surrounding_spaces_make_no_difference_in_the_normal_form() {
        for (typed, same) in [
            ("Grenouille", "grenouille"),
            (" ilovemymom ", "ilovemymom"),
            ("ｐａｓｓｗｏｒｄ", "password"),
            ("ﬁsherman", "fisherman"),
        ] {
            assert_eq!(normal(typed).as_str(), same);
        }
    }

    #[test]
    fn a_password_in_its_normal_form_has_one_digest_and_others_have_two() {
        // FIPS 180-4: the digest of "password" is 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8.
        assert_eq!(truncated(&sha1("password")), 0x5BAA_61E4_C9B9_3F3F);
        assert_eq!(Digests::of("password").iter().collect::<Vec<_>>(), [0x5BAA_61E4_C9B9_3F3F]);
        let two: Vec<_> = Digests::of("Password").iter().collect();
        assert!(two.len() == 2 && two[1] == 0x5BAA_61E4_C9B9_3F3F && two[0] != two[1]);
    }
}
