//! Settings that would be unsafe: which of them prevent the start, and which cause a warning.

use portal::config::{Config, risks};

use super::{KEY, assert_refused, load, mistakes};
use crate::harness::process::run;

const PRODUCTION: [(&str, &str); 4] = [
    ("LEPTOS_ENV", "PROD"),
    ("SMTP_URL", "smtps://u:p@smtp.example.com:465"),
    ("SECRET_KEY", KEY),
    ("PUBLIC_URL", "https://portal.example.com"),
];
const PROXIED: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.1");

fn production(settings: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    load(&[&PRODUCTION[..], settings].concat())
}

#[test]
fn leptos_env_is_development_or_production_and_a_typo_stops_the_start() {
    for word in ["DEV", "dev", "Development", ""] {
        assert!(!load(&[("LEPTOS_ENV", word)]).expect(word).site.production, "{word}");
    }
    for word in ["PROD", "prod", "Production"] {
        let settings = [&PRODUCTION[1..], &[("LEPTOS_ENV", word)]].concat();
        assert!(load(&settings).expect(word).site.production, "{word}");
    }
    for word in ["PRD", "prod ", " PROD", "live", "staging", "production1"] {
        // Nothing else is reported, because the value decides what else is wrong.
        let lines = mistakes(&[("LEPTOS_ENV", word), ("PORTAL_OTP_TRIES", "0")]);
        assert_eq!(lines, [format!("LEPTOS_ENV: must be DEV or PROD, not {word:?}")]);
    }
    let folder = tempfile::tempdir().expect("a folder");
    for command in ["serve", "check-config", "migrate"] {
        let output = run(folder.path(), &[command], &[("LEPTOS_ENV", "prodution")]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success());
        assert_eq!(said, "portal: LEPTOS_ENV: must be DEV or PROD, not \"prodution\"\n");
    }
    assert!(!folder.path().join("data").exists(), "no key was created");
}

#[test]
fn without_leptos_env_the_portal_listens_only_on_loopback() {
    let smtp = PRODUCTION[1];
    for address in ["127.0.0.1:80", "127.0.0.2:3000", "[::1]:3000", "[::ffff:127.0.0.1]:3000"] {
        assert!(load(&[smtp, ("LEPTOS_SITE_ADDR", address)]).is_ok(), "{address}");
    }
    for address in ["0.0.0.0:3000", "[::]:3000", "192.168.1.5:3000"] {
        assert_refused(load(&[smtp, ("LEPTOS_SITE_ADDR", address)]), "LEPTOS_ENV", address);
        assert!(load(&[smtp, ("LEPTOS_SITE_ADDR", address), ("LEPTOS_ENV", "DEV")]).is_ok(), "{address}");
    }
}

#[test]
fn a_portal_on_all_addresses_without_a_public_url_links_to_this_machine_and_warns() {
    let smtp = PRODUCTION[1];
    for (address, url) in [
        ("0.0.0.0:3000", "http://localhost:3000"),
        ("[::]:3000", "http://localhost:3000"),
        (":3000", "http://localhost:3000"),
        ("0.0.0.0:80", "http://localhost"),
    ] {
        let config = load(&[smtp, ("LEPTOS_ENV", "DEV"), ("LEPTOS_SITE_ADDR", address)]).expect(address);
        assert_eq!(config.site.public_url.origin, url, "{address}");
        let risk = risks::of(&config).concat();
        assert!(risk.starts_with("PUBLIC_URL: is not set") && risk.contains(url), "{address}: {risk}");
    }
    for (address, url) in [
        ("127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("[::1]:3000", "http://[::1]:3000"),
        ("127.0.0.1:80", "http://127.0.0.1"),
    ] {
        let config = load(&[smtp, ("LEPTOS_SITE_ADDR", address)]).expect(address);
        assert_eq!(config.site.public_url.origin, url, "{address}");
        assert!(risks::of(&config).is_empty(), "{address}");
    }
}

#[test]
fn a_development_portal_that_others_reach_does_not_start_with_its_mailbox() {
    let development = ("LEPTOS_ENV", "DEV");
    for exposed in [
        ("LEPTOS_SITE_ADDR", "0.0.0.0:3000"),
        ("LEPTOS_SITE_ADDR", "[::]:3000"),
        ("LEPTOS_SITE_ADDR", "10.0.0.7:3000"),
        ("PUBLIC_URL", "https://portal.example.com"),
        ("PUBLIC_URL", "https://localhost:3000"),
        ("PUBLIC_URL", "http://portal.example.com"),
        ("PUBLIC_URL", "http://127.0.0.1.example.com"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ] {
        let what = format!("{exposed:?}");
        // The URL would otherwise be derived from the address.
        let local = ("PUBLIC_URL", "http://localhost:3000");
        assert_refused(load(&[development, local, exposed]), exposed.0, &what);
        assert_refused(load(&[development, local, exposed, ("PORTAL_DEV_MAILBOX", "local")]), exposed.0, &what);
        let public = load(&[development, local, exposed, ("PORTAL_DEV_MAILBOX", "public")]).expect(&what);
        let risk = risks::of(&public).concat();
        assert!(risk.starts_with("PORTAL_DEV_MAILBOX: ") && risk.contains("everyone who can reach"), "{risk}");
        let smtp = load(&[development, local, exposed, PRODUCTION[1]]).expect(&what);
        assert!(risks::of(&smtp).is_empty(), "no email is shown");
    }
    for url in ["http://localhost:3000", "http://portal.localhost", "http://127.0.0.1:3000", "http://[::1]:3000"] {
        assert!(load(&[("PUBLIC_URL", url)]).is_ok(), "{url}");
    }
    assert_refused(load(&[("PORTAL_DEV_MAILBOX", "yes")]), "PORTAL_DEV_MAILBOX", "an unknown word");
}

#[test]
fn production_refuses_settings_that_expose_passwords_or_keys() {
    let remote = "postgres://portal:hunter2@db.example.com/portal";
    for (name, value) in [
        ("PUBLIC_URL", "http://portal.example.com"),
        ("PUBLIC_URL", "http://192.168.1.5"),
        ("DATABASE_URL", remote),
        ("DATABASE_URL", &format!("{remote}?sslmode=require")),
        ("DATABASE_URL", &format!("{remote}?sslmode=verify-ca")),
        ("DATABASE_URL", &format!("{remote}?sslmode=hunter2")),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
        ("TRUSTED_PROXIES", "127.0.0.1, ::/0"),
        ("SECRET_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        // "secret" and "12" in turn.
        ("SECRET_KEY", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI="),
    ] {
        let loaded = production(&[(name, value), ("MAIL_FROM", "a@x.example")]);
        assert!(!format!("{loaded:?}").contains("hunter2"), "{name}={value}");
        assert_refused(loaded, name, &format!("{name}={value}"));
    }
    for (name, value) in [
        ("PUBLIC_URL", "http://localhost:3000"),
        ("PUBLIC_URL", "http://127.0.0.1:3000"),
        ("DATABASE_URL", &format!("{remote}?sslmode=verify-full")),
        ("DATABASE_URL", "postgres://portal@localhost/portal"),
        ("DATABASE_URL", "postgres:///portal?host=/run/postgresql"),
        ("TRUSTED_PROXIES", "10.0.0.0/8"),
        // A weak key can still be replaced.
        ("SECRET_KEY_PREVIOUS", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    ] {
        let loaded = production(&[(name, value), ("MAIL_FROM", "a@x.example")]);
        assert!(loaded.is_ok(), "{name}={value}: {loaded:?}");
    }
    assert!(load(&[("DATABASE_URL", remote)]).is_ok(), "in development");
}

#[test]
fn production_verifies_captchas_over_https() {
    let captcha = [
        ("PORTAL_CAPTCHA", "turnstile"),
        ("PORTAL_CAPTCHA_SITE_KEY", "site-key"),
        ("PORTAL_CAPTCHA_SECRET", "hunter2"),
    ];
    let at = |url| [&captcha[..], &[("PORTAL_CAPTCHA_VERIFY_URL", url)]].concat();
    for url in ["http://verify.example/siteverify", "http://192.168.1.5", "ftp://verify.example", "verify"] {
        assert_refused(production(&at(url)), "PORTAL_CAPTCHA_VERIFY_URL", url);
    }
    for url in ["https://verify.example/siteverify", "http://127.0.0.1:8080/siteverify"] {
        assert!(production(&at(url)).is_ok(), "{url}");
    }
    assert!(load(&at("http://verify.example/siteverify")).is_ok(), "in development");
}

#[test]
fn a_portal_in_production_behind_an_unknown_proxy_gets_a_warning() {
    for address in ["127.0.0.1:3000", "[::1]:3000", "192.168.1.5:80", "[fd00::1]:80", "0.0.0.0:3000", "[::]:3000"] {
        let risk = risks::of(&production(&[("LEPTOS_SITE_ADDR", address)]).expect(address)).concat();
        assert!(risk.starts_with("TRUSTED_PROXIES: is not set") && risk.contains(address), "{address}: {risk}");
        let trusted = production(&[("LEPTOS_SITE_ADDR", address), PROXIED]).expect(address);
        assert!(risks::of(&trusted).is_empty(), "{address}");
    }
    let direct = production(&[("LEPTOS_SITE_ADDR", "198.51.100.7:80")]).expect("a public address");
    assert!(risks::of(&direct).is_empty());
}

#[test]
fn check_config_prints_each_risk() {
    let folder = tempfile::tempdir().expect("a folder");
    let risks_of = |settings: &[(&str, &str)]| {
        let output = run(folder.path(), &["check-config"], settings);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let warnings = said.lines().filter(|line| line.starts_with("Warning: "));
        // There is no site in the folder of the test.
        warnings.filter(|line| !line.contains("LEPTOS_SITE_ROOT")).map(str::to_owned).collect::<Vec<_>>()
    };
    let development = risks_of(&[]);
    assert!(development.len() == 1 && development[0].contains("/dev/mailbox"), "{development:?}");
    let production = risks_of(&PRODUCTION);
    assert!(production.len() == 1 && production[0].contains("TRUSTED_PROXIES"), "{production:?}");
    assert!(risks_of(&[&PRODUCTION[..], &[PROXIED]].concat()).is_empty());
}
