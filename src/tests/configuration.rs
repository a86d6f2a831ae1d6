//! Which settings the environment may contain, and which errors prevent the start.

use std::collections::BTreeSet;

use portal::config::env::{Env, RENAMED, Source};
use portal::config::mail::TransportConfig;
use portal::config::reference::{self, Entry};
use portal::config::{Config, report};
use portal::limits::Limits;
use portal::rng::Rng;

use super::harness::process::run;

mod dot_env;
mod guessing;
mod listen_address;
mod safe_defaults;
mod service_variables;
mod site_root;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn load(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut all = vec![("PORTAL_DATA_DIR", folder.path().to_str().expect("UTF-8"))];
    all.extend_from_slice(pairs);
    Config::from_env(&Env::of(&all), &Rng::from_seed(1)).map_err(|errors| errors.0)
}

fn mistakes(pairs: &[(&str, &str)]) -> Vec<String> {
    load(pairs).expect_err("the settings are wrong")
}

/// Asserts that exactly one line, about this setting, prevents the start.
fn assert_refused(loaded: Result<Config, Vec<String>>, name: &str, what: &str) {
    let lines = loaded.expect_err(what);
    assert!(lines.len() == 1 && lines[0].starts_with(&format!("{name}: ")), "{what}: {lines:?}");
}

#[test]
fn without_settings_the_portal_runs_in_development_mode() {
    let config = load(&[]).expect("defaults");
    assert!(!config.site.production);
    assert_eq!(config.site.address.to_string(), "127.0.0.1:3000");
    assert_eq!(config.site.public_url.origin, "http://127.0.0.1:3000");
    assert!(matches!(config.mail.transport, TransportConfig::File { .. }));
    assert!(config.database.sqlite_file().is_some_and(|file| file.ends_with("/portal.db")));
}

#[test]
fn production_reports_each_missing_setting() {
    let lines = mistakes(&[("LEPTOS_ENV", "PROD")]);
    for name in ["SMTP_URL", "SECRET_KEY", "PUBLIC_URL"] {
        assert!(lines.iter().any(|line| line.starts_with(name) && line.contains("missing")), "{name}: {lines:?}");
    }
    let complete = [
        ("LEPTOS_ENV", "PROD"),
        ("SMTP_URL", "smtps://u:p@smtp.example.com:465"),
        ("SECRET_KEY", KEY),
        ("PUBLIC_URL", "https://portal.example.com"),
    ];
    let config = load(&complete).expect("complete");
    assert!(config.site.production && config.site.https());
    for missing in 1..complete.len() {
        let mut partial = complete.to_vec();
        let (name, _) = partial.remove(missing);
        let lines = mistakes(&partial);
        assert!(lines[0].starts_with(name), "{lines:?}");
        // Without a public URL, the default sender cannot be derived either.
        assert!(lines[1..].iter().all(|line| name == "PUBLIC_URL" && line.starts_with("MAIL_FROM")), "{lines:?}");
    }
}

#[test]
fn an_unknown_portal_name_stops_the_start_with_a_line_that_names_it() {
    let lines = mistakes(&[("PORTAL_OPT_LIFETIME", "300")]);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("PORTAL_OPT_LIFETIME: "));
}

#[test]
fn a_malformed_value_stops_the_start_with_a_line_that_names_it() {
    for (name, value) in [
        ("PORTAL_OTP_LIFETIME", "5 minutes"),
        ("PORTAL_OTP_LIFETIME", "601"),
        ("PORTAL_OTP_LIFETIME", "-1"),
        ("PORTAL_OTP_TRIES", "0"),
        ("PORTAL_OTP_TRIES", "11"),
        ("PORTAL_LOGIN_DELAY", "1.5"),
        ("PORTAL_NAME", "two\nlines"),
        ("PORTAL_LOG", "portal=loud"),
        ("PORTAL_LOG_FORMAT", "xml"),
        ("PORTAL_SESSION_IDLE", "86400"),
        ("PORTAL_FORM_MIN_FILL", "31"),
        ("PORTAL_CODES_PER_IP", "0"),
        ("PORTAL_CAPTCHA", "recaptcha"),
        ("PORTAL_CAPTCHA_SECRET", "without a provider"),
        ("PORTAL_REQUIRE_MFA", "some"),
        ("PORTAL_REGISTRATION", "Open"),
        ("PORTAL_REGISTRATION", "nobody"),
        ("PORTAL_INVITATION_LIFETIME", "3599"),
        ("PORTAL_EMAIL_DOMAINS_ALLOWED", "example.com, @example.org"),
        ("PORTAL_EMAIL_DOMAINS_DENIED", "*.example.com"),
        ("PORTAL_EMAIL_DOMAINS_DENIED", "example.com."),
        ("PORTAL_EMAIL_DOMAINS_DENIED", "two\nlines.example"),
        ("PORTAL_REFUSE_DISPOSABLE", "yes"),
        ("PORTAL_RESERVED_USERNAMES", "default, the board"),
        ("PORTAL_RESERVED_USERNAMES", "it"),
        ("PORTAL_PASSWORD_MIN", "7"),
        ("PORTAL_PASSWORD_MIN", "65"),
        ("PORTAL_PASSWORD_WORDS", "Kuckuckswalzer, AG"),
        ("PORTAL_PASSWORD_WORDS", "two\nlines"),
        ("PORTAL_PASSWORD_FILE", "/nowhere/passwords"),
        ("PORTAL_PASSWORD_FILE", "Cargo.toml"),
        ("PORTAL_POSTS_BURST", "0"),
        ("PORTAL_CONNECTIONS_MAX", "many"),
        ("PORTAL_CONNECTIONS_PER_IP", "2049"),
        ("PORTAL_HEADER_TIMEOUT", "0"),
        ("LEPTOS_SITE_ADDR", "localhost"),
        ("PUBLIC_URL", "portal.example.com"),
        ("PUBLIC_URL", "https://portal.example.com/app"),
        ("PUBLIC_URL", "https://portal.example.com?x"),
        ("PUBLIC_URL", "ftp://portal.example.com"),
        ("PUBLIC_URL", "https://\"portal.example.com"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("TRUSTED_PROXIES", "010.0.0.0/8"),
        ("DATABASE_URL", "mysql://localhost/portal"),
        ("DATABASE_URL", "sqlite::memory:"),
        ("DATABASE_URL", "sqlite://:memory:"),
        ("DATABASE_URL", "sqlite://portal.db?mode=memory"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "postgres://portal@localhost/portal?sslmode=on"),
        ("SECRET_KEY", "changeme"),
        ("SECRET_KEY_FILE", "/nowhere/key"),
        ("SECRET_KEY_PREVIOUS", "changeme"),
        ("SECRET_KEY_PREVIOUS_FILE", "/nowhere/key"),
        ("SMTP_URL", "https://smtp.example.com"),
        ("MAIL_FROM", "nobody"),
        // As `docker run --env-file` passes them on.
        ("PORTAL_NAME", "\"Our club\""),
        ("PORTAL_OTP_TRIES", "'5'"),
        ("DATABASE_URL", "'sqlite://portal.db'"),
        ("SECRET_KEY_FILE", "\"/run/secrets/key\""),
    ] {
        let lines = mistakes(&[(name, value)]);
        assert!(lines.iter().any(|line| line.starts_with(name)), "{name}={value}: {lines:?}");
        assert!(lines.iter().all(|line| !line.contains('\n')), "one line each");
    }
}

#[test]
fn an_allowed_domain_within_a_denied_one_stops_the_start() {
    let denied = ("PORTAL_EMAIL_DOMAINS_DENIED", "example.com");
    let lines = mistakes(&[("PORTAL_EMAIL_DOMAINS_ALLOWED", "mail.Example.com, x.example"), denied]);
    assert_eq!(
        lines,
        [
            "PORTAL_EMAIL_DOMAINS_ALLOWED: contains mail.example.com, but PORTAL_EMAIL_DOMAINS_DENIED contains example.com"
        ]
    );
    assert!(load(&[("PORTAL_EMAIL_DOMAINS_ALLOWED", "com"), denied]).is_ok());
}

#[test]
fn no_reported_mistake_contains_a_secret() {
    let lines = mistakes(&[
        ("SMTP_URL", "smpt://user:hunter2@smtp.example.com"),
        ("SECRET_KEY", "hunter2hunter2"),
        ("SECRET_KEY_PREVIOUS", "hunter2hunter2"),
        ("PUBLIC_URL", "https://user:hunter2@portal.example.com"),
    ]);
    assert!(!lines.concat().contains("hunter2"), "{lines:?}");
}

#[test]
fn a_secret_is_read_from_its_variable_or_its_file_and_both_are_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("key");
    std::fs::write(&file, format!("{KEY}\n")).expect("written");
    let file = file.to_str().expect("UTF-8");
    let from_file = load(&[("SECRET_KEY_FILE", file)]).expect("a key");
    let from_value = load(&[("SECRET_KEY", KEY)]).expect("a key");
    assert_eq!(from_file.keys.current().id(), from_value.keys.current().id());
    assert!(mistakes(&[("SECRET_KEY", KEY), ("SECRET_KEY_FILE", file)])[0].starts_with("SECRET_KEY"));
}

#[test]
fn a_secret_that_is_set_but_cannot_be_read_is_one_mistake_and_suggests_no_new_one() {
    let captcha = [("PORTAL_CAPTCHA", "turnstile"), ("PORTAL_CAPTCHA_SITE_KEY", "site-key")];
    for name in ["SECRET_KEY", "SECRET_KEY_PREVIOUS", "SMTP_URL", "DATABASE_URL", "PORTAL_CAPTCHA_SECRET"] {
        let file = format!("{name}_FILE");
        for (settings, named) in [
            (&[(file.as_str(), "/nowhere/secret")][..], file.as_str()),
            (&[(file.as_str(), "/nowhere/secret"), (name, "hunter2")], name),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let own = [("PORTAL_DATA_DIR", folder.path().to_str().expect("UTF-8"))];
            let complete = [
                ("LEPTOS_ENV", "PROD"),
                ("PUBLIC_URL", "https://portal.example.com"),
                ("SMTP_URL", "smtps://u:p@smtp.example.com:465"),
                ("SECRET_KEY", KEY),
            ];
            let complete = complete.iter().filter(|(other, _)| *other != name).copied();
            let production: Vec<_> = complete.chain(captcha).chain(own).chain(settings.iter().copied()).collect();
            // With the secret of the captcha, unless that is the one in question.
            let captcha_secret = [("PORTAL_CAPTCHA_SECRET", "hunter2")];
            let captcha_secret = captcha_secret.iter().filter(|(other, _)| *other != name).copied();
            let production: Vec<_> = production.into_iter().chain(captcha_secret).collect();
            assert_refused(load(&production), named, &format!("{settings:?} in production"));
            let development: Vec<_> = production.into_iter().filter(|(other, _)| *other != "LEPTOS_ENV").collect();
            let local = [("PUBLIC_URL", "http://localhost:3000")];
            let development: Vec<_> =
                development.into_iter().filter(|(name, _)| *name != "PUBLIC_URL").chain(local).collect();
            assert_refused(load(&development), named, &format!("{settings:?} in development"));
            assert!(!folder.path().join("secret.key").exists(), "no key was generated");
        }
    }
}

#[test]
fn a_malformed_secret_in_a_file_is_reported_with_the_variable_of_the_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, "hunter2").expect("written");
    let file = file.to_str().expect("UTF-8");
    for name in ["SECRET_KEY", "SECRET_KEY_PREVIOUS", "SMTP_URL", "DATABASE_URL"] {
        let variable = format!("{name}_FILE");
        let lines = mistakes(&[(variable.as_str(), file)]);
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(
            line.starts_with(&format!("{name}: ")) && line.ends_with(&format!("(in the file of {variable})")),
            "{line}"
        );
        assert!(!line.contains("hunter2"), "{line}");
    }
}

#[test]
fn a_secret_may_end_with_a_line_break() {
    let config = load(&[("SECRET_KEY", &format!("{KEY}\r\n")), ("DATABASE_URL", "sqlite://portal.db\n")]);
    assert_eq!(config.expect("the settings").database.sqlite_file(), Some("portal.db"));
}

#[test]
fn a_public_url_with_a_path_is_told_to_use_a_host_name() {
    for url in ["https://example.com/portal", "https://example.com/portal/", "http://localhost:3000/a"] {
        let lines = mistakes(&[("PUBLIC_URL", url)]);
        assert!(
            lines[0].starts_with("PUBLIC_URL: has a path") && lines[0].contains("a host name of its own"),
            "{lines:?}"
        );
    }
}

#[test]
fn the_name_of_the_sender_may_contain_any_characters() {
    for (text, name) in [
        ("Foo, Inc. <a@x.example>", "Foo, Inc."),
        ("Portal (test) <a@x.example>", "Portal (test)"),
        ("[Portal] <a@x.example>", "[Portal]"),
        ("Portal: Sign in <a@x.example>", "Portal: Sign in"),
        ("Ann @ home; x <a@x.example>", "Ann @ home; x"),
        ("\"Foo, Inc.\" <a@x.example>", "Foo, Inc."),
        ("Müller, Söhne <a@x.example>", "Müller, Söhne"),
        ("Joe's <a@x.example>", "Joe's"),
    ] {
        let from = load(&[("MAIL_FROM", text)]).unwrap_or_else(|lines| panic!("{text}: {lines:?}")).mail.from;
        assert_eq!((from.name.as_deref(), from.email.to_string().as_str()), (Some(name), "a@x.example"), "{text}");
        // As other programs read the header of an email.
        let email = lettre::Message::builder().from(from).to("b@x.example".parse().expect("an email"));
        let email = email.body(String::new()).expect("an email").formatted();
        let parsed = mail_parser::MessageParser::default().parse(&email).expect("an email");
        let sender = parsed.from().and_then(|from| from.first()).expect("a sender");
        assert_eq!((sender.name(), sender.address()), (Some(name), Some("a@x.example")), "{text}");
    }
    for text in
        ["Foo <b@x.example>, Inc. <a@x.example>", "\"Foo <a@x.example>", "Foo > x <a@x.example>", "Foo, Inc. <a>"]
    {
        let lines = mistakes(&[("MAIL_FROM", text)]);
        assert!(lines.len() == 1 && lines[0].contains("in double quotes"), "{text}: {lines:?}");
    }
}

#[test]
fn the_previous_key_is_optional_and_must_differ_from_the_current_one() {
    let old = "b2xkIGtleSBvbGQga2V5IG9sZCBrZXkgb2xkIGtleSE=";
    assert!(load(&[("SECRET_KEY", KEY)]).expect("one key").keys.previous().is_none());
    let keys = load(&[("SECRET_KEY", KEY), ("SECRET_KEY_PREVIOUS", old)]).expect("two keys").keys;
    assert_ne!(keys.previous().expect("the other").id(), keys.current().id());
    let lines = mistakes(&[("SECRET_KEY", KEY), ("SECRET_KEY_PREVIOUS", KEY)]);
    assert!(lines.len() == 1 && lines[0].starts_with("SECRET_KEY_PREVIOUS: is the same key"), "{lines:?}");
}

#[test]
fn the_development_key_is_generated_once_and_readable_only_by_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let env = Env::of(&[("PORTAL_DATA_DIR", folder.path().to_str().expect("UTF-8"))]);
    let first = Config::from_env(&env, &Rng::from_seed(1)).expect("defaults").keys;
    let second = Config::from_env(&env, &Rng::from_seed(2)).expect("defaults").keys;
    assert_eq!(first.current().id(), second.current().id());
    let mode = std::fs::metadata(folder.path().join("secret.key")).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn dot_env_provides_the_values_that_the_environment_does_not_set() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join(".env");
    std::fs::write(&file, "# a comment\nPORTAL_NAME=\"Our club\"\nPATH=/from/dotenv\n").expect("written");
    let env = Env::from_process(&file).expect("reads");
    assert_eq!(env.get("PORTAL_NAME"), Some("Our club"));
    assert_ne!(env.get("PATH"), Some("/from/dotenv"), "the process's own environment comes first");
    std::fs::write(&file, "this is not a line hunter2").expect("written");
    let problems = Env::from_process(&file).expect_err("malformed");
    assert!(problems.len() == 1 && !problems[0].contains("hunter2"), "{problems:?}");
}

#[test]
fn an_old_name_still_works_and_its_warning_names_the_new_one() {
    for (old, new) in RENAMED {
        let config = load(&[(old, "7")]).expect("the old name is accepted");
        let limit = report::limits(&config).into_iter().find(|limit| limit.variable == new).expect("the new name");
        assert_eq!((limit.value, limit.source), (7, Source::Environment), "{old}");
        let warning = format!("{old} is now called {new}; the old name will be refused in the next release");
        assert_eq!(config.warnings, [warning]);
        assert!(load(&[(new, "7")]).expect("the new name").warnings.is_empty());
    }
}

#[test]
fn when_both_names_are_set_the_new_one_is_used_and_the_warning_remains() {
    for (old, new) in RENAMED {
        let config = load(&[(old, "7"), (new, "8")]).expect("both are accepted");
        let limit = report::limits(&config).into_iter().find(|limit| limit.variable == new).expect("the new name");
        assert_eq!(limit.value, 8, "{old}");
        assert!(config.warnings.len() == 1 && config.warnings[0].starts_with(old), "{:?}", config.warnings);
        let config = load(&[(old, "7"), (new, "")]).expect("an empty value is not set");
        let limit = report::limits(&config).into_iter().find(|limit| limit.variable == new).expect("the new name");
        assert_eq!(limit.value, 7, "{old}");
    }
}

#[test]
fn a_mistake_in_a_renamed_setting_names_the_variable_that_was_set() {
    for (old, new) in RENAMED {
        for (pairs, named) in [
            (&[(old, "many")][..], old),
            (&[(new, "many")], new),
            (&[(old, "7"), (new, "many")], new),
            (&[(old, "many"), (new, "")], old),
        ] {
            let lines = mistakes(pairs);
            assert!(lines.len() == 1 && lines[0].starts_with(&format!("{named}: ")), "{lines:?}");
        }
        assert!(load(&[(old, "many"), (new, "7")]).is_ok(), "the old value is not read");
    }
}

#[test]
fn an_old_name_in_dot_env_keeps_its_source() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join(".env");
    std::fs::write(&file, "PORTAL_CODES_PER_ADDRESS=7\n").expect("written");
    let env = Env::from_process(&file).expect("reads");
    assert_eq!(env.get("PORTAL_CODES_PER_IP"), Some("7"));
    assert_eq!(env.sources().of("PORTAL_CODES_PER_IP"), Source::DotEnv);
}

/// The documented range is also the one that a malformed value is answered with.
#[test]
fn the_reference_has_every_limit_with_its_default_and_its_range() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    for (limit, value) in Limits::default().numbers() {
        let name = limit.name;
        let entry = reference::settings().find(|entry| entry.name == name);
        let Entry { default, allowed, .. } = entry.unwrap_or_else(|| panic!("{name} is not described"));
        let number = default.split(' ').next().and_then(|number| number.parse::<u64>().ok());
        let stated = if default.ends_with(" per core") { number.map(|number| number * cores) } else { number };
        assert_eq!(stated, Some(value), "{name}: {default}");
        assert!((limit.lowest..=limit.highest).contains(&value), "{name}: {default}");
        let range = allowed.replace("`PORTAL_CONNECTIONS_MAX`", "2048");
        assert_eq!(mistakes(&[(name, "x")]), [format!("{name}: must be a whole number from {range}, not \"x\"")]);
    }
}

#[test]
fn every_setting_is_described_once() {
    let mut names = BTreeSet::new();
    for Entry { name, file, .. } in reference::settings() {
        assert!(names.insert(name), "{name} is there twice");
        assert!(reference::is_known(name));
        assert_eq!(reference::is_known(&format!("{name}_FILE")), file, "{name}");
    }
    let config = load(&[]).expect("defaults");
    for name in report::settings(&config).into_iter().map(|setting| setting.variable) {
        assert!(name == "RUST_LOG" || names.contains(name), "{name}");
    }
    // The code reads no setting that is not described.
    for name in names_in_the_code() {
        assert!(reference::is_known(&name), "{name}");
    }
}

/// The `PORTAL_…` names that the files of `src/config` read.
fn names_in_the_code() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config");
    let files = std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    let others = ["env.rs", "reference.rs", "service_variable.rs"];
    let files = files.filter(|path| !others.iter().any(|name| path.ends_with(name)));
    let text: String = files.map(|path| std::fs::read_to_string(path).expect("a file")).collect();
    let names = text.split('"').filter(|word| word.starts_with("PORTAL_"));
    let of_a_name = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    names.filter(|word| word.bytes().all(of_a_name)).map(str::to_owned).collect()
}

#[test]
fn the_configuration_page_is_what_the_program_prints() {
    let folder = tempfile::tempdir().expect("a folder");
    let broken = [("LEPTOS_ENV", "PROD"), ("PORTAL_NO_SUCH_NAME", "1")];
    let output = run(folder.path(), &["check-config", "--markdown"], &broken);
    assert!(output.status.success(), "it needs no valid configuration");
    let page = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).expect("the page");
    assert!(
        output.stdout == page,
        "run `portal check-config --markdown > docs/configuration.md`; the program prints:\n{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

#[test]
fn an_old_name_is_reported_by_check_config_and_logged_by_other_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = [("PORTAL_CODES_PER_ADDRESS", "7")];
    let warning = "PORTAL_CODES_PER_ADDRESS is now called PORTAL_CODES_PER_IP";
    let checked = run(folder.path(), &["check-config"], &settings);
    assert!(checked.status.success());
    assert_eq!(String::from_utf8_lossy(&checked.stdout).matches(warning).count(), 1);
    let migrated = run(folder.path(), &["migrate"], &settings);
    assert!(migrated.status.success());
    let log = String::from_utf8_lossy(&migrated.stderr).into_owned();
    assert_eq!(log.lines().filter(|line| line.contains("WARN") && line.contains(warning)).count(), 1, "{log}");
}
