//! Parses `SMTP_URL`: the mail server, its credentials and its encryption.

use std::fmt;
use std::net::IpAddr;

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use rustls::pki_types::CertificateDer;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

/// How a connection is encrypted. There is no opportunistic mode, because an attacker on the
/// network could hide the server's support for TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314, section 3.3).
    Implicit,
    /// STARTTLS is required (RFC 3207).
    StartTls,
    /// No encryption, only with `tls=none`; for a relay on the same machine.
    None,
}

/// An SMTP server.
#[derive(Clone)]
pub struct SmtpServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    pub(super) credentials: Option<Credentials>,
    pub(super) roots: Vec<CertificateDer<'static>>,
}

/// Why a text is not a valid `SMTP_URL`. Never quotes the text, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    #[error(
        "is not a URL like smtps://user:password@smtp.example.com:465 (write characters such as # / ? % in the \
         password as %23 %2F %3F %25)"
    )]
    Malformed,
    #[error("must start with smtps:// or smtp://")]
    Scheme,
    #[error("has no host")]
    Host,
    #[error("must not have a path or a fragment (write / as %2F and # as %23 in the password)")]
    Surplus,
    #[error("may only end in ?tls=required or ?tls=none (write ? as %3F in the password)")]
    Tls,
    #[error("has a user without a password, or a password without a user")]
    Credentials,
    #[error("has tls=none and a password for a remote host, so the password would be sent unencrypted")]
    Exposed,
}

impl SmtpServer {
    /// Parses `smtps://…` (implicit TLS, port 465 by default), `smtp://…` (STARTTLS required, port
    /// 587) or `smtp://…?tls=none` (no encryption, port 25).
    ///
    /// # Errors
    /// The first problem found.
    pub fn parse(url: &SecretString) -> Result<Self, SmtpUrlError> {
        let url = Url::parse(url.expose_secret().trim()).map_err(|_| SmtpUrlError::Malformed)?;
        let (security, default_port) = match (url.scheme(), url.query()) {
            ("smtps", None | Some("tls=required")) => (Security::Implicit, 465),
            ("smtp", None | Some("tls=required")) => (Security::StartTls, 587),
            ("smtp", Some("tls=none")) => (Security::None, 25),
            ("smtp" | "smtps", _) => return Err(SmtpUrlError::Tls),
            _ => return Err(SmtpUrlError::Scheme),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpUrlError::Surplus);
        }
        // For schemes other than the web's, the URL parser keeps the host as typed. Parsing it as a web
        // host converts it to ASCII (IDNA), but still allows some characters that no host name contains.
        let of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let host = match Host::parse(url.host_str().unwrap_or_default()).map_err(|_| SmtpUrlError::Host)? {
            Host::Domain(name) if !name.bytes().all(of_a_name) => return Err(SmtpUrlError::Host),
            Host::Domain(name) => name,
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some(Credentials::new(decode(user)?, decode(password)?)),
            _ => return Err(SmtpUrlError::Credentials),
        };
        if security == Security::None && credentials.is_some() && !is_loopback(&host) {
            return Err(SmtpUrlError::Exposed);
        }
        let port = url.port().unwrap_or(default_port);
        Ok(Self { host, port, security, credentials, roots: Vec::new() })
    }

    /// Trusts this certificate authority in addition to the system's.
    #[must_use]
    pub fn trusting(mut self, authority: CertificateDer<'static>) -> Self {
        self.roots.push(authority);
        self
    }
}

/// For operators: the host, the port and the encryption, without the credentials.
impl fmt::Display for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let security = match self.security {
            Security::Implicit => "TLS",
            Security::StartTls => "STARTTLS",
            Security::None => "not encrypted",
        };
        let user = if self.credentials.is_some() { "with a password" } else { "without a password" };
        write!(f, "{}:{}, {security}, {user}", self.host, self.port)
    }
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpServer({}:{}, {:?})", self.host, self.port, self.security)
    }
}

fn decode(text: &str) -> Result<String, SmtpUrlError> {
    Ok(percent_decode_str(text).decode_utf8().map_err(|_| SmtpUrlError::Malformed)?.into_owned())
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Security, SmtpServer, SmtpUrlError};
    use lettre::transport::smtp::authentication::Credentials;

    fn parse(url: &str) -> Result<SmtpServer, SmtpUrlError> {
        SmtpServer::parse(&url.into())
    }

    #[test]
    fn tls_is_required_unless_the_url_says_none() {
        for (url, security, port) in [
            ("smtps://mail.example.com", Security::Implicit, 465),
            ("smtps://mail.example.com:2465", Security::Implicit, 2465),
            ("smtp://mail.example.com", Security::StartTls, 587),
            ("smtp://mail.example.com:25", Security::StartTls, 25),
            ("smtp://mail.example.com:587/?tls=required", Security::StartTls, 587),
            ("smtp://mail.example.com?tls=none", Security::None, 25),
        ] {
            let server = parse(url).expect(url);
            assert_eq!(
                (server.security, server.port, server.host.as_str()),
                (security, port, "mail.example.com"),
                "{url}"
            );
        }
    }

    #[test]
    fn user_and_password_are_decoded_and_never_printed() {
        let server = parse("smtps://me@gmail.com:p%40ss%23+w%2Frd@smtp.gmail.com:465").expect("valid");
        let expected = Credentials::new("me@gmail.com".to_owned(), "p@ss#+w/rd".to_owned());
        assert_eq!(server.credentials, Some(expected));
        assert_eq!(format!("{server:?}"), "SmtpServer(smtp.gmail.com:465, Implicit)");
    }

    #[test]
    fn a_host_is_a_resolvable_name() {
        assert_eq!(parse("smtps://bücher.example").expect("valid").host, "xn--bcher-kva.example");
        assert_eq!(parse("smtps://mail_1").expect("valid").host, "mail_1");
        for no_name in ["smtps://mail%20.example", "smtps://\"mail.example", "smtps://mail.example%0a"] {
            assert_eq!(parse(no_name).err(), Some(SmtpUrlError::Host), "{no_name}");
        }
    }

    #[test]
    fn an_ip_address_is_a_host() {
        assert_eq!(parse("smtp://[::1]:1025?tls=none").expect("valid").host, "::1");
        assert_eq!(parse("smtp://127.0.0.1:1025?tls=none").expect("valid").host, "127.0.0.1");
    }

    #[test]
    fn invalid_urls_are_rejected_without_being_quoted() {
        for (url, error) in [
            ("", SmtpUrlError::Malformed),
            ("mail.example.com", SmtpUrlError::Malformed),
            ("smtps://me:hunter2/x@mail.example.com", SmtpUrlError::Malformed),
            ("https://mail.example.com", SmtpUrlError::Scheme),
            ("smtp:mail.example.com", SmtpUrlError::Surplus),
            ("smtps://", SmtpUrlError::Host),
            ("smtps://mail.example.com/name", SmtpUrlError::Surplus),
            ("smtps://me:1#hunter2@mail.example.com", SmtpUrlError::Surplus),
            ("smtp://mail.example.com?tls=opportunistic", SmtpUrlError::Tls),
            ("smtp://mail.example.com?tls=none&x", SmtpUrlError::Tls),
            ("smtps://mail.example.com?tls=none", SmtpUrlError::Tls),
            ("smtps://me@mail.example.com", SmtpUrlError::Credentials),
            ("smtps://:hunter2@mail.example.com", SmtpUrlError::Credentials),
            ("smtp://me:hunter2@mail.example.com?tls=none", SmtpUrlError::Exposed),
        ] {
            let refused = parse(url).expect_err(url);
            assert_eq!(refused, error, "{url}");
            assert!(!refused.to_string().contains("hunter2"));
        }
        assert!(parse("smtp://me:hunter2@127.0.0.1?tls=none").is_ok());
    }
}
