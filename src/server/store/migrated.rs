//! That every migration can be taken back, and made again.

use migration::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use super::{Store, cluster};

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

async fn down_and_up(url: &str) {
    let store = Store::open(url).await.expect("the database opens");
    let db = &store.writer;
    store.migrate().await.expect("the migrations run");
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
