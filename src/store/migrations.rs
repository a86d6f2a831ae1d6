//! Tests that every migration can be reverted and applied again.

use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use super::{Store, StoreError, postgres};
use crate::clock::Clock;

/// Returns a line for each object that the migrations create, sorted.
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
    let mut lines: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).expect("a text column")).collect();
    lines.sort();
    lines
}

async fn count(db: &DatabaseConnection, table: &str) -> i64 {
    let query = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) FROM {table}"));
    let row = db.query_one_raw(query).await.expect("the rows are counted").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

/// The migration that adds a table for pending TOTP secrets moves them there, and reverting it
/// moves them back. Confirmed secrets stay in their table.
async fn pending_seeds_move_to_their_table(db: &DatabaseConnection) {
    let position = Migrator::migrations().iter().position(|migration| migration.name().ends_with("waiting_apps"));
    let steps = Migrator::migrations().len() - position.expect("the migration");
    let steps = Some(u32::try_from(steps).expect("few enough"));
    Migrator::down(db, steps).await.expect("the migrations are reverted");
    let seeds = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT randomblob(16), x'07', 1, NULL UNION ALL SELECT randomblob(16), x'07', 1, 2",
        _ => {
            "SELECT gen_random_uuid(), '\\x07'::bytea, 1, NULL UNION ALL SELECT gen_random_uuid(), '\\x07'::bytea, 1, 2"
        }
    };
    let insert = format!("INSERT INTO totp (account_id, secret, created_at, confirmed_at) {seeds}");
    db.execute_unprepared(&insert).await.expect("two secrets are inserted");
    Migrator::up(db, None).await.expect("the migrations run");
    assert_eq!((count(db, "totp").await, count(db, "totp_waiting").await), (1, 1));
    Migrator::down(db, steps).await.expect("the migrations are reverted");
    assert_eq!((count(db, "totp").await, count(db, "totp WHERE confirmed_at IS NULL").await), (2, 1));
    Migrator::up(db, None).await.expect("the migrations run");
}

/// Two processes that start at the same time on a new database.
async fn only_one_of_two_processes_migrates(url: &str) {
    let migrate = async || {
        let store = Store::open(url, Clock::System).await.expect("the database opens");
        let taken = store.migrate().await.expect("the migrations run");
        store.close().await.expect("the database closes");
        taken.len()
    };
    let (one, other) = tokio::join!(migrate(), migrate());
    let mut taken = [one, other];
    taken.sort_unstable();
    assert_eq!(taken, [0, Migrator::migrations().len()]);
}

/// An upgrade with several migrations, one of which fails.
async fn a_failed_upgrade_changes_nothing(store: &Store) {
    let db = &store.writer.connections();
    let position = Migrator::migrations().iter().position(|migration| migration.name().ends_with("account_security"));
    let steps = Migrator::migrations().len() - position.expect("the migration") + 1;
    Migrator::down(db, Some(u32::try_from(steps).expect("few enough"))).await.expect("the migrations are reverted");
    db.execute_unprepared("CREATE TABLE recovery (id INTEGER)").await.expect("the conflicting table is created");
    let before = schema(db).await;
    store.migrate().await.expect_err("the table already exists");
    assert_eq!(schema(db).await, before);
    db.execute_unprepared("DROP TABLE recovery").await.expect("the conflicting table is dropped");
    let taken = store.migrate().await.expect("the migrations run");
    assert_eq!(taken.len(), steps);
}

/// An older version of the program with the database of a newer one.
async fn a_newer_database_is_left_alone(store: &Store) {
    let db = &store.writer.connections();
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_newer', 0)";
    db.execute_unprepared(newer).await.expect("the newer migration is added");
    let refused = store.migrate().await.expect_err("the database is newer");
    assert!(matches!(&refused, StoreError::Newer(name) if name == "m29991231_000001_newer"), "{refused}");
    let older = "DELETE FROM seaql_migrations WHERE version = 'm29991231_000001_newer'";
    db.execute_unprepared(older).await.expect("the newer migration is removed");
}

async fn revert_and_apply_again(url: &str) {
    let store = Store::open(url, Clock::System).await.expect("the database opens");
    let db = &store.writer.connections();
    only_one_of_two_processes_migrates(url).await;
    let whole = schema(db).await;
    assert!(whole.len() > 50, "the schema is read");
    let all = u32::try_from(Migrator::migrations().len()).expect("few enough");
    for steps in 1..=all {
        Migrator::down(db, Some(steps)).await.unwrap_or_else(|error| panic!("reverting {steps} migrations: {error}"));
        if steps == all {
            assert_eq!(schema(db).await, Vec::<String>::new(), "nothing is left");
        }
        Migrator::up(db, None).await.unwrap_or_else(|error| panic!("applying {steps} migrations: {error}"));
        assert_eq!(schema(db).await, whole, "after reverting and applying {steps} migrations");
    }
    pending_seeds_move_to_their_table(db).await;
    a_newer_database_is_left_alone(&store).await;
    a_failed_upgrade_changes_nothing(&store).await;
    assert_eq!(schema(db).await, whole, "after an upgrade that failed once");
    store.close().await.expect("the database closes");
}

#[tokio::test]
async fn migrations_can_be_reverted_and_applied_again_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    revert_and_apply_again(&format!("sqlite://{}", folder.path().join("portal.db").display())).await;
}

#[tokio::test]
async fn migrations_can_be_reverted_and_applied_again_on_postgresql() {
    if let Some(url) = postgres::empty_database("migrated").await {
        revert_and_apply_again(&url).await;
    }
}
