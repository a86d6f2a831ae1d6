//! `portal check-config`.

use std::io::Write as _;

use super::{Failure, say};
use crate::config::{Config, reference, report, risks};
use crate::http::assets;

/// Prints the settings and limits in effect. Configuration errors have been reported before.
pub(super) fn run(config: &Config) -> Result<(), Failure> {
    config.database.check_writable()?;
    say!("The configuration is valid.")?;
    let warnings = config.warnings.iter().cloned().chain(risks::of(config)).chain(assets::problem(&config.site.root));
    for warning in warnings {
        say!("Warning: {warning}")?;
    }
    for setting in report::settings(config) {
        say!("{:<21} {:<38} {}", setting.name, setting.value, setting.source)?;
    }
    say!("")?;
    for limit in report::limits(config) {
        say!("{:<38} {:>9}  {}", limit.variable, limit.value, limit.source)?;
    }
    Ok(())
}

/// Prints `docs/configuration.md`.
pub(super) fn print_markdown() -> Result<(), Failure> {
    Ok(std::io::stdout().write_all(reference::markdown().as_bytes())?)
}
