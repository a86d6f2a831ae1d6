//! The portal's URL, name and folders.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;

use super::Mistakes;
use super::env::{Env, Source};
use super::settings::{
    LEPTOS_ENV, LEPTOS_SITE_ADDR, LEPTOS_SITE_ROOT, PORTAL_DATA_DIR, PORTAL_NAME, PUBLIC_URL, TRUSTED_PROXIES,
};

/// The host name that browsers trust without https (W3C Secure Contexts, section 3.1).
const LOCALHOST: &str = "localhost";
const ENVIRONMENT: &str = "must be DEV or PROD";

/// The portal's environment, name, URL, listening address, folders and proxies.
#[derive(Clone, Debug)]
pub struct SiteConfig {
    /// `LEPTOS_ENV=PROD`.
    pub production: bool,
    /// `PORTAL_NAME`: at most 40 characters.
    pub name: String,
    /// `LEPTOS_SITE_ADDR`.
    pub address: SocketAddr,
    /// `LEPTOS_SITE_ROOT`: the folder with stylesheet, script and the files of `public`.
    pub root: PathBuf,
    /// `PUBLIC_URL`: every link in an email starts with it.
    pub public_url: PublicUrl,
    /// `TRUSTED_PROXIES`: only these peers may set forwarded headers.
    pub trusted_proxies: Vec<IpNet>,
    /// `PORTAL_DATA_DIR`: the folder with the database, and in development with emails and the
    /// secret key.
    pub data_dir: PathBuf,
}

/// The URL that users open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Scheme, host and port, without a slash at the end.
    pub origin: String,
    pub host: String,
}

/// The relying party of passkeys (W3C Web Authentication level 3, section 4, "Relying Party Identifier").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host name. Passkeys are bound to it permanently and stop working under another name.
    pub id: String,
    /// The only origin whose pages may use the passkeys.
    pub origin: String,
}

/// Why passkeys are not available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPasskeys {
    #[error("PUBLIC_URL contains an IP address, but passkeys need a host name")]
    Address,
    #[error("PUBLIC_URL starts with http://, but passkeys need https")]
    Unsafe,
}

impl SiteConfig {
    /// Loads the section. `production` is the value of [`is_production`].
    pub fn load(env: &Env, production: bool, mistakes: &mut Mistakes) -> Self {
        let address = mistakes.check(LEPTOS_SITE_ADDR.name, address(env));
        let address = address.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        if env.sources().of(LEPTOS_ENV.name) == Source::Default && !address.ip().to_canonical().is_loopback() {
            mistakes.add(
                LEPTOS_ENV.name,
                format_args!(
                    "is not set, and LEPTOS_SITE_ADDR {address} is not a loopback address; set PROD, or DEV for \
                     development"
                ),
            );
        }
        Self {
            production,
            name: name(env, mistakes),
            address,
            root: env.text(&LEPTOS_SITE_ROOT).into(),
            public_url: public_url(env, production, address, mistakes),
            trusted_proxies: trusted_proxies(env, mistakes),
            data_dir: env.text(&PORTAL_DATA_DIR).into(),
        }
    }

    /// Returns the first setting that lets others than the users of this machine reach the portal, and what about it
    /// does.
    #[must_use]
    pub fn exposure(&self) -> Option<(&'static str, String)> {
        if !self.address.ip().to_canonical().is_loopback() {
            return Some((LEPTOS_SITE_ADDR.name, format!("{} is not a loopback address", self.address)));
        }
        if self.https() || !is_loopback_host(&self.public_url.host) {
            return Some((PUBLIC_URL.name, format!("{} is not a URL of this machine", self.public_url.origin)));
        }
        let proxies = !self.trusted_proxies.is_empty();
        proxies.then(|| (TRUSTED_PROXIES.name, "is set, so other machines reach the portal through a proxy".to_owned()))
    }

    /// Whether browsers reach the portal over https; cookies are `Secure` then.
    #[must_use]
    pub fn https(&self) -> bool {
        self.public_url.origin.starts_with("https:")
    }

    /// Returns the relying party of passkeys. Browsers do not support passkeys for IP addresses,
    /// and over plain http only for `localhost`. A portal in development with a loopback IP address
    /// as its URL is therefore registered as `localhost`.
    ///
    /// # Errors
    /// Browsers would not allow passkeys at this `PUBLIC_URL`.
    pub fn relying_party(&self) -> Result<RelyingParty, NoPasskeys> {
        let PublicUrl { origin, host } = &self.public_url;
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        match address {
            Some(ip) if !self.production && (ip.is_loopback() || ip.is_unspecified()) => {
                let mut url = Url::parse(origin).map_err(|_| NoPasskeys::Address)?;
                url.set_host(Some(LOCALHOST)).map_err(|_| NoPasskeys::Address)?;
                Ok(RelyingParty { id: LOCALHOST.to_owned(), origin: url.origin().ascii_serialization() })
            }
            Some(_) => Err(NoPasskeys::Address),
            None if self.https() || is_loopback_host(host) => {
                Ok(RelyingParty { id: host.clone(), origin: origin.clone() })
            }
            None => Err(NoPasskeys::Unsafe),
        }
    }
}

/// Parses `LEPTOS_ENV` as leptos does: in any case, short or long.
///
/// # Errors
/// A value that is neither, such as a typo.
pub fn is_production(env: &Env) -> Result<bool, String> {
    let text = env.text(&LEPTOS_ENV);
    match text.to_ascii_lowercase().as_str() {
        "dev" | "development" => Ok(false),
        "prod" | "production" => Ok(true),
        _ => Err(format!("{}: {ENVIRONMENT}, not {text:?}", LEPTOS_ENV.name)),
    }
}

/// Whether a host of a URL always means this machine. Browsers resolve `localhost` and names below it themselves.
pub(super) fn is_loopback_host(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
    host == LOCALHOST
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

fn name(env: &Env, mistakes: &mut Mistakes) -> String {
    let name = env.text(&PORTAL_NAME).trim();
    if name.is_empty() || name.chars().count() > 40 || name.chars().any(char::is_control) {
        mistakes.add(PORTAL_NAME.name, "must be 1 to 40 characters on one line");
    }
    name.to_owned()
}

/// Loads `LEPTOS_SITE_ADDR`: `127.0.0.1:3000`, `[::1]:3000`, `localhost:3000`, another host name with a port, or `:3000`
/// for all IPv4 addresses of the machine.
///
/// # Errors
/// The value has no port or an invalid one, names a socket file, or its host has no IP address.
pub fn address(env: &Env) -> Result<SocketAddr, String> {
    let text = env.text(&LEPTOS_SITE_ADDR).trim();
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    if text.starts_with("unix:") || text.contains('/') {
        return Err(format!(
            "must be an IP address and a port, such as 127.0.0.1:3000, not {text:?}; Unix sockets and URLs are not supported"
        ));
    }
    let parsed = text.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?)));
    match parsed {
        Some(("" | "*", port)) => Ok(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))),
        // Not resolved, because it could be the IPv6 address, which fewer clients and proxies try.
        Some((LOCALHOST, port)) => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        Some((host, port)) if !host.contains(':') => resolve(host, port),
        _ => Err(format!("must be an IP address and a port, such as 127.0.0.1:3000, not {text:?}")),
    }
}

fn resolve(host: &str, port: u16) -> Result<SocketAddr, String> {
    let found = (host, port).to_socket_addrs().map_err(|error| format!("{host}: {error}"))?.next();
    found.ok_or_else(|| format!("{host} has no IP address"))
}

fn public_url(env: &Env, production: bool, address: SocketAddr, mistakes: &mut Mistakes) -> PublicUrl {
    let local = local_url(address);
    match env.get(PUBLIC_URL.name) {
        Some(text) => {
            let Some(url) = mistakes.check(PUBLIC_URL.name, parse_public_url(text)) else {
                return local;
            };
            if production && !url.origin.starts_with("https:") && !is_loopback_host(&url.host) {
                mistakes.add(
                    PUBLIC_URL.name,
                    "must start with https:// in production, because http:// sends passwords and cookies unencrypted",
                );
            }
            url
        }
        None if production => {
            mistakes
                .add(PUBLIC_URL.name, "is missing; set the URL that users open, such as https://portal.example.com");
            local
        }
        None => local,
    }
}

/// Returns the URL under which a browser on this machine reaches the portal. An address that stands for all addresses of
/// the machine is not one that a browser can open everywhere.
fn local_url(address: SocketAddr) -> PublicUrl {
    let host = if address.ip().is_unspecified() { LOCALHOST.to_owned() } else { address.ip().to_string() };
    let at = if address.ip().is_unspecified() { format!("{host}:{}", address.port()) } else { address.to_string() };
    // Without the port if it is the default one, as in the `Origin` of a browser.
    let origin = Url::parse(&format!("http://{at}")).map(|url| url.origin().ascii_serialization());
    PublicUrl { origin: origin.unwrap_or_else(|_| format!("http://{at}")), host }
}

/// Why a text is not a `PUBLIC_URL`. The text is not quoted, because it may contain a password.
#[derive(Clone, Copy, Debug, thiserror::Error)]
enum PublicUrlError {
    #[error("must be a URL like https://portal.example.com: http or https, a host and an optional port")]
    Malformed,
    #[error(
        "has a path, but the portal cannot share a host name with another application; give it a host name of its own, \
         such as https://portal.example.com"
    )]
    Path,
}

fn parse_public_url(text: &str) -> Result<PublicUrl, PublicUrlError> {
    let url = Url::parse(text).map_err(|_| PublicUrlError::Malformed)?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let web = matches!(url.scheme(), "http" | "https") && plain && url.password().is_none();
    // URLs allow characters such as quotation marks that no host name contains.
    let of_a_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    let host = url.host_str().filter(|host| web && host.bytes().all(of_a_host)).ok_or(PublicUrlError::Malformed)?;
    if url.path() != "/" {
        return Err(PublicUrlError::Path);
    }
    Ok(PublicUrl { origin: url.origin().ascii_serialization(), host: host.to_owned() })
}

fn trusted_proxies(env: &Env, mistakes: &mut Mistakes) -> Vec<IpNet> {
    let networks = env.list(&TRUSTED_PROXIES, "IP addresses or networks", network, mistakes);
    for everyone in networks.iter().filter(|network| network.prefix_len() == 0) {
        mistakes.add(
            TRUSTED_PROXIES.name,
            format_args!(
                "{everyone} contains every client, so each could choose its own IP address; list your proxies"
            ),
        );
    }
    networks
}

/// Parses `192.0.2.0/24` or a single IP address. The standard library rejects ambiguous forms such
/// as `010.0.0.0`, where parsers disagree on whether `010` is octal.
fn network(item: &str) -> Option<IpNet> {
    let Some((address, bits)) = item.split_once('/') else { return item.parse::<IpAddr>().ok().map(IpNet::from) };
    IpNet::new(address.parse().ok()?, bits.parse().ok()?).ok()
}
