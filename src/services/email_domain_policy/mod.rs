//! Email domain rules. They depend on the domain alone, so a rejection reveals nothing about
//! whether an email has an account.

pub mod disposable;

use crate::domain::{Email, EmailDomain, EmailDomainPolicy};

/// The error next to the field of a rejected email.
pub const NOT_ACCEPTED: &str = "We don't accept email addresses from this provider. Use a different one.";

/// Checks whether an email's domain is accepted.
///
/// A denied domain takes precedence over an allowed one, whichever is the subdomain of the
/// other. Allowed domains are not looked up in the bundled list.
///
/// # Errors
/// [`NOT_ACCEPTED`] if the domain is rejected.
pub fn check(policy: &EmailDomainPolicy, email: &Email) -> Result<(), &'static str> {
    let domain = email.domain();
    let contains = |list: &[EmailDomain]| list.iter().any(|entry| entry.covers(domain));
    let accepted = if contains(&policy.denied) {
        false
    } else if policy.allowed.is_empty() {
        !(policy.refuse_disposable && disposable::is_disposable(domain))
    } else {
        contains(&policy.allowed)
    };
    if accepted { Ok(()) } else { Err(NOT_ACCEPTED) }
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::domain::{Email, EmailDomain, EmailDomainPolicy};

    fn rules(allowed: &[&str], denied: &[&str]) -> EmailDomainPolicy {
        let domains = |list: &[&str]| list.iter().map(|it| EmailDomain::parse(it).expect("valid domain")).collect();
        EmailDomainPolicy { allowed: domains(allowed), denied: domains(denied), refuse_disposable: true }
    }

    fn accepts(rules: &EmailDomainPolicy, address: &str) -> bool {
        check(rules, &Email::parse(address).expect("valid email")).is_ok()
    }

    #[test]
    fn without_lists_only_disposable_domains_are_rejected() {
        let rules = rules(&[], &[]);
        assert!(accepts(&rules, "ann@example.com"));
        assert!(!accepts(&rules, "ann@mailinator.com") && !accepts(&rules, "ann@IN.Mailinator.COM"));
        assert!(accepts(&EmailDomainPolicy::default(), "ann@mailinator.com"));
    }

    #[test]
    fn only_allowed_domains_are_accepted_except_denied_subdomains() {
        let rules = rules(&["bücher.example", "mailinator.com"], &["guests.bücher.example"]);
        for fine in ["ann@bücher.example", "ann@XN--BCHER-KVA.example", "ann@mail.BÜCHER.example", "ann@mailinator.com"]
        {
            assert!(accepts(&rules, fine), "{fine}");
        }
        for other in
            ["ann@example.com", "ann@notbücher.example", "ann@guests.bücher.example", "ann@a.guests.bücher.example"]
        {
            assert!(!accepts(&rules, other), "{other}");
        }
    }
}
