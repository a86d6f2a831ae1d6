//! Who asks, as far as it can be known.

use std::net::IpAddr;

use std::time::Duration;

use uuid::Uuid;

use super::address_prefix::AddressPrefix;
use super::device_words::device_in_words;
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
    /// The invitation that this browser holds.
    pub invitation: Option<FlowToken>,
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
    /// Whether the account may administer the portal, once nothing is demanded of it.
    pub administrator: bool,
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

    /// The administrator who asks.
    ///
    /// # Errors
    /// [`ServiceError::NotThere`] to everybody else: what is there for
    /// administrators is not there for them.
    pub fn administrator(&self) -> Result<&Member, ServiceError> {
        let member = self.member.as_ref().filter(|member| member.administrator && !member.must_enrol);
        member.ok_or(ServiceError::NotThere)
    }

    /// What limits count this requester by.
    #[must_use]
    pub fn prefix(&self) -> AddressPrefix {
        self.ip.into()
    }

    /// The browser in words, such as "Firefox on Linux".
    #[must_use]
    pub fn browser(&self) -> String {
        device_in_words(&self.user_agent)
    }
}
