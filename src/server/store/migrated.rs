//! That every migration can be taken back, and made again.

use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use super::{Store, StoreError, cluster};
use crate::server::clock::Clock;

/// A line for everything that the migrations make, in order.
async fn schema(db: &DatabaseConnection) -> Vec<String> {
    let query = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'seaql_migrations'",
        _ => {
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, collation_name,
                    generation_expression) FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name <> 'seaql_migrations'
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'seaql_migrations'
            UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        }
    };
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.expect("the schema");
    let mut lines: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).expect("a line")).collect();
    lines.sort();
    lines
}

async fn count(db: &DatabaseConnection, table: &str) -> i64 {
    let query = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) FROM {table}"));
    let row = db.query_one_raw(query).await.expect("it is counted").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

/// A seed that waits is in a table of its own since that was made, and goes back
/// with it; one that counts stays.
async fn seeds_move(db: &DatabaseConnection) {
    let position = Migrator::migrations().iter().position(|migration| migration.name().ends_with("waiting_apps"));
    let behind = Migrator::migrations().len() - position.expect("the migration");
    let behind = Some(u32::try_from(behind).expect("a few"));
    Migrator::down(db, behind).await.expect("it goes back");
    let seeds = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT randomblob(16), x'07', 1, NULL UNION ALL SELECT randomblob(16), x'07', 1, 2",
        _ => {
            "SELECT gen_random_uuid(), '\\x07'::bytea, 1, NULL UNION ALL SELECT gen_random_uuid(), '\\x07'::bytea, 1, 2"
        }
    };
    let insert = format!("INSERT INTO totp (account_id, secret, created_at, confirmed_at) {seeds}");
    db.execute_unprepared(&insert).await.expect("two seeds");
    Migrator::up(db, None).await.expect("it goes forth");
    assert_eq!((count(db, "totp").await, count(db, "totp_waiting").await), (1, 1));
    Migrator::down(db, behind).await.expect("it goes back");
    assert_eq!((count(db, "totp").await, count(db, "totp WHERE confirmed_at IS NULL").await), (2, 1));
    Migrator::up(db, None).await.expect("it goes forth");
}

/// Two processes that start at the same time on a new database.
async fn of_two_one_migrates(url: &str) {
    let migrate = async || {
        let store = Store::open(url, Clock::System).await.expect("the database opens");
        let taken = store.migrate().await.expect("the migrations run");
        store.close().await.expect("it closes");
        taken.len()
    };
    let (one, other) = tokio::join!(migrate(), migrate());
    let mut taken = [one, other];
    taken.sort_unstable();
    assert_eq!(taken, [0, Migrator::migrations().len()]);
}

/// A version's upgrade of several migrations, of which one fails.
async fn a_failed_upgrade_changes_nothing(store: &Store) {
    let db = &store.writer.connections();
    let position = Migrator::migrations().iter().position(|migration| migration.name().ends_with("account_security"));
    let behind = Migrator::migrations().len() - position.expect("the migration") + 1;
    Migrator::down(db, Some(u32::try_from(behind).expect("a few"))).await.expect("it goes back");
    db.execute_unprepared("CREATE TABLE recovery (id INTEGER)").await.expect("a table in the way");
    let before = schema(db).await;
    store.migrate().await.expect_err("a table is in the way");
    assert_eq!(schema(db).await, before);
    db.execute_unprepared("DROP TABLE recovery").await.expect("it is out of the way");
    let taken = store.migrate().await.expect("the migrations run");
    assert_eq!(taken.len(), behind);
}

/// An older program on the database of a newer one.
async fn a_newer_database_is_left_alone(store: &Store) {
    let db = &store.writer.connections();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_newer', 0)";
    db.execute_unprepared(newer).await.expect("it is marked");
    let refused = store.migrate().await.expect_err("it is newer");
    assert!(matches!(&refused, StoreError::Newer(name) if name == "m29991231_000001_newer"), "{refused}");
    let older = "DELETE FROM seaql_migrations WHERE version = 'm29991231_000001_newer'";
    db.execute_unprepared(older).await.expect("the mark is gone");
}

async fn down_and_up(url: &str) {
    let store = Store::open(url, Clock::System).await.expect("the database opens");
    let db = &store.writer.connections();
    of_two_one_migrates(url).await;
    let whole = schema(db).await;
    assert!(whole.len() > 50, "is the schema read?");
    let all = u32::try_from(Migrator::migrations().len()).expect("a few");
    for steps in 1..=all {
        Migrator::down(db, Some(steps)).await.unwrap_or_else(|error| panic!("{steps} steps back: {error}"));
        if steps == all {
            assert_eq!(schema(db).await, Vec::<String>::new(), "what is left");
        }
        Migrator::up(db, None).await.unwrap_or_else(|error| panic!("{steps} steps forth: {error}"));
        assert_eq!(schema(db).await, whole, "after {steps} steps back and forth");
    }
    seeds_move(db).await;
    a_newer_database_is_left_alone(&store).await;
    a_failed_upgrade_changes_nothing(&store).await;
    assert_eq!(schema(db).await, whole, "after an upgrade that failed first");
    store.close().await.expect("it closes");
}

#[tokio::test]
async fn migrations_go_back_and_forth_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    down_and_up(&format!("sqlite://{}", folder.path().join("portal.db").display())).await;
}

#[tokio::test]
async fn migrations_go_back_and_forth_on_postgresql() {
    if let Some(url) = cluster::empty_database("migrated").await {
        down_and_up(&url).await;
    }
}
