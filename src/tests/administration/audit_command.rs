//! `portal audit verify`, beside a portal that serves.

use std::path::Path;

use portal::server::store::Store;
use sea_orm::ConnectionTrait as _;

use crate::harness::process::{Served, run};

const NEW_KEY: (&str, &str) = ("SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

/// The exit code, the lines of the answer, and the lines of the complaint.
fn verify(folder: &Path, settings: &[(&str, &str)]) -> (Option<i32>, Vec<String>, Vec<String>) {
    let output = run(folder, &["audit", "verify"], settings);
    let lines = |octets: &[u8]| String::from_utf8_lossy(octets).lines().map(str::to_owned).collect::<Vec<_>>();
    (output.status.code(), lines(&output.stdout), lines(&output.stderr))
}

/// What somebody does who can write the database's file.
async fn tamper(folder: &Path, statements: &str) {
    let store = Store::open(&format!("sqlite://{}", folder.join("data/portal.db").display())).await.expect("it opens");
    let tx = store.write().await.expect("the writer's turn");
    tx.execute_unprepared(statements).await.expect("it runs");
    tx.commit().await.expect("it commits");
    store.close().await.expect("it closes");
}

#[tokio::test]
async fn what_was_tampered_with_is_named_line_by_line_while_the_portal_serves() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let _served = Served::start(folder, &[]).await;
    let (code, said, _) = verify(folder, &[]);
    assert_eq!(
        (code, said.as_slice()),
        (Some(0), &["0 rows, 0 erased values: the log is as it was written".to_owned()][..])
    );
    tamper(
        folder,
        "INSERT INTO account SELECT zeroblob(16), 'ann', 'ann', 'a@x.example', 'a@x.example', '', 'user', 0, 0, NULL, 0, NULL, NULL, NULL, 0, NULL;
         INSERT INTO account SELECT x'0102030405060708090a0b0c0d0e0f10', 'bob', 'bob', 'b@x.example', 'b@x.example', '', 'user', 0, 0, NULL, 0, NULL, NULL, NULL, 0, NULL;",
    )
    .await;
    for arguments in [["admin", "promote", "ann"], ["admin", "promote", "bob"], ["admin", "demote", "ann"]] {
        assert!(run(folder, &arguments, &[]).status.success());
    }
    let sound = (Some(0), vec!["3 rows, 0 erased values: the log is as it was written".to_owned()]);
    let (code, said, _) = verify(folder, &[]);
    assert_eq!((code, said), sound);

    tamper(
        folder,
        "DROP TRIGGER audit_append_only; UPDATE audit SET action = 'account_enabled' WHERE seq = 1; DELETE FROM audit WHERE seq = 3",
    )
    .await;
    let (code, said, problems) = verify(folder, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(
        said,
        ["row 1 was changed", "row 3 was removed", "2 rows, 0 erased values: the log is not as it was written"]
    );
    assert_eq!(problems, ["portal: somebody changed the audit log, or SECRET_KEY is another"]);
}

#[tokio::test]
async fn another_key_is_told_from_a_changed_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert!(run(folder, &["migrate"], &[]).status.success());
    tamper(
        folder,
        "INSERT INTO account SELECT zeroblob(16), 'ann', 'ann', 'a@x.example', 'a@x.example', '', 'user', 0, 0, NULL, 0, NULL, NULL, NULL, 0, NULL",
    )
    .await;
    assert!(run(folder, &["admin", "promote", "ann"], &[]).status.success());
    let (code, said, _) = verify(folder, &[NEW_KEY]);
    assert_eq!(code, Some(1));
    assert_eq!(said.len(), 2);
    assert!(said[0].contains("SECRET_KEY is another"), "{said:?}");
}
