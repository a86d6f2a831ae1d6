//! Who may register, with which emails and usernames.

use super::Mistakes;
use super::env::Env;
use super::settings::{
    PORTAL_EMAIL_DOMAINS_ALLOWED, PORTAL_EMAIL_DOMAINS_DENIED, PORTAL_REFUSE_DISPOSABLE, PORTAL_REGISTRATION,
    PORTAL_RESERVED_USERNAMES,
};
use crate::domain::{EmailDomain, EmailDomainPolicy, RegistrationMode, ReservedUsernames, Username};

/// The item of `PORTAL_RESERVED_USERNAMES` that means the built-in names.
const BUILT_IN: &str = "default";

/// `PORTAL_REGISTRATION`, and the rules for email domains and usernames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistrationConfig {
    pub mode: RegistrationMode,
    pub emails: EmailDomainPolicy,
    pub reserved_usernames: ReservedUsernames,
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
        let reserved_usernames = reserved_usernames(env, mistakes);
        Self { mode: env.choice(&PORTAL_REGISTRATION, mistakes), emails, reserved_usernames }
    }
}

fn reserved_usernames(env: &Env, mistakes: &mut Mistakes) -> ReservedUsernames {
    let name = |item: &str| match item {
        BUILT_IN => Some(None),
        item => Username::parse(item).ok().map(Some),
    };
    let items = env.list(&PORTAL_RESERVED_USERNAMES, "`default` or usernames", name, mistakes);
    let names: Vec<_> = items.iter().flatten().cloned().collect();
    if items.contains(&None) { ReservedUsernames::default().with(&names) } else { ReservedUsernames::only(&names) }
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
