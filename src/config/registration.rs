//! Who may register, and with which emails.

use super::Mistakes;
use super::env::Env;
use super::settings::{
    PORTAL_EMAIL_DOMAINS_ALLOWED, PORTAL_EMAIL_DOMAINS_DENIED, PORTAL_REFUSE_DISPOSABLE, PORTAL_REGISTRATION,
};
use crate::domain::{EmailDomain, EmailDomainPolicy, RegistrationMode};

/// `PORTAL_REGISTRATION` and the rules for email domains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistrationConfig {
    pub mode: RegistrationMode,
    pub emails: EmailDomainPolicy,
}

impl RegistrationConfig {
    /// Loads the section.
    pub fn load(env: &Env, mistakes: &mut Mistakes) -> Self {
        let mut domains =
            |setting| env.list(setting, "domains like example.com", |item| EmailDomain::parse(item).ok(), mistakes);
        let (allowed, denied) = (domains(&PORTAL_EMAIL_DOMAINS_ALLOWED), domains(&PORTAL_EMAIL_DOMAINS_DENIED));
        let refuse_disposable = env.choice(&PORTAL_REFUSE_DISPOSABLE, mistakes);
        let emails = EmailDomainPolicy { allowed, denied, refuse_disposable };
        validate(&emails, mistakes);
        Self { mode: env.choice(&PORTAL_REGISTRATION, mistakes), emails }
    }
}

/// Reports allowed domains that are also denied, since they would have no effect.
fn validate(rules: &EmailDomainPolicy, mistakes: &mut Mistakes) {
    for allowed in &rules.allowed {
        if let Some(denied) = rules.denied.iter().find(|denied| denied.covers(allowed.as_str())) {
            let (allowed, denied) = (allowed.as_str(), denied.as_str());
            let problem = format!("contains {allowed}, but {} contains {denied}", PORTAL_EMAIL_DOMAINS_DENIED.name);
            mistakes.add(PORTAL_EMAIL_DOMAINS_ALLOWED.name, problem);
        }
    }
}
