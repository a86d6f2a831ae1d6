//! Settings that are allowed, but may not be what the operator wants. `portal serve` logs them at the start, and
//! `portal check-config` prints them.

use std::net::IpAddr;

use super::Config;
use super::env::Source;
use super::mail::{MailboxReaders, TransportConfig};
use super::settings::{LEPTOS_ENV, LEPTOS_SITE_ADDR, PORTAL_DEV_MAILBOX, PUBLIC_URL, TRUSTED_PROXIES};

/// Returns a line for each risk. It starts with the name of the setting.
#[must_use]
pub fn of(config: &Config) -> Vec<String> {
    let mut risks = Vec::new();
    match &config.mail.transport {
        TransportConfig::File { readers: MailboxReaders::Local, .. } => risks.push(format!(
            "{}: development mode; /dev/mailbox shows every email with its code to all users of this machine",
            LEPTOS_ENV.name
        )),
        TransportConfig::File { readers: MailboxReaders::Everyone, .. } => risks.push(format!(
            "{}: development mode; /dev/mailbox shows every email with its code to everyone who can reach {}",
            PORTAL_DEV_MAILBOX.name, config.site.public_url.origin
        )),
        TransportConfig::Smtp(_) => {}
    }
    let address = config.site.address;
    if address.ip().is_unspecified() && config.sources.of(PUBLIC_URL.name) == Source::Default {
        risks.push(format!(
            "{}: is not set, so links in emails start with {}, which only this machine can open",
            PUBLIC_URL.name, config.site.public_url.origin
        ));
    }
    if config.site.production && config.site.trusted_proxies.is_empty() && is_behind_a_proxy(address.ip()) {
        risks.push(format!(
            "{}: is not set, but {} {address} is reached through a reverse proxy; without it all users share the IP \
             address of the proxy and its limits",
            TRUSTED_PROXIES.name, LEPTOS_SITE_ADDR.name
        ));
    }
    risks
}

/// Whether users on the internet cannot connect to the IP address directly. With 0.0.0.0, as in a container, they
/// usually cannot either.
fn is_behind_a_proxy(ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    let private = match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    };
    private || ip.is_loopback() || ip.is_unspecified()
}
