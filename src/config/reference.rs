//! The description of every setting: the source of `docs/configuration.md`, which `portal
//! check-config --markdown` prints, and of the known `PORTAL_…` names.

use std::fmt::Write as _;

use super::env::RENAMED;

/// Settings on one subject.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    pub heading: &'static str,
    pub settings: &'static [Entry],
}

/// A setting. The texts are Markdown.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub name: &'static str,
    pub default: &'static str,
    /// The allowed values. For a limit the range, as `{low} to {high}`, followed by the unit.
    pub allowed: &'static str,
    pub meaning: &'static str,
    /// Whether the value can also be given as a file, by `{name}_FILE`.
    pub file: bool,
}

const fn setting(name: &'static str, default: &'static str, allowed: &'static str, meaning: &'static str) -> Entry {
    Entry { name, default, allowed, meaning, file: false }
}

const fn secret(name: &'static str, default: &'static str, allowed: &'static str, meaning: &'static str) -> Entry {
    Entry { name, default, allowed, meaning, file: true }
}

/// All settings.
pub const GROUPS: &[Group] = &[
    Group {
        heading: "Server",
        settings: &[
            setting(
                "LEPTOS_ENV",
                "`DEV`",
                "`PROD` or `PRODUCTION`; any other value means development",
                "In production the portal does not start without `PUBLIC_URL`, `SECRET_KEY` and `SMTP_URL`.",
            ),
            setting(
                "PUBLIC_URL",
                "`http://` and `LEPTOS_SITE_ADDR`; required in production",
                "a URL with `http` or `https`, a host and an optional port, without a path",
                "The URL that users open. Links in emails start with it, forms are accepted only from it in production, \
                 and with `https` cookies are `Secure`.",
            ),
            setting("LEPTOS_SITE_ADDR", "`127.0.0.1:3000`", "an IP address and a port", "Where the server listens."),
            setting(
                "LEPTOS_SITE_ROOT",
                "`target/site`",
                "a folder",
                "The folder with the stylesheet, the scripts and the files of `public/`.",
            ),
            setting(
                "TRUSTED_PROXIES",
                "none",
                "IP addresses and networks, separated by commas",
                "The reverse proxies whose `X-Forwarded-For` is used. See [Deployment](deployment.md#trusted_proxies).",
            ),
            secret(
                "DATABASE_URL",
                "`sqlite://` and `portal.db` in `PORTAL_DATA_DIR`",
                "`sqlite://…` or `postgres://…`",
                "The database: an SQLite file, or a PostgreSQL database such as `postgres://user:password@host/name`.",
            ),
            setting(
                "PORTAL_DATA_DIR",
                "`data`",
                "a folder",
                "The folder for the default database and, in development, for emails and a generated secret key.",
            ),
            setting(
                "PORTAL_NAME",
                "`Portal`",
                "1 to 40 characters on one line",
                "The name of the portal on every page and in every email.",
            ),
        ],
    },
    Group {
        heading: "Secret key",
        settings: &[
            secret(
                "SECRET_KEY",
                "generated once in `PORTAL_DATA_DIR`; required in production",
                "32 random bytes in base64",
                "Keys derived from it hash codes and encrypt waiting email, authenticator seeds and the audit log's \
                 seal. Generate it with `openssl rand -base64 32`.",
            ),
            secret(
                "SECRET_KEY_PREVIOUS",
                "none",
                "a key other than `SECRET_KEY`",
                "The old key while the secret key is being rotated. See \
                 [Rotating the secret key](deployment.md#rotating-the-secret-key).",
            ),
        ],
    },
    Group {
        heading: "Email",
        settings: &[
            secret(
                "SMTP_URL",
                "files in `mail` in `PORTAL_DATA_DIR`; required in production",
                "`smtps://…` or `smtp://…`",
                "The mail server. See [Email](email.md#smtp_url) for the forms of the URL.",
            ),
            setting(
                "MAIL_FROM",
                "`no-reply@` and the host of `PUBLIC_URL`; required in production if that is an IP address",
                "`portal@example.com` or `Portal <portal@example.com>`",
                "The sender of all emails.",
            ),
        ],
    },
    Group {
        heading: "Logging",
        settings: &[
            setting(
                "PORTAL_LOG",
                "`RUST_LOG`, or `info`",
                "a filter in the syntax of `RUST_LOG`",
                "Which lines are logged. No secret is logged at any level.",
            ),
            setting("PORTAL_LOG_FORMAT", "`text`", "`text` or `json`", "The format of log lines."),
        ],
    },
    Group {
        heading: "Registration",
        settings: &[
            setting(
                "PORTAL_REGISTRATION",
                "`open`",
                "`open`, `invitation` or `closed`",
                "Who may register: everyone, only users with an invitation, or no one.",
            ),
            setting(
                "PORTAL_EMAIL_DOMAINS_ALLOWED",
                "none",
                "domains, separated by commas",
                "If set, only emails in these domains and their subdomains are accepted. `edu` means every domain that \
                 ends with `.edu`.",
            ),
            setting(
                "PORTAL_EMAIL_DOMAINS_DENIED",
                "none",
                "domains, separated by commas",
                "Emails in these domains and their subdomains are refused. It takes precedence over \
                 `PORTAL_EMAIL_DOMAINS_ALLOWED`.",
            ),
            setting(
                "PORTAL_REFUSE_DISPOSABLE",
                "`true`",
                "`true` or `false`",
                "Whether emails of disposable mailbox services are refused. The bundled list has 10,181 domains; \
                 domains that are allowed by name are not looked up in it.",
            ),
            setting(
                "PORTAL_REGISTRATION_LIFETIME",
                "86400 (1 day)",
                "600 to 604800 seconds",
                "Time after which an unfinished registration is deleted.",
            ),
            setting(
                "PORTAL_EMAIL_CHANGES",
                "2",
                "0 to 10",
                "How often the email of an unfinished registration can be corrected.",
            ),
            setting(
                "PORTAL_INVITATION_LIFETIME",
                "604800 (7 days)",
                "3600 to 7776000 seconds",
                "How long an invitation can be used.",
            ),
        ],
    },
    Group {
        heading: "Codes",
        settings: &[
            setting(
                "PORTAL_OTP_LIFETIME",
                "300 (5 minutes)",
                "1 to 600 seconds",
                "How long a code is valid. NIST SP 800-63B-4, section 3.1.3.2, allows at most ten minutes.",
            ),
            setting(
                "PORTAL_OTP_TRIES",
                "5",
                "1 to 10",
                "Wrong codes after which a registration, recovery or change of email ends.",
            ),
            setting(
                "PORTAL_OTP_WRONG_PER_DAY",
                "15",
                "1 to 100",
                "Wrong codes per email in 24 hours, for all purposes together.",
            ),
            setting(
                "PORTAL_OTP_RESEND_AFTER",
                "60 (1 minute)",
                "1 to 600 seconds",
                "Minimum time between two codes of the same registration, recovery or change.",
            ),
            setting("PORTAL_OTP_PER_HOUR", "5", "1 to 100", "Codes per email in an hour, for all purposes together."),
            setting("PORTAL_OTP_PER_DAY", "10", "1 to 1000", "Codes per email in 24 hours, for all purposes together."),
            setting(
                "PORTAL_WRONG_CODES_PER_IP",
                "60",
                "1 to 1000000 per hour",
                "Wrong codes per IP address, for all purposes together.",
            ),
            setting(
                "PORTAL_CODES_PER_IP",
                "60",
                "1 to 1000000 per hour",
                "Codes requested per IP address, for all recipients together.",
            ),
        ],
    },
    Group {
        heading: "Sign-in and sessions",
        settings: &[
            setting(
                "PORTAL_LOGIN_FAILURES",
                "5",
                "1 to 100",
                "Wrong passwords for one account from one IP address, after which each further attempt is delayed.",
            ),
            setting(
                "PORTAL_LOGIN_WINDOW",
                "300 (5 minutes)",
                "1 to 86400 seconds",
                "How long these failures are counted while no attempt is delayed.",
            ),
            setting(
                "PORTAL_LOGIN_DELAY",
                "30",
                "1 to 3600 seconds",
                "The first delay; it doubles with each failure. At most `PORTAL_LOGIN_DELAY_MAX`.",
            ),
            setting("PORTAL_LOGIN_DELAY_MAX", "900 (15 minutes)", "1 to 3600 seconds", "The longest delay."),
            setting(
                "PORTAL_LOGIN_FAILURES_PER_IP",
                "60",
                "1 to 1000000 per hour",
                "Wrong passwords per IP address, for all accounts together.",
            ),
            setting(
                "PORTAL_SESSION_IDLE",
                "1800 (30 minutes)",
                "60 to 86400 seconds",
                "A session ends after this time without a request. At most `PORTAL_SESSION_ABSOLUTE`.",
            ),
            setting(
                "PORTAL_SESSION_ABSOLUTE",
                "43200 (12 hours)",
                "60 to 2592000 seconds",
                "A session ends after this time even if it is used.",
            ),
            setting(
                "PORTAL_SESSION_REMEMBER",
                "2592000 (30 days)",
                "86400 to 31536000 seconds",
                "Replaces both times when the user chose \"Keep me signed in\".",
            ),
        ],
    },
    Group {
        heading: "Two-step sign-in",
        settings: &[
            setting(
                "PORTAL_REQUIRE_MFA",
                "`nobody`",
                "`nobody`, `admins` or `everyone`",
                "Who must use two-step sign-in. It also applies to open sessions.",
            ),
            setting(
                "PORTAL_MFA_FAILURES",
                "10",
                "1 to 100",
                "Wrong second factors of an account, of all kinds together, after which all of them are locked.",
            ),
            setting("PORTAL_MFA_LOCKOUT", "900 (15 minutes)", "60 to 86400 seconds", "How long they stay locked."),
            setting(
                "PORTAL_TRUST_LIFETIME",
                "2592000 (30 days)",
                "3600 to 34560000 seconds",
                "How long a trusted browser skips the second step.",
            ),
        ],
    },
    Group {
        heading: "Account changes and logs",
        settings: &[
            setting(
                "PORTAL_EMAIL_UNDO",
                "259200 (72 hours)",
                "3600 to 2592000 seconds",
                "How long a change of email can be undone by the link that is sent to the old email.",
            ),
            setting(
                "PORTAL_DELETION_GRACE",
                "604800 (7 days)",
                "3600 to 7776000 seconds",
                "Time between the request to delete an account and its deletion. Until then the emailed link keeps the \
                 account.",
            ),
            setting(
                "PORTAL_OTP_LOG",
                "2592000 (30 days)",
                "86400 to 34560000 seconds",
                "How long the OTP log is kept. It contains no codes; the daily limits on codes are counted from it.",
            ),
            setting(
                "PORTAL_AUDIT_LOG",
                "34560000 (400 days)",
                "86400 to 345600000 seconds",
                "How long entries of the audit log are kept.",
            ),
        ],
    },
    Group {
        heading: "Abuse protection",
        settings: &[
            setting(
                "PORTAL_CAPTCHA",
                "`proof`",
                "`proof`, `turnstile` or `hcaptcha`",
                "The challenge in forms: the portal's own proof of work, Cloudflare Turnstile or hCaptcha. See \
                 [Security](security.md#abuse-protection).",
            ),
            setting(
                "PORTAL_CAPTCHA_SITE_KEY",
                "none",
                "required for `turnstile` and `hcaptcha`, refused for `proof`",
                "The public key that the provider issued for the site.",
            ),
            secret(
                "PORTAL_CAPTCHA_SECRET",
                "none",
                "required for `turnstile` and `hcaptcha`, refused for `proof`",
                "The secret key that the provider issued for the site.",
            ),
            setting(
                "PORTAL_CAPTCHA_VERIFY_URL",
                "the provider's",
                "a URL",
                "Where the server verifies the answers of the provider's widget.",
            ),
            setting(
                "PORTAL_CAPTCHA_LIFETIME",
                "3600 (1 hour)",
                "60 to 86400 seconds",
                "How long the challenge of a page is valid.",
            ),
            setting(
                "PORTAL_CAPTCHA_DIFFICULTY",
                "1000000",
                "1 to 50000000",
                "Maximum number of SHA-256 hashes that a browser computes for a form; the average is half of it. After \
                 failures from an IP address it is up to 32 times as high.",
            ),
            setting(
                "PORTAL_CAPTCHA_AFTER_FAILURES",
                "5",
                "1 to 10000",
                "Failures per IP address after which signing in requires a challenge. The difficulty doubles each time \
                 this number is reached. The count restarts after an hour without a failure.",
            ),
            setting(
                "PORTAL_CAPTCHA_AFTER_ACCOUNT_FAILURES",
                "20",
                "1 to 10000",
                "Failures per account, from any IP address, after which signing in to it requires a challenge. The \
                 count restarts after an hour without a failure.",
            ),
            setting(
                "PORTAL_FORM_MIN_FILL",
                "2",
                "0 to 30 seconds",
                "Minimum time between opening a page and sending its form without a solved challenge.",
            ),
            setting(
                "PORTAL_NO_JS_FORMS_PER_IP",
                "30",
                "1 to 1000000 per hour",
                "Forms per IP address that are sent without the required solved challenge, for example by browsers \
                 without JavaScript.",
            ),
            setting(
                "PORTAL_ANONYMOUS_SESSIONS_PER_IP",
                "2000",
                "1 to 1000000 per hour",
                "Sessions created per IP address without signing in, for example by refused forms that were sent \
                 without JavaScript.",
            ),
        ],
    },
    Group {
        heading: "Load",
        settings: &[
            setting(
                "PORTAL_POSTS_PER_SECOND",
                "100",
                "1 to 1000000 per second",
                "Sustained rate of form submissions per IP address. Pages and files are not limited.",
            ),
            setting("PORTAL_POSTS_BURST", "200", "1 to 1000000", "Form submissions per IP address at once."),
            setting(
                "PORTAL_HASH_QUEUE",
                "20 per core",
                "0 to 10000",
                "Maximum number of queued password hashes. Further requests get 503.",
            ),
            setting(
                "PORTAL_CONNECTIONS_MAX",
                "2048",
                "1 to 100000",
                "Maximum number of open connections. Further ones get 503.",
            ),
            setting(
                "PORTAL_CONNECTIONS_PER_IP",
                "1024",
                "1 to `PORTAL_CONNECTIONS_MAX`",
                "Maximum number of open connections per IP address, except for trusted proxies. Half of \
                 `PORTAL_CONNECTIONS_MAX` if only that is set.",
            ),
            setting(
                "PORTAL_HEADER_TIMEOUT",
                "10",
                "1 to 60 seconds",
                "Maximum time for receiving the headers of a request.",
            ),
            setting(
                "PORTAL_BODY_TIMEOUT",
                "20",
                "1 to 60 seconds",
                "Maximum time for receiving the body of a request.",
            ),
            setting(
                "PORTAL_IDLE_TIMEOUT",
                "75",
                "1 to 600 seconds",
                "How long an idle connection is kept. Set it longer than the idle timeout of the reverse proxy.",
            ),
        ],
    },
];

const INTRODUCTION: &str = "\
# Configuration

<!-- Generated by `portal check-config --markdown` from src/config/reference.rs. -->

Settings are environment variables. Without any, the portal runs in development mode.

- **`.env`:** a file `.env` in the working directory is read as well. The environment takes precedence.
- **Secrets in files:** where a table lists `NAME_FILE`, the value can be read from a file instead, for example
  `SECRET_KEY_FILE=/run/secrets/key`. Setting both is an error.
- **Empty values:** a variable with an empty value counts as not set. An empty value in the environment also hides
  the value in `.env`.
- **Mistakes:** an unknown `PORTAL_…` name or a malformed value stops the start, with one line for each mistake.
- **Changes** apply after a restart.

`portal check-config` checks the settings, and prints the values in effect and where each was set, without secrets.

Times are in seconds. \"Per IP address\" means one IPv4 address or one IPv6 /64 network. Limits per hour are token
buckets: the full allowance can be used at once and refills evenly. [Security](security.md#where-limits-are-counted)
says which limits survive a restart.
";

/// Iterates over all settings.
pub fn settings() -> impl Iterator<Item = &'static Entry> {
    GROUPS.iter().flat_map(|group| group.settings)
}

/// Whether `name` is a setting, or the `_FILE` form of one.
#[must_use]
pub fn is_known(name: &str) -> bool {
    let file_of = name.strip_suffix("_FILE");
    settings().any(|setting| setting.name == name || (setting.file && file_of == Some(setting.name)))
}

/// Returns the content of `docs/configuration.md`.
#[must_use]
pub fn markdown() -> String {
    let mut page = INTRODUCTION.to_owned();
    for Group { heading, settings } in GROUPS {
        let _ = write!(page, "\n## {heading}\n\n| setting | default | allowed | meaning |\n|---|---|---|---|\n");
        for Entry { name, default, allowed, meaning, file } in *settings {
            let file = if *file { format!(", `{name}_FILE`") } else { String::new() };
            let _ = writeln!(page, "| `{name}`{file} | {default} | {allowed} | {meaning} |");
        }
    }
    page.push_str("\n## Renamed settings\n\nThe old names are accepted for one release, with a warning. ");
    page.push_str("If both names are set, the new one is used.\n\n| old name | new name |\n|---|---|\n");
    for (old, new) in RENAMED {
        let _ = writeln!(page, "| `{old}` | `{new}` |");
    }
    page
}
