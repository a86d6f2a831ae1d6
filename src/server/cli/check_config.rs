//! `portal check-config`

use crate::domain::{EmailDomain, RegistrationMode};
use crate::server::config::mail::TransportConfig;
use crate::server::config::registration::RegistrationConfig;
use crate::server::config::{Config, limits};
use crate::server::services::captcha::third_party::Provider;
use crate::server::services::second_factor::Demanded;

/// Prints what is in force. A mistake has been reported before this is reached.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(super) fn run(config: &Config) {
    let site = &config.site;
    let mail = match &config.mail.transport {
        TransportConfig::Smtp { .. } => "SMTP".to_owned(),
        TransportConfig::File { dir } => format!("files in {} and /dev/mailbox", dir.display()),
    };
    let database =
        config.database.sqlite_file().map_or_else(|| "PostgreSQL".to_owned(), |file| format!("SQLite, {file}"));
    println!("The configuration is in order.");
    println!("mode                  {}", if site.production { "production" } else { "development" });
    println!("name                  {}", site.name);
    println!("listens on            {}", site.address);
    println!("public address        {}", site.public_url.origin);
    println!("database              {database}");
    println!("mail                  {mail}");
    println!("captcha               {}", captcha(config));
    println!("secret key            {}", config.keys.current().id());
    if let Some(previous) = config.keys.previous() {
        println!("previous secret key   {}", previous.id());
    }
    match site.relying_party() {
        Ok(party) => println!("passkeys              for {}", party.id),
        Err(reason) => println!("passkeys              off: {reason}"),
    }
    println!("second step           {}", second_step(config.second_factor));
    println!("registration          {}", registration(&config.registration));
    println!();
    for (name, value) in limits::table(&config.limits) {
        println!("{name:<38} {value:>9}");
    }
}

fn second_step(demanded: Demanded) -> &'static str {
    match demanded {
        Demanded::OfNobody => "for those who want it",
        Demanded::OfAdministrators => "demanded of administrators",
        Demanded::OfEveryone => "demanded of everyone",
    }
}

fn registration(config: &RegistrationConfig) -> String {
    let who = match config.mode {
        RegistrationMode::Open => "for everybody",
        RegistrationMode::Invitation => "by invitation",
        RegistrationMode::Closed => "closed",
    };
    let names = |list: &[EmailDomain]| list.iter().map(EmailDomain::as_str).collect::<Vec<_>>().join(", ");
    let mut words = who.to_owned();
    let rules = &config.emails;
    for (what, list) in [("with addresses of", &rules.allowed), ("without those of", &rules.denied)] {
        if !list.is_empty() {
            words = format!("{words}, {what} {}", names(list));
        }
    }
    if rules.refuse_disposable && rules.allowed.is_empty() {
        words.push_str(", without disposable ones");
    }
    words
}

fn captcha(config: &Config) -> &'static str {
    match config.third_party.as_ref().map(|third_party| third_party.provider) {
        None => "the portal's own proof of work",
        Some(Provider::Turnstile) => "Cloudflare Turnstile",
        Some(Provider::HCaptcha) => "hCaptcha",
    }
}
