//! The sender of emails.

use lettre::message::Mailbox;

use super::format::one_line;
use crate::paths;

/// The portal's name, address and URL as its emails show them. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct Sender {
    from: Mailbox,
    portal: String,
    home: String,
}

impl Sender {
    /// Creates the sender. `from` is `MAIL_FROM`; if it has no display name, it gets `portal_name`.
    /// `origin` is the origin of `PUBLIC_URL`, with which every link starts. The host of a request
    /// is never used, since clients can set it to anything.
    pub fn new(from: Mailbox, portal_name: &str, origin: &str) -> Self {
        let portal = one_line(portal_name);
        let name = from.name.unwrap_or_else(|| portal.clone());
        let from = Mailbox::new(Some(one_line(&name)), from.email);
        Self { from, portal, home: origin.trim_end_matches('/').to_owned() }
    }

    pub fn from(&self) -> &Mailbox {
        &self.from
    }

    /// Returns the portal's name.
    pub fn portal(&self) -> &str {
        &self.portal
    }

    /// Returns the host of the portal's URL.
    pub fn host(&self) -> &str {
        let host = self.home.split_once("://").map_or(self.home.as_str(), |(_, host)| host);
        host.rsplit_once(':').filter(|(_, port)| !port.contains(']')).map_or(host, |(host, _)| host)
    }

    /// Returns the portal's URL, without a slash at the end.
    pub fn home(&self) -> &str {
        &self.home
    }

    /// Returns the link of an invitation.
    #[must_use]
    pub fn invitation(&self, token: &str) -> String {
        format!("{}{}?{}={token}", self.home, paths::REGISTER, paths::INVITATION)
    }

    /// Returns the link to the sign-in page.
    #[must_use]
    pub fn login(&self) -> String {
        format!("{}{}", self.home, paths::LOGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::Sender;

    #[test]
    fn the_host_is_that_of_the_portal_and_not_of_the_sender() {
        for (origin, host) in [
            ("https://portal.example", "portal.example"),
            ("https://portal.example:8443", "portal.example"),
            ("http://127.0.0.1:3000", "127.0.0.1"),
            ("http://[::1]:3000", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            let from = "desk@mail.example".parse().expect("an email");
            assert_eq!(Sender::new(from, "Portal", origin).host(), host);
        }
    }
}
