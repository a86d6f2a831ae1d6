//! What passwords are checked against.

use std::path::PathBuf;

use super::Mistakes;
use super::env::Env;
use super::settings::{PORTAL_PASSWORD_FILE, PORTAL_PASSWORD_WORDS};
use crate::crypto::PasswordSet;

/// The number of characters of a word. Shorter ones occur in every other password.
const WORD: std::ops::RangeInclusive<usize> = 3..=40;
/// Maximum number of words. Each makes every check of a password a little slower.
const WORDS_MAX: usize = 200;

/// `PORTAL_PASSWORD_WORDS` and `PORTAL_PASSWORD_FILE`.
#[derive(Clone, Debug, Default)]
pub struct PasswordConfig {
    /// Words that a password must not mainly consist of.
    pub words: Vec<String>,
    /// The file with the operator's set of leaked passwords.
    pub file: Option<PathBuf>,
    /// The set in the file.
    pub set: Option<PasswordSet>,
}

impl PasswordConfig {
    /// Loads the section.
    pub fn load(env: &Env, mistakes: &mut Mistakes) -> Self {
        let words = env.list(&PORTAL_PASSWORD_WORDS, "words of 3 to 40 characters", word, mistakes);
        if words.len() > WORDS_MAX {
            mistakes.add(PORTAL_PASSWORD_WORDS.name, format_args!("must be at most {WORDS_MAX} words"));
        }
        let file = env.get(PORTAL_PASSWORD_FILE.name).map(PathBuf::from);
        let set = file.as_ref().and_then(|file| {
            let set = PasswordSet::open(file).map_err(|error| format!("{}: {error}", file.display()));
            mistakes.check(PORTAL_PASSWORD_FILE.name, set)
        });
        Self { words, file, set }
    }
}

fn word(item: &str) -> Option<String> {
    let fits = WORD.contains(&item.chars().count()) && !item.chars().any(char::is_control);
    fits.then(|| item.to_owned())
}
