//! `portal audit verify` and `reseal`.

use clap::Subcommand;

use super::{Failure, say};
use crate::clock::Clock;
use crate::config::Config;
use crate::rng::Rng;
use crate::services::Audit;
use crate::services::audit::Violation;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Check the log for changes; the server may be running
    Verify,
    /// Seal the log again if its seal is missing, unreadable or doesn't match the rows; recorded in the log
    Reseal,
}

pub(super) async fn run(config: &Config, rng: Rng, command: AuditCommand) -> Result<(), Failure> {
    let store = super::open(config).await?;
    let audit = Audit::new(store.clone(), &config.keys, Clock::System, rng);
    let done = match command {
        AuditCommand::Verify => verify(&audit).await,
        AuditCommand::Reseal => reseal(&audit).await,
    };
    store.close().await?;
    done
}

async fn reseal(audit: &Audit) -> Result<(), Failure> {
    let verdict = audit.verify().await?;
    for finding in &verdict.violations {
        say!("{finding}")?;
    }
    if verdict.is_sound() {
        return Err("the seal on the audit log is valid, so there is nothing to do".into());
    }
    let seal =
        |finding: &Violation| matches!(finding, Violation::Seal | Violation::Inserted(_) | Violation::Removed(..));
    if !verdict.violations.iter().any(seal) {
        return Err("rows of the audit log were changed, and a new seal can't repair that".into());
    }
    audit.reseal().await?;
    say!("the log is sealed in its current state; earlier changes to it are not undone")?;
    Ok(())
}

/// Writes nothing, not even pending migrations, so it can run on a copy of the database.
async fn verify(audit: &Audit) -> Result<(), Failure> {
    let verdict = audit.verify().await?;
    for finding in &verdict.violations {
        say!("{finding}")?;
    }
    let counts = format!("{}, {}", counted(verdict.rows, "row"), counted(verdict.erased, "erased value"));
    if verdict.is_sound() {
        say!("{counts}: the log has not been changed")?;
        Ok(())
    } else if matches!(verdict.violations.as_slice(), [Violation::Seal]) {
        say!("{counts}: the log could not be verified")?;
        Err("the seal of the audit log does not match: SECRET_KEY and SECRET_KEY_PREVIOUS are not the ones that it was made with, or the log was changed".into())
    } else {
        say!("{counts}: the log has been changed")?;
        Err("the audit log was changed, or it was sealed with a different SECRET_KEY".into())
    }
}

fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
