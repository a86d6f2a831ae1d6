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

/// Returns how many migrations to revert for the schema before this one.
fn steps_before(name: &str) -> u32 {
    let position = Migrator::migrations().iter().position(|migration| migration.name().ends_with(name));
    u32::try_from(Migrator::migrations().len() - position.expect("the migration")).expect("few enough")
}

/// The migration to one table of email verifications moves what waits for a code, and reverting it
/// moves it back. Confirmed changes of email stay in their table.
async fn pending_flows_move_to_one_table(db: &DatabaseConnection) {
    let steps = Some(steps_before("email_verification"));
    Migrator::down(db, steps).await.expect("the migrations are reverted");
    let sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let id = if sqlite { "randomblob(16)" } else { "gen_random_uuid()" };
    let digest = |n: u8| if sqlite { format!("x'0{n}'") } else { format!("'\\x0{n}'::bytea") };
    let digests = [1, 2, 3].map(digest);
    let rows = format!(
        "INSERT INTO account (id, username, username_key, email, email_key, password_hash, role, created_at,
            verified_at, password_changed_at)
         VALUES ({id}, 'ann', 'ann', 'Ann@x.example', 'ann@x.example', 'hash', 'user', 1, 1, 1);
         INSERT INTO registration (id, flow_digest, username, email, email_key, password_hash, address_taken, tries,
            email_changes, created_at, proven_at, finished_at)
         VALUES ({id}, {}, 'bob', 'Bob@x.example', 'bob@x.example', 'hash', FALSE, 3, 1, 5, NULL, NULL),
            ({id}, {}, 'cat', 'cat@x.example', 'cat@x.example', '', TRUE, 0, 0, 6, 7, 8);
         INSERT INTO recovery (id, flow_digest, email_key, account_id, tries, created_at)
         SELECT {id}, {}, 'ann@x.example', id, 2, 5 FROM account;
         INSERT INTO email_change (id, account_id, email, email_key, address_taken, old_email, old_email_key, tries,
            created_at, confirmed_at)
         SELECT {id}, id, 'new@x.example', 'new@x.example', FALSE, email, email_key, 4, 5, NULL FROM account UNION ALL
         SELECT {id}, id, email, email_key, FALSE, 'old@x.example', 'old@x.example', 1, 3, 4 FROM account",
        digests[0], digests[1], digests[2]
    );
    db.execute_unprepared(&rows).await.expect("the rows are inserted");
    Migrator::up(db, None).await.expect("the migrations run");
    for row in [
        "purpose = 'registration' AND username = 'bob' AND password_hash = 'hash' AND email = 'Bob@x.example'
            AND tries = 3 AND email_changes = 1 AND flow_digest IS NOT NULL AND finished_at IS NULL",
        "purpose = 'registration' AND username = 'cat' AND password_hash IS NULL AND address_taken AND proven_at = 7
            AND finished_at = 8",
        "purpose = 'recovery' AND email = 'ann@x.example' AND tries = 2 AND account_id = (SELECT id FROM account)",
        "purpose = 'email_change' AND email_key = 'new@x.example' AND tries = 4 AND flow_digest IS NULL
            AND account_id = (SELECT id FROM account) AND created_at = 5",
    ] {
        assert_eq!(count(db, &format!("email_verification WHERE {row}")).await, 1, "{row}");
    }
    assert_eq!((count(db, "email_verification").await, count(db, "email_change").await), (4, 1));
    Migrator::down(db, steps).await.expect("the migrations are reverted");
    assert_eq!((count(db, "registration").await, count(db, "recovery").await), (2, 1));
    assert_eq!(count(db, "email_change WHERE old_email = 'Ann@x.example' AND confirmed_at IS NULL").await, 1);
    Migrator::up(db, None).await.expect("the migrations run");
    db.execute_unprepared("DELETE FROM account; DELETE FROM email_verification; DELETE FROM email_change")
        .await
        .expect("the rows are deleted");
}

/// The migration that adds a table for pending TOTP secrets moves them there, and reverting it
/// moves them back. Confirmed secrets stay in their table.
async fn pending_seeds_move_to_their_table(db: &DatabaseConnection) {
    let steps = Some(steps_before("waiting_apps"));
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

/// The migration to several replaced TOTP secrets of an account keeps the one that there was, and reverting it keeps the
/// first.
async fn replaced_seeds_are_kept(db: &DatabaseConnection) {
    let steps = Some(steps_before("replaced_apps"));
    Migrator::down(db, steps).await.expect("the migrations are reverted");
    let blob = |hex: &str| match db.get_database_backend() {
        DbBackend::Sqlite => format!("x'{hex}'"),
        _ => format!("'\\x{hex}'::bytea"),
    };
    let id = |n: u8| match db.get_database_backend() {
        DbBackend::Sqlite => blob(&format!("{n:032x}")),
        _ => format!("'{n:032x}'::uuid"),
    };
    let insert = format!(
        "INSERT INTO totp_replaced (account_id, secret, created_at, confirmed_at, last_step, added_by, replaced_at)
         VALUES ({}, {}, 1, 2, 3, 'session', 4)",
        id(1),
        blob("07")
    );
    db.execute_unprepared(&insert).await.expect("a secret is inserted");
    Migrator::up(db, None).await.expect("the migrations run");
    let kept = format!(
        "totp_replaced WHERE account_id = {} AND secret = {} AND created_at = 1 AND confirmed_at = 2 AND last_step = 3
            AND added_by = 'session' AND replaced_at = 4",
        id(1),
        blob("07")
    );
    assert_eq!(count(db, &kept).await, 1);
    let later = format!(
        "INSERT INTO totp_replaced (id, account_id, secret, created_at, added_by, replaced_at)
         VALUES ({}, {}, {}, 5, '', 6)",
        id(2),
        id(1),
        blob("08")
    );
    db.execute_unprepared(&later).await.expect("another secret of the account is inserted");
    Migrator::down(db, steps).await.expect("the migrations are reverted");
    assert_eq!((count(db, &kept).await, count(db, "totp_replaced").await), (1, 1));
    Migrator::up(db, None).await.expect("the migrations run");
    db.execute_unprepared("DELETE FROM totp_replaced").await.expect("the rows are deleted");
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
    let steps = steps_before("account_security") + 1;
    Migrator::down(db, Some(steps)).await.expect("the migrations are reverted");
    db.execute_unprepared("CREATE TABLE recovery (id INTEGER)").await.expect("the conflicting table is created");
    let before = schema(db).await;
    store.migrate().await.expect_err("the table already exists");
    assert_eq!(schema(db).await, before);
    db.execute_unprepared("DROP TABLE recovery").await.expect("the conflicting table is dropped");
    let taken = store.migrate().await.expect("the migrations run");
    assert_eq!(u32::try_from(taken.len()), Ok(steps));
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
    pending_flows_move_to_one_table(db).await;
    pending_seeds_move_to_their_table(db).await;
    replaced_seeds_are_kept(db).await;
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
