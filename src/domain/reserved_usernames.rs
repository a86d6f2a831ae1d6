//! Usernames that users cannot choose.

use std::collections::BTreeSet;

use super::Username;

/// The built-in names, without separators.
///
/// The mailbox names of RFC 2142, those that certificate authorities accept as proof of control over a domain (CA/Browser
/// Forum Baseline Requirements, section 3.2.2.4.4), those that mail programs and browsers look up by themselves, and names
/// that look like those of the people who run the portal.
const BUILT_IN: &[&str] = &[
    "abuse",
    "account",
    "accounts",
    "admin",
    "administration",
    "administrator",
    "anonymous",
    "api",
    "autoconfig",
    "autodiscover",
    "billing",
    "compliance",
    "contact",
    "daemon",
    "donotreply",
    "email",
    "ftp",
    "help",
    "helpdesk",
    "hostmaster",
    "imap",
    "info",
    "legal",
    "localhost",
    "mail",
    "mailerdaemon",
    "marketing",
    "moderator",
    "news",
    "noc",
    "noreply",
    "official",
    "operator",
    "portal",
    "postmaster",
    "press",
    "privacy",
    "root",
    "sales",
    "security",
    "service",
    "servicedesk",
    "smtp",
    "ssladmin",
    "ssladministrator",
    "sslwebmaster",
    "staff",
    "superadmin",
    "superuser",
    "support",
    "sysadmin",
    "sysadministrator",
    "system",
    "team",
    "usenet",
    "uucp",
    "webmaster",
    "wpad",
    "www",
];

/// The reserved usernames. Letter case and separators make no difference: `No-Reply` is `noreply`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservedUsernames(BTreeSet<String>);

impl Default for ReservedUsernames {
    /// The built-in names.
    fn default() -> Self {
        Self(BUILT_IN.iter().map(|&name| name.to_owned()).collect())
    }
}

impl ReservedUsernames {
    /// Creates a list without the built-in names.
    #[must_use]
    pub fn only(names: &[Username]) -> Self {
        Self(names.iter().map(without_separators).collect())
    }

    /// Adds names.
    #[must_use]
    pub fn with(mut self, names: &[Username]) -> Self {
        self.0.extend(names.iter().map(without_separators));
        self
    }

    #[must_use]
    pub fn contains(&self, username: &Username) -> bool {
        self.0.contains(&without_separators(username))
    }

    /// Returns the number of names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn without_separators(username: &Username) -> String {
    username.key().replace(['.', '-', '_'], "")
}

#[cfg(test)]
mod tests {
    use super::{BUILT_IN, ReservedUsernames};
    use crate::domain::Username;

    fn name(text: &str) -> Username {
        Username::parse(text).expect("a username")
    }

    #[test]
    fn a_reserved_name_is_found_in_any_case_and_with_any_separators() {
        let reserved = ReservedUsernames::default();
        for text in ["admin", "ADMIN", "Ad.Min", "no-reply", "mailer_daemon", "_root_", "Postmaster"] {
            assert!(reserved.contains(&name(text)), "{text}");
        }
        for text in ["admina", "ann", "roots", "adm1n"] {
            assert!(!reserved.contains(&name(text)), "{text}");
        }
        assert!(BUILT_IN.iter().all(|text| reserved.contains(&name(text))), "each is a username");
    }

    #[test]
    fn names_are_added_to_the_built_in_ones_or_replace_them() {
        let own = [name("The-Board")];
        let (added, replaced) = (ReservedUsernames::default().with(&own), ReservedUsernames::only(&own));
        assert!(added.contains(&name("theboard")) && added.contains(&name("admin")));
        assert!(replaced.contains(&name("theboard")) && !replaced.contains(&name("admin")));
    }
}
