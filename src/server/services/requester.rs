//! Who asks, as far as it can be known.

use std::net::IpAddr;

use super::address_prefix::AddressPrefix;
use crate::server::crypto::FlowToken;

/// The origin of a request.
#[derive(Clone, Debug)]
pub struct Requester {
    /// The peer's address; a proxy's only when the proxy is not trusted.
    pub ip: IpAddr,
    /// At most 256 characters, none of them a control character.
    pub user_agent: String,
    /// The registration flow that this browser holds.
    pub flow: Option<FlowToken>,
    pub signed_in: bool,
}

impl Requester {
    /// What limits count this requester by.
    #[must_use]
    pub fn prefix(&self) -> AddressPrefix {
        self.ip.into()
    }

    /// The browser in words, such as "Firefox on Linux".
    #[must_use]
    pub fn browser(&self) -> String {
        let parsed = woothee::parser::Parser::new().parse(&self.user_agent);
        match parsed.filter(|found| found.name != "UNKNOWN") {
            Some(found) if found.os != "UNKNOWN" => format!("{} on {}", found.name, found.os),
            Some(found) => found.name.to_owned(),
            None => "an unknown browser".to_owned(),
        }
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
            signed_in: false,
        }
    }

    #[test]
    fn a_browser_is_named_in_words_and_a_script_is_not_guessed_at() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
        assert_eq!(requester("192.0.2.7", firefox).browser(), "Firefox on Linux");
        assert_eq!(requester("192.0.2.7", "").browser(), "an unknown browser");
    }
}
