//! Who writes.

use lettre::message::Mailbox;

use super::words::one_line;
use crate::paths;

/// The portal as its mails present it. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct Sender {
    from: Mailbox,
    portal: String,
    home: String,
}

impl Sender {
    /// `from` is `MAIL_FROM`; without a name of its own it gets the portal's.
    /// `origin` is that of `PUBLIC_URL`: every link begins with it, and never
    /// with the host of a request, which anybody can make up.
    #[must_use]
    pub fn new(from: Mailbox, portal_name: &str, origin: &str) -> Self {
        let portal = one_line(portal_name);
        let name = from.name.unwrap_or_else(|| portal.clone());
        let from = Mailbox::new(Some(one_line(&name)), from.email);
        Self { from, portal, home: origin.trim_end_matches('/').to_owned() }
    }

    #[must_use]
    pub fn from(&self) -> &Mailbox {
        &self.from
    }

    /// The portal's name.
    #[must_use]
    pub fn portal(&self) -> &str {
        &self.portal
    }

    /// The link to the portal.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home
    }

    /// The link that invites.
    #[must_use]
    pub fn invitation(&self, token: &str) -> String {
        format!("{}{}?{}={token}", self.home, paths::REGISTER, paths::INVITATION)
    }

    /// The link to the page for signing in.
    #[must_use]
    pub fn login(&self) -> String {
        format!("{}{}", self.home, paths::LOGIN)
    }
}
