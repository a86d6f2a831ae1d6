//! `portal audit verify`

use clap::Subcommand;

use super::Failure;
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::rng::Rng;
use crate::server::services::Audit;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Find what somebody changed in the log, also while the portal serves
    Verify,
}

/// Changes nothing, the schema included: this may run on a copy.
#[expect(clippy::print_stdout, reason = "the answer of the command")]
pub(super) async fn run(config: &Config, rng: Rng, command: AuditCommand) -> Result<(), Failure> {
    let AuditCommand::Verify = command;
    let store = super::open(config).await?;
    let audit = Audit::new(store.clone(), &config.keys, Clock::System, rng);
    let verdict = audit.verify().await?;
    store.close().await?;
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
