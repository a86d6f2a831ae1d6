//! The secret keys, and where a developer's comes from.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use secrecy::ExposeSecret as _;

use super::Mistakes;
use super::env::Env;
use super::site::SiteConfig;
use crate::server::crypto::{KeyRing, SecretKey};
use crate::server::rng::Rng;

const PREVIOUS: &str = "SECRET_KEY_PREVIOUS";

/// Reads `SECRET_KEY`, and `SECRET_KEY_PREVIOUS` if it is set.
pub fn load(env: &Env, site: &SiteConfig, rng: &Rng, mistakes: &mut Mistakes) -> Option<KeyRing> {
    let previous = env.secret(PREVIOUS, mistakes);
    let previous = previous.and_then(|text| mistakes.check(PREVIOUS, SecretKey::from_base64(text.expose_secret())));
    let current = current(env, site, rng, mistakes)?;
    if previous.as_ref().is_some_and(|previous| previous.id() == current.id()) {
        mistakes.add(PREVIOUS, "is the same key as SECRET_KEY; put the new one into SECRET_KEY");
    }
    Some(KeyRing::new(current, previous))
}

/// In development a key is made once and kept in the data directory; in
/// production its absence is a mistake.
fn current(env: &Env, site: &SiteConfig, rng: &Rng, mistakes: &mut Mistakes) -> Option<SecretKey> {
    match env.secret("SECRET_KEY", mistakes) {
        Some(text) => mistakes.check("SECRET_KEY", SecretKey::from_base64(text.expose_secret())),
        None if site.production => {
            mistakes.add("SECRET_KEY", "is missing; make one with `openssl rand -base64 32`");
            None
        }
        None => mistakes.check("SECRET_KEY", development_key(&site.data_dir, rng)),
    }
}

fn development_key(data_dir: &Path, rng: &Rng) -> Result<SecretKey, String> {
    let path = data_dir.join("secret.key");
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    match fs::read_to_string(&path) {
        Ok(text) => SecretKey::from_base64(&text).map_err(|error| problem(&error)),
        Err(_) => {
            let key = SecretKey::from_bytes(rng.bytes());
            fs::create_dir_all(data_dir).map_err(|error| problem(&error))?;
            // Readable by its owner alone, from the moment it exists.
            let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            let mut file = file.map_err(|error| problem(&error))?;
            file.write_all(key.to_base64().as_bytes()).map_err(|error| problem(&error))?;
            Ok(key)
        }
    }
}
