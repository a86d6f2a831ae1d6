//! `portal passwords build FILES OUT`.

use std::path::PathBuf;

use clap::Subcommand;

use super::{Failure, say};
use crate::crypto::password_set::{self, Built};

#[derive(Clone, Debug, Subcommand)]
pub(super) enum PasswordsCommand {
    /// Build the file from lists; replaces an existing one when it is complete
    Build {
        /// The lists: one password per line, or lines HASH:COUNT as in the SHA-1 lists of Have I Been Pwned
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The file to write
        #[arg(required = true)]
        out: PathBuf,
    },
}

pub(super) fn run(command: PasswordsCommand) -> Result<(), Failure> {
    let PasswordsCommand::Build { files, out } = command;
    let Built { passwords, too_short, unreadable } = password_set::build(&files, &out)?;
    say!("{}: {passwords} passwords", out.display())?;
    if too_short > 0 {
        say!("Skipped {too_short} lines with fewer than 8 characters.")?;
    }
    if unreadable > 0 {
        say!("Skipped {unreadable} lines that are too long or not UTF-8.")?;
    }
    Ok(())
}
