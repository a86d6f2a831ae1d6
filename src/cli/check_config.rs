//! `portal check-config`.

use crate::config::{Config, reference, report, risks};

/// Prints the settings and limits in effect. Configuration errors have been reported before.
#[expect(clippy::print_stdout, reason = "the output of the command")]
pub(super) fn run(config: &Config) {
    println!("The configuration is valid.");
    for warning in config.warnings.iter().chain(&risks::of(config)) {
        println!("Warning: {warning}");
    }
    for setting in report::settings(config) {
        println!("{:<21} {:<38} {}", setting.name, setting.value, setting.source);
    }
    println!();
    for limit in report::limits(config) {
        println!("{:<38} {:>9}  {}", limit.variable, limit.value, limit.source);
    }
}

/// Prints `docs/configuration.md`.
#[expect(clippy::print_stdout, reason = "the output of the command")]
pub(super) fn print_markdown() {
    print!("{}", reference::markdown());
}
