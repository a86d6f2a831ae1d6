//! Who asks, as far as it can be known.

use std::net::IpAddr;

use std::time::Duration;

use uuid::Uuid;

use super::address_prefix::AddressPrefix;
use super::outcome::ServiceError;
use crate::domain::Timestamp;
use crate::server::crypto::FlowToken;
use crate::server::store::sessions::SecondStep;

/// How long a password counts as just given: changes to what protects an
/// account want it again after that (ASVS 5.0, V7.5.1).
pub const FRESH: Duration = Duration::from_secs(5 * 60);

/// The origin of a request.
#[derive(Clone, Debug)]
pub struct Requester {
    /// The peer's address; a proxy's only when the proxy is not trusted.
    pub ip: IpAddr,
    /// At most 256 characters, none of them a control character.
    pub user_agent: String,
    /// The registration flow that this browser holds.
    pub flow: Option<FlowToken>,
    /// The recovery that this browser holds.
    pub recovery: Option<FlowToken>,
    /// What this browser is recognised by.
    pub device: Option<FlowToken>,
    /// The accounts that trust this browser, each by the name in its cookie.
    pub trusted: Vec<(String, FlowToken)>,
    /// Who is signed in.
    pub member: Option<Member>,
    /// Whose second step is due.
    pub second_step: Option<SecondStep>,
}

/// A person who is signed in, as of this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub account_id: Uuid,
    /// The name of the session.
    pub session: Uuid,
    /// The account's epoch when the session began.
    pub epoch: i32,
    /// When the password or a passkey was last given.
    pub authenticated_at: Timestamp,
    /// A second factor is demanded of this account and it has none yet.
    pub must_enrol: bool,
}

impl Requester {
    /// Who is signed in.
    ///
    /// # Errors
    /// [`ServiceError::SignIn`] when nobody is.
    pub fn member(&self) -> Result<&Member, ServiceError> {
        self.member.as_ref().ok_or(ServiceError::SignIn)
    }

    /// Who is signed in and has just given the password or a passkey.
    ///
    /// # Errors
    /// [`ServiceError::SignIn`], or [`ServiceError::Confirm`] when that was more
    /// than five minutes ago.
    pub fn fresh_member(&self, now: Timestamp) -> Result<&Member, ServiceError> {
        let member = self.member()?;
        if now.since(member.authenticated_at) > FRESH { Err(ServiceError::Confirm) } else { Ok(member) }
    }

    /// What limits count this requester by.
    #[must_use]
    pub fn prefix(&self) -> AddressPrefix {
        self.ip.into()
    }

    /// The browser in words, such as "Firefox on Linux".
    #[must_use]
    pub fn browser(&self) -> String {
        browser_in_words(&self.user_agent)
    }
}

/// A browser in words, such as "Firefox on Linux", by what it calls itself.
#[must_use]
pub fn browser_in_words(user_agent: &str) -> String {
    let parsed = woothee::parser::Parser::new().parse(user_agent);
    match parsed.filter(|found| found.name != "UNKNOWN") {
        Some(found) if found.os != "UNKNOWN" => format!("{} on {}", found.name, found.os),
        Some(found) => found.name.to_owned(),
        None => "an unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Requester;

    fn requester(ip: &str, user_agent: &str) -> Requester {
        Requester {
            ip: ip.parse().expect("an address"),
            user_agent: user_agent.to_owned(),
            flow: None,
            recovery: None,
            device: None,
            trusted: Vec::new(),
            member: None,
            second_step: None,
        }
    }

    #[test]
    fn a_browser_is_named_in_words_and_a_script_is_not_guessed_at() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
        assert_eq!(requester("192.0.2.7", firefox).browser(), "Firefox on Linux");
        assert_eq!(requester("192.0.2.7", "").browser(), "an unknown browser");
    }
}
