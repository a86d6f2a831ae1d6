//! Who may register, and with which emails.

use super::Mistakes;
use super::env::Env;
use crate::domain::{EmailDomain, EmailDomainPolicy, RegistrationMode};

const ALLOWED: &str = "PORTAL_EMAIL_DOMAINS_ALLOWED";
const DENIED: &str = "PORTAL_EMAIL_DOMAINS_DENIED";
const DISPOSABLE: &str = "PORTAL_REFUSE_DISPOSABLE";

/// `PORTAL_REGISTRATION` and the rules for email domains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegistrationConfig {
    pub mode: RegistrationMode,
    pub emails: EmailDomainPolicy,
}

impl RegistrationConfig {
    /// Loads the section. The bundled list of disposable domains only contains domains that were
    /// found to offer temporary mailboxes, so it applies by default.
    pub fn load(env: &Env, mistakes: &mut Mistakes) -> Self {
        let emails = EmailDomainPolicy {
            allowed: domains(env, ALLOWED, mistakes),
            denied: domains(env, DENIED, mistakes),
            refuse_disposable: flag(env, DISPOSABLE, true, mistakes),
        };
        validate(&emails, mistakes);
        Self { mode: mode(env, mistakes), emails }
    }
}

fn mode(env: &Env, mistakes: &mut Mistakes) -> RegistrationMode {
    match env.get("PORTAL_REGISTRATION") {
        None | Some("open") => RegistrationMode::Open,
        Some("invitation") => RegistrationMode::Invitation,
        Some("closed") => RegistrationMode::Closed,
        Some(other) => {
            mistakes.add("PORTAL_REGISTRATION", format_args!("must be open, invitation or closed, not {other:?}"));
            RegistrationMode::Closed
        }
    }
}

fn domains(env: &Env, name: &str, mistakes: &mut Mistakes) -> Vec<EmailDomain> {
    let list = env.get(name).unwrap_or_default();
    let items = list.split(',').map(str::trim).filter(|item| !item.is_empty());
    items
        .filter_map(|item| {
            let problem = format!("must be domains like example.com, separated by commas, not {item:?}");
            mistakes.check(name, EmailDomain::parse(item).map_err(|_| problem))
        })
        .collect()
}

fn flag(env: &Env, name: &str, default: bool, mistakes: &mut Mistakes) -> bool {
    match env.get(name) {
        None => default,
        Some("true") => true,
        Some("false") => false,
        Some(other) => {
            mistakes.add(name, format_args!("must be true or false, not {other:?}"));
            default
        }
    }
}

/// Reports allowed domains that are also denied, since they would have no effect.
fn validate(rules: &EmailDomainPolicy, mistakes: &mut Mistakes) {
    for allowed in &rules.allowed {
        if let Some(denied) = rules.denied.iter().find(|denied| denied.covers(allowed.as_str())) {
            let (allowed, denied) = (allowed.as_str(), denied.as_str());
            mistakes.add(ALLOWED, format_args!("contains {allowed}, but {DENIED} contains {denied}"));
        }
    }
}
