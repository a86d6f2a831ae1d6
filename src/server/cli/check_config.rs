//! `portal check-config`

use crate::server::config::Config;
use crate::server::config::mail::TransportConfig;

/// Prints what is in force. A mistake has been reported before this is reached.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(super) fn run(config: &Config) {
    let site = &config.site;
    let limits = &config.limits;
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
    println!("code lifetime         {} s", limits.otp_lifetime.as_secs());
    println!("tries for a code      {}", limits.otp_tries);
    println!("session, idle         {} s", limits.session.idle.as_secs());
    println!("session, in all       {} s", limits.session.absolute.as_secs());
    println!("session, remembered   {} s", limits.session.remember.as_secs());
    println!("waiting to hash       {}", limits.hash_queue);
    println!("posts by address      {} a second, {} at once", limits.posts_per_second, limits.posts_burst);
    println!("connections           {}, {} by address", limits.connections.most, limits.connections.per_address);
}
