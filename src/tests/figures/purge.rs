//! How long a writer waits for the write lock while expired data is deleted, and how long that takes.
//!
//! A disk that is busy for a moment makes every commit wait, even a small one. So the longest wait says more about the
//! disk than about the purge. The 99th percentile is compared with that of the same writer beside commits that change
//! one page each, on the same disk, turn by turn.

use std::fmt;
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

use crate::latency::p99;
use crate::table::{Figure, Row, Unit, median};
use crate::{Effort, FULL, Outcome, load, say};

const WAIT: Figure =
    Figure::new("p99 wait of a writer during a purge ÷ beside small commits", Unit::Multiple, 15.0, 8.0);
const TIME: Figure = Figure::new("purge of 500,000 rows", Unit::Milliseconds, 60_000.0, 20_000.0);
pub(crate) const FIGURES: &[Figure] = &[WAIT, TIME];

/// Rows of all tables in all rounds.
const ROWS: u32 = 500_000;

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
    let tables = u32::try_from(TABLES.len())?;
    let rows = ROWS / FULL.rounds / tables / if effort.rounds == FULL.rounds { 1 } else { 4 };
    let (mut ratios, mut times) = (Vec::new(), Vec::new());
    for round in 1..=effort.rounds {
        let (core, _folder) = filled(rows).await?;
        let all = rows * tables;
        let (took, beside_purge) = beside_a_purge(&core, all).await?;
        let beside_commits = beside_small_commits(&core.store, took).await?;
        core.store.close().await?;
        say(format_args!(
            "purge, round {round}: {all} rows in {} ms; a writer waited {beside_purge}; beside small commits \
             {beside_commits}",
            took.as_millis(),
        ));
        ratios.push(beside_purge.p99 / beside_commits.p99);
        times.push(took.as_secs_f64() * 1_000.0 * f64::from(ROWS) / f64::from(all));
    }
    Ok(vec![WAIT.is(median(ratios)), TIME.is(median(times))])
}

/// How long a writer waited, in milliseconds.
struct Waits {
    p99: f64,
    longest: f64,
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} ms at p99, {:.1} ms at most", self.p99, self.longest)
    }
}

/// Creates a database next to the build, which is on a real disk, while `/tmp` may be in
/// memory, with this many rows from 1970 in each big table.
async fn filled(rows: u32) -> Outcome<(Core, TempDir)> {
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

/// Purges everything. Returns how long that took, and how long a writer waited meanwhile.
async fn beside_a_purge(core: &Core, rows: u32) -> Outcome<(Duration, Waits)> {
    let began = load::now();
    let (deleted, waits) = with_a_writer(&core.store, core.maintenance().purge()).await?;
    let (took, deleted) = (began.elapsed(), deleted?);
    if deleted != u64::from(rows) {
        return Err(format!("{deleted} of {rows} rows were deleted").into());
    }
    Ok((took, waits))
}

/// Returns how long a writer waited beside another that commits a change of one page as soon as it can.
async fn beside_small_commits(store: &Store, length: Duration) -> Outcome<Waits> {
    let began = load::now();
    let commits = async {
        let mut number = 0_u32;
        while began.elapsed() < length {
            number += 1;
            let tx = store.write().await?;
            tx.execute_unprepared(&format!("PRAGMA user_version = {number}")).await?;
            tx.commit().await?;
        }
        Outcome::Ok(())
    };
    let (committed, waits) = with_a_writer(store, commits).await?;
    committed.map(|()| waits)
}

/// Runs `work` while a writer asks for the write lock again and again.
async fn with_a_writer<T>(store: &Store, work: impl Future<Output = T>) -> Outcome<(T, Waits)> {
    let (done, working) = watch::channel(false);
    let writer = tokio::spawn(take_turns(store.clone(), working));
    let result = work.await;
    done.send(true)?;
    let waits = writer.await??;
    let milliseconds = |wait: Duration| wait.as_secs_f64() * 1_000.0;
    let longest = milliseconds(waits.iter().copied().max().unwrap_or_default());
    Ok((result, Waits { p99: milliseconds(p99(waits)), longest }))
}

async fn take_turns(store: Store, working: watch::Receiver<bool>) -> Outcome<Vec<Duration>> {
    let mut waits = Vec::new();
    while !*working.borrow() {
        let asked = load::now();
        let turn = store.write().await?;
        waits.push(asked.elapsed());
        turn.commit().await?;
        // The pause before a user's next request; users do not send in a loop.
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    Ok(waits)
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
