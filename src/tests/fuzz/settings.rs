//! The administrator's settings: an error there is one line at startup, never a
//! portal that silently does something else.

use std::net::IpAddr;

use portal::config::Config;
use portal::config::env::Env;
use portal::domain::{Email, EmailDomain};
use portal::mail::transport::SmtpServer;
use portal::rng::Rng;
use portal::services::email_domain_policy;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use url::Url;

use super::runner::{Cost, Verdict, hold};
use super::texts::{odd, spoilt};

const CANARY: &str = "hunter2";
const KEY: (&str, &str) = ("SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

/// Otherwise it is derived from `PUBLIC_URL`, and one error becomes two.
const FROM: (&str, &str) = ("MAIL_FROM", "portal@x.example");

/// Otherwise a portal in development is restricted to its own machine.
const SMTP: (&str, &str) = ("SMTP_URL", "smtps://smtp.example.com");

fn load(name: &str, value: &str) -> Result<Config, Vec<String>> {
    Config::from_env(&Env::of(&[KEY, FROM, SMTP, (name, value)]), &Rng::from_seed(1)).map_err(|errors| errors.0)
}

/// Each error is a line of its own that begins with the variable's name.
fn is_clear(name: &str, mistakes: &[String]) -> bool {
    mistakes.iter().all(|line| line.starts_with(&format!("{name}: ")) && !line.contains(['\n', '\r', '\u{1b}', '\0']))
}

#[test]
fn a_mail_server_is_reached_as_its_url_says_and_its_password_is_never_printed() {
    let scheme = prop_oneof![4 => select(&["smtp", "smtps"][..]), 1 => select(&["SMTPS", "http", "smpt", ""][..])];
    let user = select(
        &[
            "",
            "",
            "me:hunter2@",
            "me%40x.example:hunter2%2Fp@",
            "me:hunter2@p@",
            "me:hunter2/p@",
            "me@",
            ":hunter2@",
            "me:hunter2#@",
        ][..],
    );
    let host = prop_oneof![
        4 => select(&["mail.example.com", "127.0.0.1", "[::1]", "localhost", "LOCALHOST", "bücher.example", "mail_1", "127.1"][..]).prop_map(str::to_owned),
        1 => spoilt(Just("mail.example.com".to_owned())),
    ];
    let port = select(&["", "", ":25", ":465", ":0", ":65536", ":x"][..]);
    let end = select(
        &["", "", "/", "?tls=required", "?tls=none", "?tls=none", "?tls=opportunistic", "/x", "#x", "?tls=none&x=1"][..],
    );
    hold(Cost::Call, (scheme, user, host, port, end), |(scheme, user, host, port, end)| {
        let text = format!("{scheme}://{user}{host}{port}{end}");
        let server = match SmtpServer::parse(&text.as_str().into()) {
            Ok(server) => server,
            Err(error) => {
                let printed = format!("{error} {error:?}");
                prop_assert!(!printed.contains(CANARY));
                let mistakes = load("SMTP_URL", &text).err().unwrap_or_default();
                prop_assert!(mistakes.len() == 1 && is_clear("SMTP_URL", &mistakes), "{:?}", mistakes);
                return Ok(Verdict::Refused);
            }
        };
        let printed = format!("{server:?}");
        prop_assert!(!printed.contains(CANARY));
        let security = match (scheme.to_ascii_lowercase().as_str(), end) {
            ("smtps", "" | "/" | "?tls=required") => "Implicit",
            ("smtp", "" | "/" | "?tls=required") => "StartTls",
            ("smtp", "?tls=none") => "None",
            other => return Err(TestCaseError::fail(format!("accepted: {other:?}"))),
        };
        let (reached, said) =
            printed.strip_prefix("SmtpServer(").and_then(|rest| rest.split_once(", ")).expect("a server");
        prop_assert_eq!(said, format!("{security})"), "never less secure than requested");
        let (name, _port) = reached.rsplit_once(':').expect("a port");
        let resolvable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        prop_assert!(name.parse::<IpAddr>().is_ok() || name.chars().all(resolvable), "no server answers at {}", name);
        let here = name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        prop_assert!(user.is_empty() || security != "None" || here, "a password in the clear to {}", name);
        Ok(Verdict::Accepted)
    });
}

#[test]
fn a_public_url_is_an_origin_and_nothing_more() {
    let start = select(&["https://", "http://", "HTTPS://", "ftp://", "//", ""][..]);
    let host = prop_oneof![
        4 => select(&["portal.example", "PORTAL.example", "127.0.0.1", "[::1]", "bücher.example", "u:hunter2@portal.example"][..]).prop_map(str::to_owned),
        2 => spoilt(Just("portal.example".to_owned())),
    ];
    let end = select(&["", "", "/", ":3000", ":443", "/app", "?x", "#x", "//"][..]);
    hold(Cost::Call, (start, host, end), |(start, host, end)| {
        let text = format!("{start}{host}{end}");
        let config = match load("PUBLIC_URL", &text) {
            Ok(config) => config,
            Err(mistakes) => {
                prop_assert!(is_clear("PUBLIC_URL", &mistakes), "{:?}", mistakes);
                prop_assert!(!mistakes.concat().contains(CANARY), "{:?}", mistakes);
                return Ok(Verdict::Refused);
            }
        };
        let origin = &config.site.public_url.origin;
        // Without a value, the listening address is used.
        let url = Url::parse(if text.is_empty() { "http://127.0.0.1:3000" } else { &text }).expect("accepted");
        prop_assert_eq!(origin, &url.origin().ascii_serialization());
        let after = text.split_once("//").map_or("", |(_, after)| after);
        prop_assert!(!after.trim_end_matches('/').contains(['/', '?', '#']), "more than an origin was accepted");
        prop_assert!(origin.is_ascii() && !origin.ends_with('/') && !text.contains(CANARY));
        prop_assert_eq!(config.site.https(), url.scheme() == "https");
        let link = Url::parse(&format!("{origin}/login")).expect("a link in an email");
        prop_assert_eq!((link.path(), link.host_str()), ("/login", url.host_str()));
        Ok(Verdict::Accepted)
    });
}

#[test]
fn if_one_trusted_proxy_is_not_a_network_the_portal_does_not_start() {
    let item = prop_oneof![
        5 => select(&["10.0.0.0/8", "192.0.2.1", "::1", "2001:db8::/32", " 10.0.0.1 ", ""][..]).prop_map(str::to_owned),
        1 => spoilt(Just("10.0.0.0/8".to_owned())),
        1 => select(&["10.0.0.0/33", "proxy", "10.0.0", "010.0.0.0/8", "0.0.0.0/0.0.0.0", "::/129", "*"][..]).prop_map(str::to_owned),
    ];
    hold(Cost::Call, vec(item, 0..4), |items| {
        let list = items.join(",");
        let said: Vec<&str> = list.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
        match load("TRUSTED_PROXIES", &list) {
            Ok(config) => {
                prop_assert_eq!(config.site.trusted_proxies.len(), said.len(), "every value was parsed");
                for (net, said) in config.site.trusted_proxies.iter().zip(said) {
                    let (ip, bits) =
                        said.split_once('/').unwrap_or((said, if said.contains(':') { "128" } else { "32" }));
                    prop_assert_eq!(net.addr(), ip.parse::<IpAddr>().expect("an IP address"));
                    prop_assert_eq!(u16::from(net.prefix_len()), bits.parse::<u16>().expect("a number"));
                }
                Ok(Verdict::Accepted)
            }
            Err(mistakes) => {
                prop_assert!(is_clear("TRUSTED_PROXIES", &mistakes), "{:?}", mistakes);
                Ok(Verdict::Refused)
            }
        }
    });
}

#[test]
fn if_one_domain_of_a_rule_is_invalid_the_portal_does_not_start() {
    let item = prop_oneof![
        5 => select(&["example.com", "Bücher.example", "xn--bcher-kva.example", "edu", " a.b.example ", ""][..]).prop_map(str::to_owned),
        1 => spoilt(Just("example.com".to_owned())),
        1 => odd(),
        1 => select(&["*.example.com", "@x.example", "x.example.", ".com", "127.0.0.1", "a b.example", "ex_ample.com", "//x"][..]).prop_map(str::to_owned),
    ];
    hold(Cost::Call, vec(item, 0..4), |items| {
        let list = items.join(",");
        let said = list.split(',').filter(|item| !item.trim().is_empty()).count();
        match load("PORTAL_EMAIL_DOMAINS_DENIED", &list) {
            Ok(config) => {
                let rules = &config.registration.emails;
                prop_assert_eq!(rules.denied.len(), said, "every value was parsed");
                for domain in rules.denied.iter().map(EmailDomain::as_str) {
                    prop_assert!(domain.is_ascii() && domain == domain.to_ascii_lowercase());
                    let below = Email::parse(&format!("ann@mail.{domain}"));
                    prop_assert!(
                        below.is_ok_and(|email| email_domain_policy::check(rules, &email).is_err()),
                        "{} is of no use",
                        domain
                    );
                    let beside = Email::parse(&format!("ann@{domain}.beside.invalid"));
                    prop_assert!(
                        beside.is_ok_and(|email| email_domain_policy::check(rules, &email).is_ok()),
                        "{} covers too much",
                        domain
                    );
                }
                Ok(Verdict::Accepted)
            }
            Err(mistakes) => {
                prop_assert!(is_clear("PORTAL_EMAIL_DOMAINS_DENIED", &mistakes), "{:?}", mistakes);
                Ok(Verdict::Refused)
            }
        }
    });
}

#[test]
fn a_limit_is_an_integer_within_its_bounds() {
    let limits =
        select(&[("PORTAL_OTP_LIFETIME", 1, 600), ("PORTAL_OTP_TRIES", 1, 10), ("PORTAL_EMAIL_CHANGES", 0, 10)][..]);
    let values = prop_oneof![
        4 => (-2_i64..700).prop_map(|n| n.to_string()),
        2 => spoilt("[0-9]{1,3}"),
        1 => odd(),
        1 => select(&["1e2", "0x10", "5.0", "5s", "4294967297", "18446744073709551617", "٣"][..]).prop_map(str::to_owned),
    ];
    hold(Cost::Call, (limits, values), |((name, low, high), value)| {
        let digits = value.strip_prefix('+').unwrap_or(&value);
        let whole = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let number = digits.parse::<u128>().ok().filter(|_| whole);
        let fine = value.is_empty() || number.is_some_and(|number| (low..=high).contains(&number));
        let loaded = load(name, &value);
        prop_assert_eq!(loaded.is_ok(), fine);
        if let Err(mistakes) = loaded {
            prop_assert!(mistakes.len() == 1 && is_clear(name, &mistakes), "{:?}", mistakes);
            return Ok(Verdict::Refused);
        }
        Ok(Verdict::Accepted)
    });
}
