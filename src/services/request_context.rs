//! The context of a request: the browser, its cookies and the signed-in user.

use std::net::IpAddr;

use std::time::Duration;

use uuid::Uuid;

use super::ip_prefix::IpPrefix;
use super::outcome::ServiceError;
use super::user_agent::describe_user_agent;
use crate::crypto::FlowToken;
use crate::domain::Timestamp;
use crate::store::lineage::Lineage;
use crate::store::sessions::SecondStep;

/// How long a password or passkey counts as recently given. After that, changes to an account's
/// security settings ask for it again (ASVS 5.0, V7.5.1).
pub const FRESH: Duration = Duration::from_secs(5 * 60);

/// The origin of a request.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The client's IP address. It is a proxy's IP address only if that proxy is not trusted.
    pub ip: IpAddr,
    /// The `User-Agent` header, at most 256 characters, without control characters.
    pub user_agent: String,
    /// The token of this browser's registration.
    pub flow: Option<FlowToken>,
    /// The token of the invitation that was opened in this browser.
    pub invitation: Option<FlowToken>,
    /// The token of this browser's recovery.
    pub recovery: Option<FlowToken>,
    /// The token by which this browser is recognized.
    pub device: Option<FlowToken>,
    /// The accounts that trust this browser, each as a cookie name and its token.
    pub trusted: Vec<(String, FlowToken)>,
    /// The signed-in user.
    pub member: Option<AuthenticatedUser>,
    /// The sign-in that is waiting for its second factor.
    pub second_step: Option<SecondStep>,
}

/// A signed-in user, as of this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatedUser {
    pub account_id: Uuid,
    /// The public id of the session.
    pub session: Uuid,
    /// The account's session version when the session began.
    pub session_version: i32,
    /// When the user last gave the password or a passkey.
    pub authenticated_at: Timestamp,
    /// When the user last gave a second factor: a code or a passkey.
    pub second_factor_at: Option<Timestamp>,
    /// Whether the account has a second factor.
    pub has_factor: bool,
    /// Where the factors come from that the session was authenticated with.
    pub ancestors: Lineage,
    /// Whether the account must have a second factor and does not have one yet.
    pub must_enroll: bool,
    /// Whether the account is an administrator's. While `must_enroll` is set, this grants nothing.
    pub administrator: bool,
}

impl RequestContext {
    /// Returns the signed-in user.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in.
    pub fn member(&self) -> Result<&AuthenticatedUser, ServiceError> {
        self.member.as_ref().ok_or(ServiceError::Unauthenticated)
    }

    /// Returns the signed-in user if they recently gave the password or a passkey.
    ///
    /// # Errors
    /// [`ServiceError::Unauthenticated`] if the user is not signed in, or
    /// [`ServiceError::ReauthenticationRequired`] if they last authenticated more than five minutes
    /// ago.
    pub fn recently_authenticated(&self, now: Timestamp) -> Result<&AuthenticatedUser, ServiceError> {
        let member = self.member()?;
        if now.since(member.authenticated_at) > FRESH {
            Err(ServiceError::ReauthenticationRequired)
        } else {
            Ok(member)
        }
    }

    /// Returns the signed-in user if they recently gave all that the account can ask for: the password and a second
    /// factor, or a passkey, which counts as both (NIST SP 800-63B-4, section 4.1.2.1). Without a second factor, the
    /// password is enough.
    ///
    /// # Errors
    /// Those of [`RequestContext::recently_authenticated`] if the account has no second factor. Otherwise
    /// [`ServiceError::Unauthenticated`] or [`ServiceError::SecondFactorRequired`].
    pub fn authenticated_with_all_factors(&self, now: Timestamp) -> Result<&AuthenticatedUser, ServiceError> {
        let member = self.member()?;
        if !member.has_factor {
            return self.recently_authenticated(now);
        }
        let second = member.second_factor_at.is_some_and(|at| now.since(at) <= FRESH);
        if second && now.since(member.authenticated_at) <= FRESH {
            Ok(member)
        } else {
            Err(ServiceError::SecondFactorRequired)
        }
    }

    /// Returns the signed-in administrator.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for all other users, so that the administration pages appear not
    /// to exist for them.
    pub fn administrator(&self) -> Result<&AuthenticatedUser, ServiceError> {
        let member = self.member.as_ref().filter(|member| member.administrator && !member.must_enroll);
        member.ok_or(ServiceError::NotFound)
    }

    /// Returns the IP prefix that limits count by.
    pub fn prefix(&self) -> IpPrefix {
        self.ip.into()
    }

    /// Returns a description of the browser, such as "Firefox on Linux".
    pub fn browser(&self) -> String {
        describe_user_agent(&self.user_agent)
    }
}
