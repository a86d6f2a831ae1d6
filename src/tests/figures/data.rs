//! A portal's data: a migrated database with a few accounts.

use std::path::Path;

use portal::clock::Clock;
use portal::crypto::{PasswordHash, PasswordHasher};
use portal::domain::{Email, Password, Role, Username};
use portal::rng::Rng;
use portal::store::Store;
use portal::store::accounts::{self, NewAccount};
use tempfile::TempDir;

use crate::{Outcome, process};

/// The password of every account.
pub(crate) const PASSWORD: &str = "tumble rinse obelisk";
/// The number of accounts. A client that signs in repeatedly needs an account of its
/// own, because a sign-in counts as failed until it has succeeded.
pub(crate) const ACCOUNTS: u32 = 8;

/// A portal's data directory, deleted when this is dropped.
pub(crate) struct DataFolder {
    folder: TempDir,
    /// The password's hash in the database, in PHC form.
    pub(crate) hash: String,
}

impl DataFolder {
    /// Creates one next to the build, which is on a real disk, while `/tmp` may be in
    /// memory: the portal waits for the disk before it answers a sign-in.
    pub(crate) async fn new() -> Outcome<Self> {
        Self::with_accounts(ACCOUNTS).await
    }

    /// As above, with this many accounts.
    pub(crate) async fn with_accounts(accounts: u32) -> Outcome<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        process::migrate(folder.path())?;
        let store = Store::open(&format!("sqlite://{}/portal.db", folder.path().display()), Clock::System).await?;
        let (rng, now) = (Rng::from_system()?, Clock::System.now());
        let hash = hash_password(&rng).await?;
        let tx = store.write().await?;
        for n in 0..accounts {
            let name = username(n);
            let account = NewAccount {
                id: rng.id(now),
                username: Username::parse(&name)?,
                email: Email::parse(&format!("{name}@figures.example"))?,
                password_hash: hash.clone(),
                role: Role::User,
                created_at: now,
            };
            accounts::insert(&tx, account).await?;
        }
        tx.commit().await?;
        store.close().await?;
        Ok(Self { folder, hash: hash.as_stored().to_owned() })
    }

    /// Wraps a directory that was created elsewhere.
    pub(crate) fn of(folder: TempDir, hash: String) -> Self {
        Self { folder, hash }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

async fn hash_password(rng: &Rng) -> Outcome<PasswordHash> {
    let hasher = PasswordHasher::new(rng.clone());
    Ok(hasher.hash(hasher.enter(Vec::new())?, &Password::parse_new(PASSWORD)?).await?)
}

/// Returns the username of the `n`th account.
pub(crate) fn username(n: u32) -> String {
    format!("person{n}")
}
