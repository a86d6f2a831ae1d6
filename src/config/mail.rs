//! `SMTP_URL` and `MAIL_FROM`.

use std::net::IpAddr;
use std::path::PathBuf;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::extension::ClientId;

use super::env::{Env, Source};
use super::settings::{MAIL_FROM, PORTAL_DEV_MAILBOX, PORTAL_SMTP_HELO, SMTP_URL};
use super::site::SiteConfig;
use super::{Config, Mistakes};
use crate::mail::transport::{SetupError, SmtpServer, Timeouts};
use crate::mail::{Sender, Transport};

/// Why a portal that others reach does not start in development.
const MAILBOX: &str = "in development without SMTP_URL, /dev/mailbox shows every email with its code. Set \
                       LEPTOS_ENV=PROD, or SMTP_URL, or PORTAL_DEV_MAILBOX=public to let everyone read the mailbox";

/// How email is sent. Lives as long as the process.
#[derive(Clone, Debug)]
pub struct MailConfig {
    pub transport: TransportConfig,
    /// The sender of all emails.
    pub from: Mailbox,
    /// The portal's name in its greeting to the mail server.
    pub helo: ClientId,
}

/// Where emails are sent.
#[derive(Clone, Debug)]
pub enum TransportConfig {
    Smtp(SmtpServer),
    /// Only in development: files in this folder, shown at `/dev/mailbox`.
    File {
        dir: PathBuf,
        readers: MailboxReaders,
    },
}

/// `PORTAL_DEV_MAILBOX`: who may read the development mailbox, with the codes of every user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailboxReaders {
    /// Browsers on this machine.
    Local,
    Everyone,
}

impl MailConfig {
    /// Loads the section. Without `SMTP_URL` a portal in development writes emails to `mail` in the data
    /// directory. Without `MAIL_FROM` emails come from `no-reply@` and the host of `PUBLIC_URL`.
    pub fn load(env: &Env, site: &SiteConfig, mistakes: &mut Mistakes) -> Option<Self> {
        let transport = transport(env, site, mistakes);
        let from = from(env, site, mistakes);
        let helo = helo(env, site, mistakes);
        Some(Self { transport: transport?, from: from?, helo: helo? })
    }
}

impl Transport {
    /// Creates the configured transport, without connecting to a server yet.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn from_config(config: &MailConfig) -> Result<Self, SetupError> {
        match &config.transport {
            TransportConfig::Smtp(server) => Self::smtp(server.clone(), config.helo.clone(), Timeouts::RFC_5321),
            TransportConfig::File { dir, .. } => Ok(Self::file(dir.clone())),
        }
    }
}

impl From<&Config> for Sender {
    fn from(config: &Config) -> Self {
        Self::new(config.mail.from.clone(), &config.site.name, &config.site.public_url.origin)
    }
}

fn transport(env: &Env, site: &SiteConfig, mistakes: &mut Mistakes) -> Option<TransportConfig> {
    match env.secret(&SMTP_URL, mistakes) {
        Some(url) => mistakes.check(SMTP_URL.name, SmtpServer::parse(&url)).map(TransportConfig::Smtp),
        // Only one mistake is reported for a file that cannot be read.
        None if env.sources().of(SMTP_URL.name) != Source::Default => None,
        None if site.production => {
            mistakes.add(
                SMTP_URL.name,
                "is missing; set a mail server, such as smtps://user:password@smtp.example.com:465",
            );
            None
        }
        None => {
            let readers = env.choice(&PORTAL_DEV_MAILBOX, mistakes);
            if readers == MailboxReaders::Local
                && let Some((name, what)) = site.exposure()
            {
                mistakes.add(name, format_args!("{what}; {MAILBOX}"));
            }
            Some(TransportConfig::File { dir: site.data_dir.join("mail"), readers })
        }
    }
}

fn from(env: &Env, site: &SiteConfig, mistakes: &mut Mistakes) -> Option<Mailbox> {
    let host = site.public_url.host.trim_matches(['[', ']']);
    let text = match env.get(MAIL_FROM.name) {
        Some(text) => text.trim().to_owned(),
        None if host.parse::<IpAddr>().is_err() => format!("no-reply@{host}"),
        None if site.production => {
            mistakes.add(
                MAIL_FROM.name,
                "is missing, and PUBLIC_URL has no host name to derive it from; set an email address such as portal@example.com",
            );
            return None;
        }
        None => "no-reply@localhost".to_owned(),
    };
    let problem = "must be an email address such as portal@example.com, or Portal <portal@example.com>; put a name with \
                   special characters in double quotes";
    mistakes.check(MAIL_FROM.name, parse_from(&text).ok_or(problem))
}

/// The host of `PUBLIC_URL`, because the host name of a container means nothing to a mail server.
fn helo(env: &Env, site: &SiteConfig, mistakes: &mut Mistakes) -> Option<ClientId> {
    let name = match env.get(PORTAL_SMTP_HELO.name) {
        Some(name) => name.trim().to_owned(),
        None => site.public_url.host.trim_matches(['[', ']']).to_owned(),
    };
    let helo = match name.parse() {
        Ok(IpAddr::V4(ip)) => Some(ClientId::Ipv4(ip)),
        Ok(IpAddr::V6(ip)) => Some(ClientId::Ipv6(ip)),
        Err(_) => idna::domain_to_ascii_strict(&name).ok().map(ClientId::Domain),
    };
    mistakes
        .check(PORTAL_SMTP_HELO.name, helo.ok_or("must be a host name such as portal.example.com, or an IP address"))
}

/// Converts the domain to ASCII (IDNA), because not every mail server accepts another form.
fn parse_from(text: &str) -> Option<Mailbox> {
    let mailbox: Mailbox = text.parse().ok().or_else(|| with_plain_name(text))?;
    let domain = idna::domain_to_ascii(mailbox.email.domain()).ok()?;
    let address = Address::new(mailbox.email.user(), domain).ok()?;
    address.user().is_ascii().then(|| Mailbox::new(mailbox.name, address))
}

/// Parses `Foo, Inc. <a@x.example>`: a name with characters that an email's header would need in double quotes.
fn with_plain_name(text: &str) -> Option<Mailbox> {
    let (name, address) = text.strip_suffix('>')?.split_once('<')?;
    let is_plain = !name.contains(|char: char| matches!(char, '"' | '>') || char.is_control());
    is_plain.then_some(())?;
    Some(Mailbox::new(Some(name.trim().to_owned()), address.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{MailConfig, Mistakes, SiteConfig, TransportConfig};
    use crate::config::env::Env;

    /// Loads the section, and the mistakes in it, for a portal at `https://portal.example`.
    fn load(pairs: &[(&str, &str)]) -> (Option<MailConfig>, Vec<String>) {
        let public = [("PUBLIC_URL", "https://portal.example"), ("PORTAL_DEV_MAILBOX", "public")];
        let env = Env::of(&[&public, pairs].concat());
        let mut mistakes = Mistakes::default();
        let production = crate::config::site::is_production(&env).expect("an environment");
        let site = SiteConfig::load(&env, production, &mut mistakes);
        let config = MailConfig::load(&env, &site, &mut mistakes);
        (config, mistakes.0)
    }

    fn mistake(pairs: &[(&str, &str)]) -> String {
        let (config, mistakes) = load(pairs);
        assert!(config.is_none(), "{pairs:?}");
        let [mistake] = mistakes.as_slice() else { panic!("{mistakes:?}") };
        mistake.clone()
    }

    #[test]
    fn production_needs_a_mail_server_and_development_writes_files() {
        assert!(mistake(&[("LEPTOS_ENV", "PROD")]).starts_with("SMTP_URL: is missing"));
        let (config, _) = load(&[("PORTAL_DATA_DIR", "/srv/portal")]);
        let dir = config.map(|config| config.transport);
        assert!(
            matches!(dir, Some(TransportConfig::File { dir, .. }) if dir == std::path::Path::new("/srv/portal/mail"))
        );
        let (config, _) = load(&[("LEPTOS_ENV", "PROD"), ("SMTP_URL", "smtps://mail.example.com")]);
        assert!(matches!(config, Some(MailConfig { transport: TransportConfig::Smtp(_), .. })));
    }

    #[test]
    fn a_missing_secret_file_does_not_switch_to_the_file_transport() {
        assert!(mistake(&[("SMTP_URL_FILE", "/nowhere/smtp")]).starts_with("SMTP_URL_FILE: /nowhere/smtp"));
    }

    #[test]
    fn mail_comes_from_the_host_of_the_portal_unless_mail_from_is_set() {
        let from = |pairs: &[(&str, &str)]| load(pairs).0.map(|config| config.from.to_string());
        assert_eq!(from(&[]).as_deref(), Some("no-reply@portal.example"));
        for local in ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"] {
            assert_eq!(from(&[("PUBLIC_URL", local)]).as_deref(), Some("no-reply@localhost"), "{local}");
        }
        assert_eq!(from(&[("MAIL_FROM", "Desk <desk@x.example>")]).as_deref(), Some("Desk <desk@x.example>"));
        assert_eq!(from(&[("MAIL_FROM", "desk@bücher.example")]).as_deref(), Some("desk@xn--bcher-kva.example"));
        for bad in ["desk", "dësk@x.example", "a@x.example, b@x.example", "a@x.example\r\nBcc: b@x.example"] {
            assert!(mistake(&[("MAIL_FROM", bad)]).starts_with("MAIL_FROM: must be"), "{bad:?}");
        }
    }

    #[test]
    fn a_mistake_names_its_variable_and_does_not_quote_a_password() {
        let line = mistake(&[("SMTP_URL", "smtp://me:hunter2@mail.example.com?tls=none")]);
        assert!(line.starts_with("SMTP_URL: ") && !line.contains("hunter2"), "{line}");
    }
}
