//! How long a writer waits for the write lock while expired data is deleted.

use std::path::Path;
use std::time::Duration;

use portal::clock::Clock;
use portal::config::Config;
use portal::config::env::Env;
use portal::domain::Timestamp;
use portal::rng::Rng;
use portal::services::Core;
use portal::store::Store;
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::table::{Figure, Row, Unit};
use crate::{Effort, FULL, Outcome, load, say};

/// With this many expired rows in each big table; the longest of all
/// waits.
const STALL: Figure = Figure::new("longest stall of a writer during a purge", Unit::Milliseconds, 50.0, 10.0);
pub(crate) const FIGURES: &[Figure] = &[STALL];

/// The big tables, with the SQL that makes a row of each from its number.
const TABLES: [(&str, &str, &str); 5] = [
    (
        "otp",
        "id, purpose, flow_id, email_key, digest, requester_ip, issued_at, expires_at, consumed_at",
        "$id, 'registration', randomblob(16), hex(randomblob(8)) || '@x.example', randomblob(32), \
         '192.0.2.' || (i % 250), i, i + 300000, iif(i % 2, i, NULL)",
    ),
    (
        "outbox",
        "id, kind, recipient_masked, state, attempts, created_at, next_attempt_at, sent_at, otp_id",
        "$id, 'registration_code', 'p***@x.example', 'sent', 1, i, i, i, randomblob(16)",
    ),
    (
        "security_event",
        "id, account_id, kind, at, ip, user_agent",
        "$id, randomblob(16), 'signed_in', i, '192.0.2.7', 'Mozilla/5.0 (X11; Linux x86_64)'",
    ),
    (
        "audit",
        "seq, at, actor_kind, actor_id, action, target_id, detail, previous, hash",
        "i, i, 'administrator', randomblob(16), 'account_disabled', randomblob(16), '', zeroblob(32), zeroblob(32)",
    ),
    (
        "attempt",
        "id, kind, subject, network, known_device, at, outcome, expires_at",
        "$id, 'email_code', randomblob(32), randomblob(4), FALSE, i, 'failed', i",
    ),
];

pub(crate) async fn measure(effort: Effort) -> Outcome<Vec<Row>> {
    let rows: u64 = if effort.rounds == FULL.rounds { 100_000 } else { 5_000 };
    // One round, because the value is the longest of some ten thousand turns.
    let (core, _folder) = filled(rows).await?;
    let stall = beside_a_purge(&core, rows).await?;
    core.store.close().await?;
    Ok(vec![STALL.is(stall)])
}

/// Creates a database next to the build, which is on a real disk, while `/tmp` may be in
/// memory, with this many rows from 1970 in each big table.
async fn filled(rows: u64) -> Outcome<(Core, TempDir)> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let store = Store::open(&format!("sqlite://{}/portal.db", folder.path().display()), Clock::System).await?;
    let core = core(&store, folder.path())?;
    core.audit.prepare().await?;
    for (table, columns, values) in TABLES {
        // Ids in time order, as real ones are.
        let values = values.replace("$id", "CAST(printf('%016x', i) AS BLOB)");
        let tx = store.write().await?;
        tx.execute_unprepared(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) \
             INSERT INTO {table} ({columns}) SELECT {values} FROM n"
        ))
        .await?;
        tx.commit().await?;
    }
    Ok((core, folder))
}

/// The longest wait of a writer that writes repeatedly, in milliseconds.
async fn beside_a_purge(core: &Core, rows: u64) -> Outcome<f64> {
    let (done, purging) = watch::channel(false);
    let writer = tokio::spawn(take_turns(core.store.clone(), purging));
    let began = load::now();
    let deleted = core.maintenance().purge().await?;
    say(format_args!("purge: {deleted} rows in {} ms", began.elapsed().as_millis()));
    done.send(true)?;
    let longest = writer.await??;
    let expected = rows * u64::try_from(TABLES.len())?;
    if deleted != expected {
        return Err(format!("{deleted} of {expected} rows were deleted").into());
    }
    Ok(longest.as_secs_f64() * 1_000.0)
}

async fn take_turns(store: Store, purging: watch::Receiver<bool>) -> Outcome<Duration> {
    let mut longest = Duration::ZERO;
    while !*purging.borrow() {
        let asked = load::now();
        let turn = store.write().await?;
        longest = longest.max(asked.elapsed());
        turn.commit().await?;
        // The pause before a user's next request; users do not send in a loop.
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    Ok(longest)
}

/// The services over this database, as a process without a `.env` makes them.
fn core(store: &Store, folder: &Path) -> Outcome<Core> {
    if Clock::System.now() < Timestamp(0) + Duration::from_secs(40 * 365 * 86_400) {
        return Err("this machine's clock is wrong".into());
    }
    let rng = Rng::from_system()?;
    let folder = folder.to_str().ok_or("the folder's path is not UTF-8")?;
    let config = Config::from_env(&Env::of(&[("PORTAL_DATA_DIR", folder)]), &rng)?;
    Ok(Core::new(config, store.clone(), Clock::System, rng)?)
}
