//! `portal audit verify` and `reseal`

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
    /// Go on with a log whose seal is gone or does not open; that this was done is its next row
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

#[expect(clippy::print_stdout, reason = "the answer of the command")]
async fn reseal(audit: &Audit) -> Result<(), Failure> {
    let verdict = audit.verify().await?;
    if !verdict.findings.contains(&Finding::Seal) {
        return Err("the seal on the audit log opens: there is nothing to seal".into());
    }
    audit.reseal().await?;
    println!("the log is sealed as it is now; what was done to it before is not undone");
    Ok(())
}

/// Changes nothing, the schema included: this may run on a copy.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
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
