//! The secret keys.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use secrecy::ExposeSecret as _;
use tempfile::NamedTempFile;

use super::env::{Env, Source};
use super::settings::{SECRET_KEY, SECRET_KEY_PREVIOUS};
use super::site::SiteConfig;
use super::{Mistakes, access};
use crate::crypto::{KeyRing, SecretKey};
use crate::rng::Rng;

/// Loads `SECRET_KEY`, and `SECRET_KEY_PREVIOUS` if it is set.
pub fn load(env: &Env, site: &SiteConfig, rng: &Rng, mistakes: &mut Mistakes) -> Option<KeyRing> {
    let previous = env.secret(&SECRET_KEY_PREVIOUS, mistakes);
    let previous = previous.map(|text| SecretKey::from_base64(text.expose_secret()));
    let previous = previous.and_then(|key| mistakes.check(SECRET_KEY_PREVIOUS.name, key));
    let current = current(env, site, rng, mistakes)?;
    if previous.as_ref().is_some_and(|previous| previous.id() == current.id()) {
        mistakes.add(SECRET_KEY_PREVIOUS.name, "is the same key as SECRET_KEY; set SECRET_KEY to the new key");
    }
    Some(KeyRing::new(current, previous))
}

/// Loads the current key. In development, a missing key is generated once and stored in the data
/// directory; in production it is a mistake.
fn current(env: &Env, site: &SiteConfig, rng: &Rng, mistakes: &mut Mistakes) -> Option<SecretKey> {
    match env.secret(&SECRET_KEY, mistakes) {
        Some(text) => {
            let key = mistakes.check(SECRET_KEY.name, SecretKey::from_base64(text.expose_secret()))?;
            if site.production && !key.looks_random() {
                mistakes.add(SECRET_KEY.name, "is not random; generate one with `openssl rand -base64 32`");
            }
            Some(key)
        }
        // It is set, but cannot be read: a new key would make everything unreadable that the old one encrypted.
        None if env.sources().of(SECRET_KEY.name) != Source::Default => None,
        None if site.production => {
            mistakes.add(SECRET_KEY.name, "is missing; generate one with `openssl rand -base64 32`");
            None
        }
        None => mistakes.check(SECRET_KEY.name, development_key(&site.data_dir, rng)),
    }
}

fn development_key(data_dir: &Path, rng: &Rng) -> Result<SecretKey, String> {
    let path = data_dir.join("secret.key");
    let read = || SecretKey::from_base64(&fs::read_to_string(&path)?).map_err(io::Error::other);
    let key = match read() {
        Err(error) if error.kind() == ErrorKind::NotFound => match generate(data_dir, &path, rng) {
            // Another process that started at the same time created it.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => read(),
            key => key,
        },
        key => key,
    };
    key.map_err(|error| format!("{}: {}", path.display(), access::reason(&path, &error)))
}

/// Generates a key. The file is created atomically and is readable only by its owner.
fn generate(data_dir: &Path, path: &Path, rng: &Rng) -> io::Result<SecretKey> {
    let key = SecretKey::from_bytes(rng.bytes());
    fs::create_dir_all(data_dir)?;
    let mut file = NamedTempFile::new_in(data_dir)?;
    file.write_all(key.to_base64().as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    Ok(key)
}
