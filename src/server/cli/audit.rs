//! `portal audit verify` and `reseal`.

use clap::Subcommand;

use super::Failure;
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::rng::Rng;
use crate::server::services::Audit;
use crate::server::services::audit::Finding;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Find what somebody changed in the log, also while the portal serves
    Verify,
    /// Seal the log again as it is, when its seal is gone, does not open or does not fit the rows; recorded in the log
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

#[expect(clippy::print_stdout, reason = "the output of the command")]
async fn reseal(audit: &Audit) -> Result<(), Failure> {
    let verdict = audit.verify().await?;
    for finding in &verdict.findings {
        println!("{finding}");
    }
    if verdict.is_sound() {
        return Err("the seal on the audit log fits: there is nothing to seal".into());
    }
    let seal = |finding: &Finding| matches!(finding, Finding::Seal | Finding::Inserted(_) | Finding::Removed(..));
    if !verdict.findings.iter().any(seal) {
        return Err("rows of the audit log were changed: a new seal does not mend that".into());
    }
    audit.reseal().await?;
    println!("the log is sealed as it is now; what was done to it before is not undone");
    Ok(())
}

/// Writes nothing, not even pending migrations, so it can run on a copy of the database.
#[expect(clippy::print_stdout, reason = "the output of the command")]
async fn verify(audit: &Audit) -> Result<(), Failure> {
    let verdict = audit.verify().await?;
    for finding in &verdict.findings {
        println!("{finding}");
    }
    let counts = format!("{} rows, {} erased values", verdict.rows, verdict.erased);
    if verdict.is_sound() {
        println!("{counts}: the log is as it was written");
        Ok(())
    } else {
        println!("{counts}: the log is not as it was written");
        Err("somebody changed the audit log, or SECRET_KEY is another".into())
    }
}
