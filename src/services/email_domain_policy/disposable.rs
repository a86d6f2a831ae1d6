//! The bundled list of disposable email domains.
//!
//! The list contains the 10,181 domains of the disposable-email-domains project
//! (<https://github.com/disposable-email-domains/disposable-email-domains>, dedicated to the public
//! domain under CC0 1.0), as mirrored on PyPI in the package `disposable-email-domains` 0.0.293 of
//! November 2026. Its license is in `disposable_domains.LICENSE` next to the list. The domains are
//! sorted by their bytes, one per line. PyPI itself rejects the domains on this list. Services that
//! forward to a permanent mailbox, such as those of DuckDuckGo, Apple and Firefox, are not on it.

use crate::domain::email_domain::at_and_above;
use crate::sorted_lines;

/// The list, 148 kB, compiled into the program. It needs no work at startup; a lookup reads only
/// the parts that the binary search visits.
static LIST: &[u8] = include_bytes!("disposable_domains.txt");

/// Whether a domain, in lowercase ASCII form, is on the list or is a subdomain of one that is.
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
        str::from_utf8(LIST).expect("list is UTF-8").lines().collect()
    }

    #[test]
    fn the_list_is_sorted_and_every_domain_on_it_is_found() {
        let lines = lines();
        assert_eq!(lines.len(), 10_181, "number stated in the documentation");
        assert!(lines.is_sorted_by(|one, next| one.as_bytes() < next.as_bytes()), "sorted without duplicates");
        for line in lines {
            let domain = EmailDomain::parse(line).expect("valid domain");
            assert_eq!(domain.as_str(), line, "normalized form");
            assert!(line.contains('.'), "{line} would reject an entire top-level domain");
            assert!(is_disposable(line), "{line}");
        }
    }

    #[test]
    fn subdomains_are_found_and_similar_domains_are_not() {
        for domain in ["mailinator.com", "in.mailinator.com", "a.b.yopmail.com", "guerrillamail.com"] {
            assert!(is_disposable(domain), "{domain}");
        }
        for domain in ["com", "not-yopmail.com", "mailinator.com.example", "", "mailinator"] {
            assert!(!is_disposable(domain), "{domain}");
        }
    }

    #[test]
    fn common_providers_and_forwarding_services_are_not_on_the_list() {
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
