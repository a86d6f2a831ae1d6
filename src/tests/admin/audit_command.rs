//! `portal audit verify` and `reseal`, run while a portal is serving.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use portal::clock::Clock;
use portal::store::Store;
use sea_orm::ConnectionTrait as _;

use crate::harness::process::{Served, portal, run};

const NEW_KEY: (&str, &str) = ("SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

/// Two accounts, as SQL values.
const ANN_AND_BOB: &str = "INSERT INTO account (id, username, username_key, email, email_key, password_hash, role, created_at, \
                           verified_at, password_changed_at, session_epoch) \
                           VALUES (zeroblob(16), 'ann', 'ann', 'a@x.example', 'a@x.example', '', 'user', 0, 0, 0, 0), \
                           (x'0102030405060708090a0b0c0d0e0f10', 'bob', 'bob', 'b@x.example', 'b@x.example', '', 'user', \
                           0, 0, 0, 0);";

/// The exit code, the lines of standard output and the lines of standard error.
fn verify(folder: &Path, settings: &[(&str, &str)]) -> (Option<i32>, Vec<String>, Vec<String>) {
    let output = run(folder, &["audit", "verify"], settings);
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    (output.status.code(), lines(&output.stdout), lines(&output.stderr))
}

/// Changes the database as an attacker with write access to its file could.
async fn tamper(folder: &Path, statements: &str) {
    let store = Store::open(&format!("sqlite://{}", folder.join("data/portal.db").display()), Clock::System)
        .await
        .expect("it opens");
    let tx = store.write().await.expect("the write lock");
    tx.execute_unprepared(statements).await.expect("it runs");
    tx.commit().await.expect("it commits");
    store.close().await.expect("it closes");
}

#[tokio::test]
async fn every_tampered_row_is_named_while_the_portal_serves() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let _served = Served::start(folder, &[]).await;
    let (code, said, _) = verify(folder, &[]);
    assert_eq!(
        (code, said.as_slice()),
        (Some(0), &["0 rows, 0 erased values: the log has not been changed".to_owned()][..])
    );
    tamper(folder, ANN_AND_BOB).await;
    for arguments in [["admin", "promote", "ann"], ["admin", "promote", "bob"], ["admin", "demote", "ann"]] {
        assert!(run(folder, &arguments, &[]).status.success());
    }
    let sound = (Some(0), vec!["3 rows, 0 erased values: the log has not been changed".to_owned()]);
    let (code, said, _) = verify(folder, &[]);
    assert_eq!((code, said), sound);

    tamper(
        folder,
        "DROP TRIGGER audit_append_only; UPDATE audit SET action = 'account_enabled' WHERE seq = 1; DELETE FROM audit WHERE seq = 3",
    )
    .await;
    let (code, said, problems) = verify(folder, &[]);
    assert_eq!(code, Some(1));
    assert_eq!(said, ["row 1 was changed", "row 3 was removed", "2 rows, 0 erased values: the log has been changed"]);
    assert_eq!(problems, ["portal: the audit log was changed, or it was sealed with a different SECRET_KEY"]);
}

#[tokio::test]
async fn a_wrong_key_is_distinguished_from_a_changed_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert!(run(folder, &["migrate"], &[]).status.success());
    tamper(folder, ANN_AND_BOB).await;
    assert!(run(folder, &["admin", "promote", "ann"], &[]).status.success());
    let (code, said, _) = verify(folder, &[NEW_KEY]);
    assert_eq!(code, Some(1));
    assert_eq!(said.len(), 2);
    assert!(said[0].contains("made with a different SECRET_KEY"), "{said:?}");
}

#[tokio::test]
async fn an_emptied_log_is_not_treated_as_new_and_actions_are_refused_until_it_is_resealed() {
    const GONE: &str = "the seal on the log is missing, was changed, or was made with a different SECRET_KEY";
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert!(run(folder, &["migrate"], &[]).status.success());
    let reseal = || run(folder, &["audit", "reseal"], &[]);
    tamper(folder, ANN_AND_BOB).await;
    assert!(run(folder, &["admin", "promote", "ann"], &[]).status.success());
    assert!(!reseal().status.success(), "an intact log is not resealed");

    tamper(folder, "DELETE FROM audit; DELETE FROM audit_anchor").await;
    // Neither a start nor a migration repairs it.
    drop(Served::start(folder, &[]).await);
    assert!(run(folder, &["migrate"], &[]).status.success());
    let (code, said, _) = verify(folder, &[]);
    assert_eq!((code, said[0].as_str()), (Some(1), GONE));
    assert!(
        !run(folder, &["admin", "promote", "bob"], &[]).status.success(),
        "an action that cannot be logged is refused"
    );
    assert_eq!(run(folder, &["admin", "list"], &[]).stdout.iter().filter(|byte| **byte == b'\n').count(), 2);

    assert!(reseal().status.success());
    let sound = (Some(0), vec!["1 row, 0 erased values: the log has not been changed".to_owned()]);
    let (code, said, _) = verify(folder, &[]);
    assert_eq!((code, said), sound);
    assert!(!reseal().status.success(), "an intact log is not resealed");
    assert!(run(folder, &["admin", "promote", "bob"], &[]).status.success());
}

#[tokio::test]
async fn a_log_whose_key_was_lost_keeps_its_rows_after_a_reseal_with_another_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for (name, email) in [("ann", "ann@x.example"), ("bob", "bob@x.example")] {
        let mut command = portal(folder, &[]);
        let mut child =
            command.args(["admin", "create", name, email]).stdin(Stdio::piped()).spawn().expect("it starts");
        child.stdin.take().expect("its input").write_all(b"gravel lantern octave\n").expect("it reads");
        assert!(child.wait().expect("it finishes").success());
    }
    let (code, said, _) = verify(folder, &[NEW_KEY]);
    assert_eq!((code, said[1].as_str()), (Some(1), "2 rows, 0 erased values: the log could not be verified"));
    let demote = || run(folder, &["admin", "demote", "bob"], &[NEW_KEY]).status.success();
    assert!(!demote(), "an action that cannot be logged is refused");
    assert!(run(folder, &["audit", "reseal"], &[NEW_KEY]).status.success());
    assert!(demote());
    let (code, said, _) = verify(folder, &[NEW_KEY]);
    let sound = (Some(0), vec!["4 rows, 0 erased values: the log has not been changed".to_owned()]);
    assert_eq!((code, said), sound);
}

#[tokio::test]
async fn a_seal_that_does_not_match_the_rows_stops_every_action_until_a_reseal() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert!(run(folder, &["migrate"], &[]).status.success());
    tamper(folder, ANN_AND_BOB).await;
    assert!(run(folder, &["admin", "promote", "ann"], &[]).status.success());
    // Before 0.2, a purge and an action in two processes at once could leave the seal from before the action.
    tamper(folder, "CREATE TABLE kept AS SELECT * FROM audit_anchor").await;
    assert!(run(folder, &["admin", "promote", "bob"], &[]).status.success());
    tamper(folder, "DELETE FROM audit_anchor; INSERT INTO audit_anchor SELECT * FROM kept; DROP TABLE kept").await;
    let demote = || run(folder, &["admin", "demote", "bob"], &[]).status.success();
    assert!(!demote(), "the next row's number is in use");
    assert_eq!(verify(folder, &[]).0, Some(1));
    assert!(run(folder, &["audit", "reseal"], &[]).status.success());
    let (code, said, _) = verify(folder, &[]);
    let sound = (Some(0), vec!["3 rows, 0 erased values: the log has not been changed".to_owned()]);
    assert_eq!((code, said), sound);
    assert!(demote());
    // A reseal does not repair a changed row.
    tamper(folder, "DROP TRIGGER audit_append_only; UPDATE audit SET detail = 'other' WHERE seq = 1").await;
    assert!(!run(folder, &["audit", "reseal"], &[]).status.success());
}
