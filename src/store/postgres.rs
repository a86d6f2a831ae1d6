//! A PostgreSQL server for the tests of this module, with a database of this version's schema in
//! which every table is filled.

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, QueryTrait, Statement};
use tokio::sync::OnceCell;

use super::Store;
use crate::clock::Clock;

#[path = "../tests/harness/postgres.rs"]
#[expect(dead_code, reason = "the integration tests use the rest")]
mod server;

use server::Postgres;

/// Rows in each table: enough for the planner to prefer an index.
const ROWS: u32 = 20_000;

static SERVER: OnceCell<Option<Postgres>> = OnceCell::const_new();

/// Creates an empty database with this name and returns its URL, or `None` if PostgreSQL is not
/// installed.
pub(super) async fn empty_database(name: &str) -> Option<String> {
    let server = SERVER.get_or_init(start).await.as_ref()?;
    server.create(name);
    Some(server.url(name))
}

/// Returns the steps of PostgreSQL's query plan, or none if PostgreSQL is not installed.
pub(super) async fn explain(query: &impl QueryTrait) -> Vec<String> {
    let Some(server) = SERVER.get_or_init(start).await else { return Vec::new() };
    let db = connect(&server.url("postgres")).await;
    // The values are part of the query, so that the planner takes them into account.
    let query = format!("EXPLAIN {}", query.build(DbBackend::Postgres));
    let rows =
        db.query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await.expect("the query is explained");
    db.close().await.expect("the connection closes");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a plan step")).collect()
}

async fn start() -> Option<Postgres> {
    let Some(server) = Postgres::start() else {
        eprintln!("PostgreSQL is not installed: its query plans are not checked");
        return None;
    };
    let url = server.url("postgres");
    let store = Store::open(&url, Clock::System).await.expect("the database opens");
    store.migrate().await.expect("the migrations run");
    store.close().await.expect("the database closes");
    fill(&url).await;
    Some(server)
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
