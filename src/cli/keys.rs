//! `portal keys status` and `portal keys rotate`.

use std::fmt::Write as _;

use clap::Subcommand;

use super::{Failure, say};
use crate::config::Config;
use crate::crypto::SecretKey;
use crate::rng::Rng;
use crate::services::KeyRotation;
use crate::services::key_rotation::KeyUsage;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Re-encrypt everything that was encrypted with the previous key; the server may be running
    Rotate,
    /// Show how many values are encrypted with each key, without changing anything
    Status,
}

pub(super) async fn run(config: &Config, rng: Rng, command: KeysCommand) -> Result<(), Failure> {
    let store = super::open(config).await?;
    let rotation = KeyRotation { store: store.clone(), keys: config.keys.clone(), rng };
    let previous = config.keys.previous().map(SecretKey::id);
    say!("SECRET_KEY            {}", config.keys.current().id())?;
    say!("SECRET_KEY_PREVIOUS   {}", previous.map_or_else(|| "not set".to_owned(), |id| id.to_string()))?;
    if matches!(command, KeysCommand::Rotate) {
        for (column, resealed) in rotation.rotate().await? {
            say!("{:<21} {resealed} re-encrypted", column.to_string())?;
        }
    }
    // Also after a rotation: report what is in the database, not what was done.
    let usages = rotation.status().await?;
    for KeyUsage { column, current, due, unreadable, .. } in &usages {
        say!("{:<21} {current} with SECRET_KEY, {due} to re-encrypt, {unreadable} unreadable", column.to_string())?;
    }
    super::close(store, matches!(command, KeysCommand::Status)).await?;
    report(&usages, command)
}

/// Fails if values cannot be decrypted or the rotation is incomplete; the operator must not go on
/// to the next step then.
fn report(usages: &[KeyUsage], command: KeysCommand) -> Result<(), Failure> {
    let mut problems = String::new();
    for KeyUsage { column, unreadable, examples, .. } in usages {
        for id in examples {
            // Writing to a `String` cannot fail.
            let _ = writeln!(problems, "{column}: row {id} can't be decrypted with SECRET_KEY or SECRET_KEY_PREVIOUS");
        }
        let unnamed = unreadable.saturating_sub(examples.len() as u64);
        if unnamed > 0 {
            let _ = writeln!(problems, "{column}: and {unnamed} more");
        }
    }
    let due: u64 = usages.iter().map(|usage| usage.due).sum();
    match command {
        KeysCommand::Rotate if due > 0 => problems.push_str(
            "new values were encrypted with the previous key: restart the portal with both keys, then rotate again",
        ),
        _ if !problems.is_empty() => {}
        _ if due > 0 => say!("Run `portal keys rotate` to re-encrypt them.")?,
        _ => say!("All values are encrypted with SECRET_KEY.")?,
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}
