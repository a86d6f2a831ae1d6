//! The operator's rules about email domains.

use super::EmailDomain;

/// The operator's rules. Cloning them is cheap compared with the requests that use them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailDomainPolicy {
    /// `PORTAL_EMAIL_DOMAINS_ALLOWED`: if not empty, only these domains are accepted.
    pub allowed: Vec<EmailDomain>,
    /// `PORTAL_EMAIL_DOMAINS_DENIED`: these domains are rejected.
    pub denied: Vec<EmailDomain>,
    /// `PORTAL_REFUSE_DISPOSABLE`: the domains of the bundled list are rejected.
    pub refuse_disposable: bool,
}
