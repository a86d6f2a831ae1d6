//! Many users at once: accounts, and for each a session, the code with which it verified
//! its email, and an attempt to sign in, with one statement per table.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use portal::clock::Clock;
use portal::store::Store;
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;

use crate::data::{DataFolder, PASSWORD};
use crate::{Outcome, process};

/// Creates a data directory with this many accounts. The first is an
/// administrator's. All have the same password, behind a hash that takes
/// microseconds to verify, so a sign-in is everything but its hash.
pub(crate) async fn data_of(accounts: u32) -> Outcome<DataFolder> {
    let folder: TempDir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    process::migrate(folder.path())?;
    let store = Store::open(&format!("sqlite://{}/portal.db", folder.path().display()), Clock::System).await?;
    let (hash, now) = (quick_hash()?, Clock::System.now().0);
    let tx = store.write().await?;
    // Writes all over an index are buffered in memory instead of waiting for the disk.
    tx.execute_unprepared("PRAGMA cache_size = -500000").await?;
    for statement in [
        // Ids as the portal makes them: 48 bits of time, the version and the variant of RFC 9562, section 5.7.
        &format!(
            "INSERT INTO account (id, username, username_key, email, email_key, password_hash, role,
                created_at, verified_at, password_changed_at, session_epoch)
             WITH RECURSIVE person(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM person WHERE n + 1 < {accounts})
             SELECT unhex(printf('%012x7%03x8%03x%012x', {now} - {accounts} + n, n % 4096, abs(random()) % 4096, n)),
                'person' || n, 'person' || n, 'person' || n || '@figures.example', 'person' || n || '@figures.example',
                '{hash}', CASE n WHEN 0 THEN 'administrator' ELSE 'user' END,
                {now} - {accounts} + n, {now} - {accounts} + n, {now} - {accounts} + n, 0
             FROM person"
        ),
        &format!(
            "INSERT INTO session (digest, account_id, remember, data, created_at, last_seen_at, handle)
             SELECT randomblob(32), id, 0, '{{}}', {now}, {now}, randomblob(16) FROM account"
        ),
        &format!(
            "INSERT INTO attempt (id, kind, subject, account_id, network, known_device, at, outcome, expires_at)
             SELECT randomblob(16), 'password', randomblob(32), id, randomblob(4), FALSE,
                {now} - abs(random()) % 86400000, 'succeeded', {now} + 86400000 FROM account"
        ),
        "INSERT INTO otp (id, purpose, flow_id, email_key, digest, requester_ip, issued_at, expires_at, consumed_at)
         SELECT id, 'registration', randomblob(16), email_key, randomblob(32), '192.0.2.7',
            created_at - 300000, created_at, created_at - 100000 FROM account",
    ] {
        tx.execute_unprepared(statement).await?;
    }
    tx.commit().await?;
    store.close().await?;
    Ok(DataFolder::of(folder, hash))
}

/// Hashes the password with the smallest parameters that Argon2 accepts (RFC 9106, section 3.1).
fn quick_hash() -> Outcome<String> {
    let least = Params::new(Params::MIN_M_COST, 1, 1, None)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, least);
    let hash: PasswordHash = argon2.hash_password_with_salt(PASSWORD.as_bytes(), b"salt of everyone")?;
    Ok(hash.to_string())
}
