//! Whose addresses are taken, by their domain alone: that tells nothing about
//! accounts, and is answered alike whether an address has one or not.

pub mod disposable;

use crate::domain::{Email, EmailDomain};

/// What is said beside the field of an address that is not taken.
pub const NOT_ACCEPTED: &str = "We don't accept email addresses from this provider. Use a different one.";

/// The operator's rules. Cheap to clone beside what they are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailRules {
    /// `PORTAL_EMAIL_DOMAINS_ALLOWED`: these alone; without any, all but the others.
    pub allowed: Vec<EmailDomain>,
    /// `PORTAL_EMAIL_DOMAINS_DENIED`: none of these.
    pub denied: Vec<EmailDomain>,
    /// `PORTAL_REFUSE_DISPOSABLE`: none of the bundled list.
    pub refuse_disposable: bool,
}

impl EmailRules {
    /// Whether an address is taken. Of a domain that is allowed and lies below
    /// one that is denied, or the other way round, the denial counts; what is
    /// allowed by name is not looked up in the bundled list.
    ///
    /// # Errors
    /// [`NOT_ACCEPTED`].
    pub fn judge(&self, email: &Email) -> Result<(), &'static str> {
        let domain = email.domain();
        let named = |list: &[EmailDomain]| list.iter().any(|entry| entry.covers(domain));
        let fine = if named(&self.denied) {
            false
        } else if self.allowed.is_empty() {
            !(self.refuse_disposable && disposable::is_disposable(domain))
        } else {
            named(&self.allowed)
        };
        if fine { Ok(()) } else { Err(NOT_ACCEPTED) }
    }
}

#[cfg(test)]
mod tests {
    use super::EmailRules;
    use crate::domain::{Email, EmailDomain};

    fn rules(allowed: &[&str], denied: &[&str]) -> EmailRules {
        let domains = |list: &[&str]| list.iter().map(|it| EmailDomain::parse(it).expect("a domain")).collect();
        EmailRules { allowed: domains(allowed), denied: domains(denied), refuse_disposable: true }
    }

    fn takes(rules: &EmailRules, address: &str) -> bool {
        rules.judge(&Email::parse(address).expect("an address")).is_ok()
    }

    #[test]
    fn without_lists_all_but_the_disposable_are_taken() {
        let rules = rules(&[], &[]);
        assert!(takes(&rules, "ann@example.com"));
        assert!(!takes(&rules, "ann@mailinator.com") && !takes(&rules, "ann@IN.Mailinator.COM"));
        assert!(takes(&EmailRules::default(), "ann@mailinator.com"));
    }

    #[test]
    fn what_is_allowed_is_taken_alone_and_what_is_denied_below_it_is_not() {
        let rules = rules(&["bücher.example", "mailinator.com"], &["guests.bücher.example"]);
        for fine in ["ann@bücher.example", "ann@XN--BCHER-KVA.example", "ann@mail.BÜCHER.example", "ann@mailinator.com"]
        {
            assert!(takes(&rules, fine), "{fine}");
        }
        for other in
            ["ann@example.com", "ann@notbücher.example", "ann@guests.bücher.example", "ann@a.guests.bücher.example"]
        {
            assert!(!takes(&rules, other), "{other}");
        }
    }
}
