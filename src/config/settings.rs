//! The table of settings. Every setting other than a limit is one entry in it: its variable, its default, the allowed
//! values, its meaning in Markdown, and how `portal check-config` shows it. The limits are in `src/limits/table.rs`.

use super::log::LogFormat;
use super::mail::MailboxReaders;
use super::setting::{Choice, Entry, Setting, choice, optional, secret, text};
use super::{Config, report};
use crate::domain::{CaptchaProvider, MfaPolicy, RegistrationMode};

/// Declares a constant for each setting, with the name of its variable, and lists them by heading.
macro_rules! settings {
    ($($heading:literal { $($setting:ident: $type:ty = $value:expr;)* })*) => {
        $($(pub const $setting: $type = $value.named(stringify!($setting));)*)*

        /// Returns the sections of docs/configuration.md. The limits of a section follow its settings.
        pub(super) fn sections() -> Vec<(&'static str, Vec<Entry>)> {
            vec![$(($heading, vec![$($setting.entry()),*])),*]
        }

        /// Returns the settings that `portal check-config` shows, with their values.
        pub(super) fn shown(config: &Config) -> Vec<report::Setting> {
            [$($($setting.shown(config),)*)*].into_iter().flatten().collect()
        }
    };
}

settings! {
    "Server" {
        LEPTOS_ENV: Setting = text("DEV", "`DEV`, `DEVELOPMENT`, `PROD` or `PRODUCTION`, in any case",
            "In production the portal does not start without `PUBLIC_URL`, `SECRET_KEY` and `SMTP_URL`, or with a \
             setting that is unsafe. In development it must be set unless `LEPTOS_SITE_ADDR` is a loopback address.")
            .shown_as("Mode", |config| if config.site.production { "production" } else { "development" }.to_owned());
        PUBLIC_URL: Setting = optional(
            "`http://` and `LEPTOS_SITE_ADDR`, or `localhost` where that is all addresses; required in production",
            "a URL with a host and an optional port, without a path: `https`, and `http` in development or for this machine",
            "The URL that users open. Links in emails start with it, forms are accepted only from it in production, \
             and with `https` cookies are `Secure`.")
            .shown_as("Public URL", |config| config.site.public_url.origin.clone());
        LEPTOS_SITE_ADDR: Setting = text("127.0.0.1:3000", "an IP address or a host name, and a port",
            "Where the server listens. `localhost:3000` is `127.0.0.1:3000`, and `:3000` is `0.0.0.0:3000`, all IPv4 \
             addresses of the machine. Unix sockets are not supported.")
            .shown_as("Listen address", |config| config.site.address.to_string());
        LEPTOS_SITE_ROOT: Setting = text("target/site", "a folder",
            "The folder with the stylesheet, the scripts and the files of `public/`. It must not contain the database, \
             the data folder, `.env`, a file with a secret, or the program.")
            .shown_as("Site folder", |config| config.site.root.display().to_string());
        TRUSTED_PROXIES: Setting = optional("none", "IP addresses and networks, separated by commas",
            "The reverse proxies whose `X-Forwarded-For` is used; not a network with the prefix length 0. See \
             [Deployment](deployment.md#trusted_proxies).")
            .shown_as("Trusted proxies", report::proxies);
        DATABASE_URL: Setting = secret("`sqlite://` and `portal.db` in `PORTAL_DATA_DIR`",
            "`sqlite://…` or `postgres://…`",
            "The database: an SQLite file, or a PostgreSQL database such as \
             `postgres://user:password@host/name?sslmode=verify-full`. In production a server on another machine needs \
             `sslmode=verify-full`.")
            .shown_as("Database", report::database);
        PORTAL_DATA_DIR: Setting = text("data", "a folder",
            "The folder for the default database and, in development, for emails and a generated secret key.")
            .shown_as("Data folder", |config| config.site.data_dir.display().to_string());
        PORTAL_NAME: Setting = text("Portal", "1 to 40 characters on one line",
            "The name of the portal on every page and in every email.")
            .shown_as("Name", |config| config.site.name.clone());
    }
    "Secret key" {
        SECRET_KEY: Setting = secret("generated once in `PORTAL_DATA_DIR`; required in production",
            "32 random bytes in base64; in production with at least 8 different bytes",
            "Keys derived from it hash codes and encrypt waiting email, authenticator seeds and the audit log's seal. \
             Generate it with `openssl rand -base64 32`.")
            .shown_as("Secret key", |config| config.keys.current().id().to_string());
        SECRET_KEY_PREVIOUS: Setting = secret("none", "a key other than `SECRET_KEY`",
            "The old key while the secret key is being rotated. See \
             [Rotating the secret key](deployment.md#rotating-the-secret-key).")
            .shown_as("Previous secret key", report::previous_key);
    }
    "Email" {
        SMTP_URL: Setting = secret("files in `mail` in `PORTAL_DATA_DIR`; required in production",
            "`smtps://…` or `smtp://…`",
            "The mail server. See [Email](email.md#smtp_url) for the forms of the URL.")
            .shown_as("Email", report::mail);
        MAIL_FROM: Setting = optional(
            "`no-reply@` and the host of `PUBLIC_URL`; required in production if that is an IP address",
            "`portal@example.com` or `Portal <portal@example.com>`",
            "The sender of all emails. The name may contain any characters except `<` and `>`.")
            .shown_as("Sender", |config| config.mail.from.to_string());
        PORTAL_SMTP_HELO: Setting = optional("the host of `PUBLIC_URL`", "a host name or an IP address",
            "How the portal names itself to the mail server (`EHLO`). Some mail servers accept only a name that resolves.")
            .shown_as("Name in EHLO", |config| config.mail.helo.to_string());
        PORTAL_DEV_MAILBOX: Choice<MailboxReaders> = choice(
            &[
                ("local", MailboxReaders::Local, "for browsers on this machine"),
                ("public", MailboxReaders::Everyone, "for everyone"),
            ],
            "Who can read `/dev/mailbox`, which shows all emails and codes in development without `SMTP_URL`. With \
             `local`, a portal that other machines reach does not start.");
    }
    "Logging" {
        PORTAL_LOG: Setting = optional("`RUST_LOG`, or `info`", "a filter in the syntax of `RUST_LOG`",
            "Which lines are logged. No secret is logged at any level.")
            .shown_as("Log", |config| config.log.filter.clone());
        PORTAL_LOG_FORMAT: Choice<LogFormat> = choice(
            &[("text", LogFormat::Text, "text"), ("json", LogFormat::Json, "JSON")],
            "The format of log lines.")
            .shown_as("Log format", |config| config.log.format);
    }
    "Registration" {
        PORTAL_REGISTRATION: Choice<RegistrationMode> = choice(
            &[
                ("open", RegistrationMode::Open, "open"),
                ("invitation", RegistrationMode::Invitation, "by invitation only"),
                ("closed", RegistrationMode::Closed, "closed"),
            ],
            "Who may register: everyone, only users with an invitation, or no one.")
            .shown_as("Registration", |config| config.registration.mode);
        PORTAL_EMAIL_DOMAINS_ALLOWED: Setting = optional("none", "domains, separated by commas",
            "If set, only emails in these domains and their subdomains are accepted. `edu` means every domain that \
             ends with `.edu`.")
            .shown_as("Email domains allowed", |config| report::domains(&config.registration.emails.allowed));
        PORTAL_EMAIL_DOMAINS_DENIED: Setting = optional("none", "domains, separated by commas",
            "Emails in these domains and their subdomains are refused. It takes precedence over \
             `PORTAL_EMAIL_DOMAINS_ALLOWED`.")
            .shown_as("Email domains denied", |config| report::domains(&config.registration.emails.denied));
        // On by default, because the list contains only domains that are known to offer temporary mailboxes.
        PORTAL_REFUSE_DISPOSABLE: Choice<bool> = choice(
            &[("true", true, "refused"), ("false", false, "accepted")],
            "Whether emails of disposable mailbox services are refused. The bundled list has 10,181 domains; domains \
             that are allowed by name are not looked up in it.")
            .shown_as("Disposable emails", |config| config.registration.emails.refuse_disposable);
        PORTAL_RESERVED_USERNAMES: Setting = text("default", "`default` and usernames, separated by commas",
            "Usernames that users cannot choose. `default` means the built-in names, such as `admin`, `support` and \
             `postmaster`: `default,board` adds a name to them, and `admin,board` replaces them. See \
             [Security](security.md#usernames).")
            .shown_as("Reserved usernames", |config| config.registration.reserved_usernames.len().to_string());
    }
    "Passwords" {
        PORTAL_PASSWORD_WORDS: Setting = optional("none", "up to 200 words of 3 to 40 characters, separated by commas",
            "Words that attackers try first at this portal, such as the names of the organization and its products. A \
             password that mainly consists of them is refused.")
            .shown_as("Password words", |config| report::or_none(config.passwords.words.clone()));
        PORTAL_PASSWORD_FILE: Setting = optional("none", "a file that `portal passwords build` wrote",
            "Leaked passwords that are refused in addition to the bundled ones. See \
             [Deployment](deployment.md#leaked-passwords).")
            .shown_as("Password file", report::password_file);
    }
    "Codes" {}
    "Sign-in and sessions" {}
    "Two-step sign-in" {
        PORTAL_REQUIRE_MFA: Choice<MfaPolicy> = choice(
            &[
                ("nobody", MfaPolicy::Optional, "optional"),
                ("admins", MfaPolicy::Admins, "required for administrators"),
                ("everyone", MfaPolicy::Everyone, "required for everyone"),
            ],
            "Who must use two-step sign-in. It also applies to open sessions.")
            .shown_as("Two-step sign-in", |config| config.second_factor);
    }
    "Account changes and logs" {}
    "Abuse protection" {
        PORTAL_CAPTCHA: Choice<Option<CaptchaProvider>> = choice(
            &[
                ("proof", None, "built-in proof of work"),
                ("turnstile", Some(CaptchaProvider::Turnstile), "Cloudflare Turnstile"),
                ("hcaptcha", Some(CaptchaProvider::HCaptcha), "hCaptcha"),
            ],
            "The challenge in forms: the portal's own proof of work, Cloudflare Turnstile or hCaptcha. See \
             [Security](security.md#abuse-protection).")
            .shown_as("Captcha", |config| config.third_party.as_ref().map(|third_party| third_party.provider));
        PORTAL_CAPTCHA_SITE_KEY: Setting = optional("none",
            "required for `turnstile` and `hcaptcha`, refused for `proof`",
            "The public key that the provider issued for the site.");
        PORTAL_CAPTCHA_SECRET: Setting = secret("none",
            "required for `turnstile` and `hcaptcha`, refused for `proof`",
            "The secret key that the provider issued for the site.");
        PORTAL_CAPTCHA_VERIFY_URL: Setting = optional("the provider's",
            "an `https` URL; also `http` in development or for this machine",
            "Where the server verifies the answers of the provider's widget.");
    }
    "Load" {}
}
