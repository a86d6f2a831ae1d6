//! The bundled list of domains whose mailboxes are thrown away after use.
//!
//! The 10,181 domains of the project disposable-email-domains
//! (<https://github.com/disposable-email-domains/disposable-email-domains>, given
//! to the public domain by CC0 1.0), as its mirror on PyPI has them, the package
//! `disposable-email-domains` 0.0.293 of November 2026, whose licence lies beside
//! the list as `disposable_domains.LICENSE`: sorted by their octets, one a line.
//! PyPI itself refuses by this list. Services that forward mail to a mailbox that
//! stays, such as DuckDuckGo's, Apple's and Firefox's, are not in it.

use crate::domain::email_domain::at_and_above;
use crate::server::sorted_lines;

/// Part of the program, 148 kB: read only where a search looks, and nothing at the start.
static LIST: &[u8] = include_bytes!("disposable_domains.txt");

/// Whether a domain, in its ASCII form and lower case, is on the list or lies below one that is.
#[must_use]
pub fn is_disposable(domain: &str) -> bool {
    at_and_above(domain).any(|domain| sorted_lines::contains(LIST, domain.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::str;

    use super::{LIST, is_disposable};
    use crate::domain::EmailDomain;

    fn lines() -> Vec<&'static str> {
        str::from_utf8(LIST).expect("UTF-8").lines().collect()
    }

    #[test]
    fn the_list_is_sorted_and_holds_only_domains_that_can_be_found() {
        let lines = lines();
        assert_eq!(lines.len(), 10_181, "as the documentation says");
        assert!(lines.is_sorted_by(|one, next| one.as_bytes() < next.as_bytes()), "sorted, each line once");
        for line in lines {
            let domain = EmailDomain::parse(line).expect("a domain");
            assert_eq!(domain.as_str(), line, "in the form in which addresses are compared");
            assert!(line.contains('.'), "{line} would refuse everything below it");
            assert!(is_disposable(line), "{line}");
        }
    }

    #[test]
    fn what_lies_below_is_found_and_neighbours_are_not() {
        for domain in ["mailinator.com", "in.mailinator.com", "a.b.yopmail.com", "guerrillamail.com"] {
            assert!(is_disposable(domain), "{domain}");
        }
        for domain in ["com", "not-yopmail.com", "mailinator.com.example", "", "mailinator"] {
            assert!(!is_disposable(domain), "{domain}");
        }
    }

    #[test]
    fn those_that_many_people_have_and_those_that_forward_are_not_on_it() {
        for domain in [
            "gmail.com",
            "outlook.com",
            "hotmail.com",
            "yahoo.com",
            "icloud.com",
            "proton.me",
            "gmx.de",
            "qq.com",
            "163.com",
            "mail.ru",
            "naver.com",
            "duck.com",
            "mozmail.com",
            "privaterelay.appleid.com",
            "simplelogin.com",
            "addy.io",
            "example.com",
            "example.org",
        ] {
            assert!(!is_disposable(domain), "{domain}");
        }
    }
}
