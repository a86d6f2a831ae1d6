//! The email domains that a rule applies to.

/// A domain with its subdomains, in its ASCII form and in lower case (IDNA 2008,
/// UTS 46), as in the key of an [`Email`](super::Email).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailDomain(String);

/// The text is not a domain that an email address can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a domain")]
pub struct NotADomain;

impl EmailDomain {
    /// Parses a domain from the settings, such as `example.com`, `bücher.example`,
    /// or `edu` for every domain that ends in `.edu`.
    ///
    /// # Errors
    /// Returns an error if no email address can end in it. A domain with a number
    /// at the end is an IP address, and no email address ends in a dot.
    pub fn parse(typed: &str) -> Result<Self, NotADomain> {
        let ascii = idna::domain_to_ascii_strict(typed.trim()).map_err(|_| NotADomain)?;
        let top = ascii.rsplit('.').next().unwrap_or_default();
        if top.is_empty() || top.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotADomain);
        }
        Ok(Self(ascii.to_ascii_lowercase()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `domain`, in its ASCII form and in lower case, is this domain or a subdomain of it.
    #[must_use]
    pub fn covers(&self, domain: &str) -> bool {
        at_and_above(domain).any(|above| above == self.0)
    }
}

/// Returns a domain and its parents, up to the top-level domain.
pub fn at_and_above(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(domain), |domain| domain.split_once('.').map(|(_, above)| above))
}

#[cfg(test)]
mod tests {
    use super::{EmailDomain, NotADomain, at_and_above};

    #[test]
    fn a_domain_covers_itself_and_its_subdomains_but_no_domain_with_the_same_ending() {
        let domain = EmailDomain::parse(" Bücher.Example ").expect("a domain");
        assert_eq!(domain.as_str(), "xn--bcher-kva.example");
        for covered in ["xn--bcher-kva.example", "mail.xn--bcher-kva.example", "a.b.xn--bcher-kva.example"] {
            assert!(domain.covers(covered), "{covered}");
        }
        for other in ["example", "notxn--bcher-kva.example", "xn--bcher-kva.example.com", "xn--bcher-kva"] {
            assert!(!domain.covers(other), "{other}");
        }
        assert!(EmailDomain::parse("edu").expect("a domain").covers("mit.edu"));
    }

    #[test]
    fn text_that_is_not_the_domain_of_an_email_is_rejected() {
        for typed in
            ["", ".", "example.com.", ".example.com", "a..b", "*.example.com", "@example.com", "ann@example.com"]
                .into_iter()
                .chain([
                    "127.0.0.1",
                    "[::1]",
                    "ex ample.com",
                    "example.com:25",
                    "-x.example",
                    "http://x.example",
                    "a\nb.example",
                ])
        {
            assert_eq!(EmailDomain::parse(typed), Err(NotADomain), "{typed:?}");
        }
    }

    #[test]
    fn the_parents_of_a_domain_are_listed_up_to_the_top_level_domain() {
        assert_eq!(at_and_above("a.b.example").collect::<Vec<_>>(), ["a.b.example", "b.example", "example"]);
    }
}
