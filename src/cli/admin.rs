//! `portal admin promote NAME`, `demote NAME`, `create NAME EMAIL` and `list`.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use clap::Subcommand;
use zeroize::Zeroizing;

use super::{Failure, say};
use crate::clock::Clock;
use crate::config::Config;
use crate::datetime::{clock_utc, iso_date};
use crate::domain::Timestamp;
use crate::rng::Rng;
use crate::services::admin_cli::{AdminCli, AdminEntry, Change};
use crate::services::sign_up_form::TypedSignUp;
use crate::services::{Core, InternalError, ServiceError};
use crate::store::accounts::Account;

/// Maximum number of bytes read of a line with a password; no password is longer.
const LINE_MAX: u64 = 4_096;

#[derive(Clone, Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Give a user the admin role; the server may be running
    Promote {
        /// The username
        name: String,
    },
    /// Remove the admin role from a user, effective immediately
    Demote {
        /// The username
        name: String,
    },
    /// Create an administrator's account; prompts for the password, or reads it from the first line of standard input
    Create {
        /// The username
        name: String,
        /// The email address
        email: String,
    },
    /// List all administrators
    List,
}

/// Creates the database if it does not exist, as `serve` does, so that a new portal can be set up
/// starting with its administrator.
pub(super) async fn run(config: Config, rng: Rng, command: AdminCommand) -> Result<(), Failure> {
    let store = super::open_current(&config, rng.clone()).await?;
    let reads_alone = matches!(command, AdminCommand::List);
    let done = match Core::new(config, store.clone(), Clock::System, rng) {
        Ok(core) => carry_out(core.admin_cli(), command).await,
        Err(error) => Err(error.into()),
    };
    super::close(store, reads_alone).await?;
    done
}

async fn carry_out(operators: AdminCli<'_>, command: AdminCommand) -> Result<(), Failure> {
    match command {
        AdminCommand::Promote { name } => match operators.promote(&name).await.map_err(|error| plain(error, &name))? {
            Change::Applied => say!("{name} is now an administrator.")?,
            Change::Unchanged => say!("{name} is already an administrator.")?,
        },
        AdminCommand::Demote { name } => match operators.demote(&name).await.map_err(|error| plain(error, &name))? {
            Change::Applied => say!("{name} is no longer an administrator.")?,
            Change::Unchanged => say!("{name} is not an administrator.")?,
        },
        AdminCommand::Create { name, email } => {
            let password = password()?;
            let typed = TypedSignUp { username: &name, email: &email, password: &password };
            operators.create(typed).await.map_err(|error| plain(error, &name))?;
            say!("Account {name} created. It has the admin role.")?;
        }
        AdminCommand::List => list(&operators.administrators().await?)?,
    }
    Ok(())
}

/// Reads a password: at a terminal twice and without echo, otherwise from the first line of
/// standard input, without the line ending.
fn password() -> Result<Zeroizing<String>, Failure> {
    let input = std::io::stdin().lock();
    if input.is_terminal() {
        let typed = Zeroizing::new(rpassword::prompt_password("Password (not shown): ")?);
        let again = Zeroizing::new(rpassword::prompt_password("Repeat the password: ")?);
        return if typed == again { Ok(typed) } else { Err("password: the passwords don't match".into()) };
    }
    let mut line = Zeroizing::new(String::new());
    input.take(LINE_MAX).read_line(&mut line)?;
    let end = line.trim_end_matches('\n').trim_end_matches('\r').len();
    line.truncate(end);
    Ok(line)
}

/// Formats a user's mistake as plain lines.
fn plain(error: ServiceError, name: &str) -> Failure {
    match error {
        ServiceError::NotFound => format!("{name}: no such user").into(),
        ServiceError::Refused(why) => format!("{name}: {why}").into(),
        ServiceError::Fields(errors) => {
            let lines: Vec<_> = errors.0.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
            lines.join("\n").into()
        }
        ServiceError::InternalError(InternalError::Store(fault)) => fault.into(),
        other => other.into(),
    }
}

fn list(standings: &[AdminEntry]) -> Result<(), Failure> {
    if standings.is_empty() {
        say!("There are no administrators. Add one with `portal admin create NAME EMAIL` or `promote NAME`.")?;
        return Ok(());
    }
    say!("{:<32}  {:<20}  {:<20}  STATE", "NAME", "SINCE", "LAST SIGN-IN")?;
    for AdminEntry { account, since } in standings {
        let since = since.map_or_else(|| "before the audit log".to_owned(), moment);
        let last = account.last_sign_in_at.map_or_else(|| "never".to_owned(), moment);
        say!("{:<32}  {since:<20}  {last:<20}  {}", account.username.as_str(), state(account))?;
    }
    Ok(())
}

fn state(account: &Account) -> &'static str {
    match (account.disabled, account.delete_after) {
        (true, _) => "disabled",
        (false, Some(_)) => "deletion pending",
        (false, None) => "active",
    }
}

/// Formats a time in UTC, to the minute.
fn moment(at: Timestamp) -> String {
    format!("{} {}", iso_date(at), clock_utc(at))
}
