//! The command line.

mod admin;
mod audit;
mod backup;
mod check_config;
mod health;
mod keys;
mod migrate;
mod passwords;
mod serve;
mod signals;

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use super::clock::Clock;
use super::config::Config;
use super::rng::Rng;
use super::services::Audit;
use super::store::Store;

/// A self-hosted registration portal.
#[derive(Debug, Parser)]
#[command(name = "portal", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (default)
    Serve,
    /// Apply the database migrations and exit
    Migrate,
    /// Check the configuration and print the settings in effect, without secrets
    CheckConfig {
        /// Print a description of all settings as Markdown instead; needs no valid configuration
        #[arg(long)]
        markdown: bool,
    },
    /// Ask the server on this machine whether it is ready; succeeds if it is. For containers
    Health {
        /// Ask only whether the process answers, not whether the database works
        #[arg(long)]
        live: bool,
    },
    /// Write a consistent copy of the SQLite database; the server may be running
    Backup {
        /// The file to write; must not exist
        file: String,
    },
    /// Manage administrators
    Admin {
        #[command(subcommand)]
        command: admin::AdminCommand,
    },
    /// Check the audit log, or seal it again
    Audit {
        #[command(subcommand)]
        command: audit::AuditCommand,
    },
    /// Build a file of leaked passwords for PORTAL_PASSWORD_FILE; needs no configuration
    Passwords {
        #[command(subcommand)]
        command: passwords::PasswordsCommand,
    },
    /// Rotate the secret key; see docs/deployment.md for the steps
    Keys {
        #[command(subcommand)]
        command: keys::KeysCommand,
    },
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Writes a line to standard output. Unlike `println!`, it returns an error when nothing reads the output any more, as
/// in `portal check-config | head`.
macro_rules! say {
    ($($text:tt)*) => { std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($text)*))) };
}
use say;

/// How long a thread for blocking work, such as password hashes, waits for more work before it ends. The allocator
/// returns memory to the system a second after it was freed, but only when something else happens, such as the end of a
/// thread.
const IDLE_THREAD: Duration = Duration::from_millis(1_500);

/// Runs the command of the process's arguments.
#[must_use]
pub fn run() -> ExitCode {
    match run_command(Cli::parse().command.unwrap_or(Command::Serve)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if is_broken_pipe(&failure) => ExitCode::SUCCESS,
        Err(failure) => {
            let failure = failure.to_string();
            for line in failure.lines().chain(hint(&failure)) {
                report(line);
            }
            ExitCode::FAILURE
        }
    }
}

/// Explains errors of PostgreSQL that come from PgBouncer with settings that the portal cannot use.
fn hint(failure: &str) -> Option<&'static str> {
    let pgbouncer = failure.contains("unsupported startup parameter") || failure.contains("prepared statement \"sqlx_");
    pgbouncer.then_some(
        "DATABASE_URL: is this PgBouncer? It needs pool_mode = session and ignore_startup_parameters = \
         extra_float_digits; see docs/deployment.md",
    )
}

/// Whether the program that reads the output has ended.
fn is_broken_pipe(failure: &Failure) -> bool {
    failure.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn run_command(command: Command) -> Result<(), Failure> {
    if matches!(command, Command::CheckConfig { markdown: true }) {
        return check_config::print_markdown();
    }
    if let Command::Health { live } = command {
        return health::run(live);
    }
    // Files are accessible only to the owner of the process: the database, backups, keys and emails.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    if let Command::Passwords { command } = command {
        return passwords::run(command);
    }
    let rng = Rng::from_system()?;
    let config = Config::from_environment(&rng)?;
    if matches!(command, Command::CheckConfig { .. }) {
        return check_config::run(&config);
    }
    super::telemetry::init(&config.log);
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_keep_alive(IDLE_THREAD).build()?;
    runtime.block_on(async {
        match command {
            Command::Serve => serve::run(config, rng).await,
            Command::Migrate => migrate::run(&config, rng).await,
            Command::Backup { file } => backup::run(&config, &file).await,
            Command::Admin { command } => Box::pin(admin::run(config, rng, command)).await,
            Command::Audit { command } => audit::run(&config, rng, command).await,
            Command::Keys { command } => keys::run(&config, rng, command).await,
            Command::CheckConfig { .. } | Command::Health { .. } | Command::Passwords { .. } => Ok(()),
        }
    })
}

/// Opens the configured database. Creates the folder of an SQLite file if it does not exist.
async fn open(config: &Config) -> Result<Store, Failure> {
    use secrecy::ExposeSecret as _;
    if let Some(folder) = config.database.sqlite_file().and_then(|file| Path::new(file).parent()) {
        let created = std::fs::create_dir_all(folder);
        created.map_err(|error| explain(config, format!("DATABASE_URL: {}: {error}", folder.display())))?;
    }
    let opened = Store::open(config.database.url.expose_secret(), Clock::System).await;
    opened.map_err(|error| match config.database.sqlite_file() {
        Some(file) => explain(config, format!("DATABASE_URL: {file}: {error}")),
        None => explain(config, error),
    })
}

/// Explains why the database cannot be used, if the reason is that a file or folder cannot be written: SQLite's errors
/// name neither. Otherwise returns the error itself.
fn explain(config: &Config, error: impl Into<Failure>) -> Failure {
    config.database.check_writable().map_or_else(Failure::from, |()| error.into())
}

/// Opens the configured database and migrates it to this version's schema.
async fn open_current(config: &Config, rng: Rng) -> Result<Store, Failure> {
    let store = open(config).await?;
    let prepared = Audit::new(store.clone(), &config.keys, Clock::System, rng).prepare().await;
    prepared.map_err(|error| explain(config, error))?;
    Ok(store)
}

/// Closes the database. After a command that only read, fails if the database is not writable: the
/// portal could store nothing then, and the operator should know.
async fn close(store: Store, has_only_read: bool) -> Result<(), Failure> {
    let writable = if has_only_read { store.check_writable().await } else { Ok(()) };
    store.close().await?;
    writable.map_err(|error| format!("the database can be read, but not written: {error}").into())
}

fn report(line: &str) {
    // Without a reader there is no one to report it to.
    let _ = writeln!(io::stderr(), "portal: {line}");
}
