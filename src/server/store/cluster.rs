//! A PostgreSQL server for the tests of this process: a cluster in a temporary folder, reachable
//! through a socket in that folder, and removed when the process ends.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, QueryTrait, Statement};
use tokio::sync::OnceCell;

use super::Store;
use crate::server::clock::Clock;

/// Rows per table: enough for the planner to prefer an index.
const ROWS: u32 = 20_000;
/// The longest wait for the server to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server with this version's schema and rows in every table.
struct Cluster {
    url: String,
    /// The shell that runs the server. When this process ends, the shell's standard input closes;
    /// the shell then stops the server and removes the folder.
    _keeper: Child,
}

static CLUSTER: OnceCell<Option<Cluster>> = OnceCell::const_new();

/// Creates an empty database with this name and returns its URL, or `None` if PostgreSQL is not
/// installed.
pub(super) async fn empty_database(name: &str) -> Option<String> {
    let cluster = CLUSTER.get_or_init(start).await.as_ref()?;
    let db = connect(&cluster.url).await;
    db.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("the database is created");
    db.close().await.expect("the connection closes");
    Some(cluster.url.replace("/postgres?", &format!("/{name}?")))
}

/// Returns the steps of PostgreSQL's query plan, or none if PostgreSQL is not installed.
pub(super) async fn explain(query: &impl QueryTrait) -> Vec<String> {
    let Some(cluster) = CLUSTER.get_or_init(start).await else { return Vec::new() };
    let db = connect(&cluster.url).await;
    // The values are inlined so that the planner sees them.
    let query = format!("EXPLAIN {}", query.build(DbBackend::Postgres));
    let rows =
        db.query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await.expect("the query is explained");
    db.close().await.expect("the connection closes");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a plan step")).collect()
}

async fn start() -> Option<Cluster> {
    let Some(programs) = programs() else {
        eprintln!("PostgreSQL is not installed: its plans are not looked at");
        return None;
    };
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    let owner = owner(&folder);
    let data = folder.join("data");
    let mut init = as_user(Command::new(programs.join("initdb")), owner);
    init.current_dir(&folder).arg("-D").arg(&data).args([
        "-U",
        "portal",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]);
    assert!(init.stdout(Stdio::null()).status().expect("initdb runs").success(), "the cluster is created");
    // No TCP port, only a socket that can be found through the name of this folder.
    let script = "\"$1\" -D \"$2/data\" -k \"$2\" -c listen_addresses= -c fsync=off >\"$2/log\" 2>&1 & server=$!; \
                  read -r _; kill -INT $server; wait $server; rm -rf \"$2\"";
    let mut keeper = as_user(Command::new("sh"), owner);
    keeper
        .args(["-c", script, "sh"])
        .arg(programs.join("postgres"))
        .arg(&folder)
        .current_dir(&folder)
        .stdin(Stdio::piped());
    // In its own process group, so that a signal to the group of the tests does not stop it too
    // early.
    let keeper = keeper.process_group(0).spawn().expect("the shell starts");
    let url = format!("postgres://portal@localhost/postgres?host={}", folder.display());
    ready(&folder).await;
    let store = Store::open(&url, Clock::System).await.expect("the database opens");
    store.migrate().await.expect("the migrations run");
    store.close().await.expect("the database closes");
    fill(&url).await;
    Some(Cluster { url, _keeper: keeper })
}

/// Returns the folder of the server's programs: from `PATH`, or where Debian installs them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let found = std::env::split_paths(&path).chain(debian).find(|folder| folder.join("initdb").exists())?;
    // Without symbolic links: the server looks for its files next to its program.
    fs::canonicalize(found.join("initdb")).ok()?.parent().map(Path::to_owned)
}

/// Gives the folder to another user if the tests run as root, which PostgreSQL refuses to do.
fn owner(folder: &Path) -> Option<u32> {
    if fs::metadata(folder).expect("the folder").uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("the list of users");
    let user = |name: &str| users.lines().find_map(|line| line.strip_prefix(name)?.split(':').nth(1)?.parse().ok());
    let id = user("postgres:").or_else(|| user("nobody:")).expect("a user other than root");
    chown(folder, Some(id), None).expect("the owner of the folder changes");
    Some(id)
}

fn as_user(mut command: Command, id: Option<u32>) -> Command {
    if let Some(id) = id {
        command.uid(id);
    }
    command
}

/// Waits until the server accepts connections.
async fn ready(folder: &Path) {
    let log = folder.join("log");
    let said = || fs::read_to_string(&log).unwrap_or_default();
    let listens = async {
        while !said().contains("ready to accept connections") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, listens).await.is_ok(), "PostgreSQL does not answer: {}", said());
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("a connection")
}

/// Fills every table with rows that differ in every column, then updates the statistics. Nullable
/// columns are set in every twentieth row. Ids begin with a timestamp, like those of the portal.
async fn fill(url: &str) {
    let db = connect(url).await;
    let columns = "SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position),
            string_agg(CASE is_nullable WHEN 'YES' THEN 'CASE WHEN n % 20 = 0 THEN ' ELSE '' END || CASE data_type
                WHEN 'uuid' THEN '(lpad(to_hex(1790000000000 + n), 12, ''0'') || ''7'' || substr(md5(n::text), 1, 3)
                    || ''8'' || substr(md5(n::text), 4, 15))::uuid'
                WHEN 'bytea' THEN 'decode(md5(n::text), ''hex'')'
                WHEN 'boolean' THEN 'n % 2 = 0'
                WHEN 'bigint' THEN 'n'
                WHEN 'integer' THEN 'n'
                ELSE '''word'' || n' END || CASE is_nullable WHEN 'YES' THEN ' END' ELSE '' END,
                ', ' ORDER BY ordinal_position)
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'seaql_migrations' AND is_generated = 'NEVER' GROUP BY table_name";
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, columns)).await.expect("the columns");
    assert!(rows.len() > 10, "the tables exist");
    for row in rows {
        let column = |index| row.try_get_by_index::<String>(index).expect("a text column");
        let (table, names, values) = (column(0), column(1), column(2));
        let insert = format!("INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1, {ROWS}) n");
        db.execute_unprepared(&insert).await.expect("the table is filled");
    }
    db.execute_unprepared("VACUUM ANALYZE").await.expect("the statistics are updated");
    db.close().await.expect("the connection closes");
}
