//! Which usernames users can choose. Accounts that already have another name keep it, and the command line can create
//! accounts with any name.

use crate::domain::{ReservedUsernames, Username};
use crate::sorted_lines;

pub const RESERVED: &str = "This username is reserved. Choose another one.";
pub const LIKE_A_DOMAIN: &str = "This username looks like a web address. Use hyphens instead of dots.";

/// The 1,438 top-level domains of IANA's root zone database, in ASCII, from the npm package `tlds` 1.261.0, whose license is
/// in `top_level_domains.LICENSE`. In lower case, sorted by their bytes, one per line.
static TOP_LEVEL_DOMAINS: &[u8] = include_bytes!("top_level_domains.txt");

/// Checks whether users can choose this username.
///
/// Mail programs make links of names that look like a domain, so such a name in an email from the portal would be an
/// advertisement for a website.
///
/// # Errors
/// [`RESERVED`] or [`LIKE_A_DOMAIN`].
pub fn check(reserved: &ReservedUsernames, username: &Username) -> Result<(), &'static str> {
    if reserved.contains(username) {
        return Err(RESERVED);
    }
    if is_like_a_domain(&username.key()) { Err(LIKE_A_DOMAIN) } else { Ok(()) }
}

fn is_like_a_domain(key: &str) -> bool {
    // Dots at the end do not keep mail programs from making a link.
    let name = key.trim_matches('.');
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    name.starts_with("www.")
        || ending.is_some_and(|ending| sorted_lines::contains(TOP_LEVEL_DOMAINS, ending.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::str;

    use super::{LIKE_A_DOMAIN, RESERVED, TOP_LEVEL_DOMAINS, check};
    use crate::domain::{ReservedUsernames, Username};

    fn refusal(name: &str) -> Option<&'static str> {
        check(&ReservedUsernames::default(), &Username::parse(name).expect("a username")).err()
    }

    #[test]
    fn the_top_level_domains_are_sorted_and_in_lower_case() {
        let lines: Vec<_> = str::from_utf8(TOP_LEVEL_DOMAINS).expect("UTF-8").lines().collect();
        assert_eq!(lines.len(), 1_438, "the number that the documentation states");
        assert!(lines.is_sorted_by(|one, next| one.as_bytes() < next.as_bytes()));
        let of_a_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(lines.iter().all(|line| !line.is_empty() && line.bytes().all(of_a_label)));
    }

    #[test]
    fn names_that_look_like_a_domain_are_refused_and_other_dots_are_not() {
        for name in ["www.evil", "WWW.evil-shop.com", "evil.com", "a.b.ORG", "evil.com.", ".evil.de", "shop.xn--p1ai"] {
            assert_eq!(refusal(name), Some(LIKE_A_DOMAIN), "{name}");
        }
        for name in ["ann.lee", "margaret.hale", "wwwann", "com", "ann.", "ann_com", "ann-com", "www-ann", "..."] {
            assert_eq!(refusal(name), None, "{name}");
        }
        assert_eq!(refusal("Support"), Some(RESERVED));
    }
}
