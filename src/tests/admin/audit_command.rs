//! `portal audit verify` and `reseal`, beside a portal that serves.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use portal::server::clock::Clock;
use portal::server::store::Store;
use sea_orm::ConnectionTrait as _;

use crate::harness::process::{Served, portal, run};

const NEW_KEY: (&str, &str) = ("SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");

/// Two accounts, in the words of the database.
const ANN_AND_BOB: &str = "INSERT INTO account SELECT zeroblob(16), 'ann', 'ann', 'a@x.example', 'a@x.example', '', 'user', \
                           0, 0, NULL, 0, NULL, NULL, NULL, 0, NULL; \
                           INSERT INTO account SELECT x'0102030405060708090a0b0c0d0e0f10', 'bob', 'bob', 'b@x.example', \
                           'b@x.example', '', 'user', 0, 0, NULL, 0, NULL, NULL, NULL, 0, NULL;";

/// The exit code, the lines of the answer, and the lines of the complaint.
fn verify(folder: &Path, settings: &[(&str, &str)]) -> (Option<i32>, Vec<String>, Vec<String>) {
    let output = run(folder, &["audit", "verify"], settings);
    let lines = |octets: &[u8]| String::from_utf8_lossy(octets).lines().map(str::to_owned).collect::<Vec<_>>();
    (output.status.code(), lines(&output.stdout), lines(&output.stderr))
}

/// What somebody does who can write the database's file.
async fn tamper(folder: &Path, statements: &str) {
    let store = Store::open(&format!("sqlite://{}", folder.join("data/portal.db").display()), Clock::System)
        .await
        .expect("it opens");
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
    assert_eq!(problems, ["portal: the audit log was changed, or SECRET_KEY is a different one"]);
}

#[tokio::test]
async fn another_key_is_told_from_a_changed_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert!(run(folder, &["migrate"], &[]).status.success());
    tamper(folder, ANN_AND_BOB).await;
    assert!(run(folder, &["admin", "promote", "ann"], &[]).status.success());
    let (code, said, _) = verify(folder, &[NEW_KEY]);
    assert_eq!(code, Some(1));
    assert_eq!(said.len(), 2);
    assert!(said[0].contains("SECRET_KEY is a different one"), "{said:?}");
}

#[tokio::test]
async fn a_log_that_was_emptied_is_no_new_one_and_nothing_is_done_until_it_is_sealed_again() {
    const GONE: &str =
        "the seal on the log is missing or can't be decrypted: it was changed, or SECRET_KEY is a different one";
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert!(run(folder, &["migrate"], &[]).status.success());
    let reseal = || run(folder, &["audit", "reseal"], &[]);
    tamper(folder, ANN_AND_BOB).await;
    assert!(run(folder, &["admin", "promote", "ann"], &[]).status.success());
    assert!(!reseal().status.success(), "a log that is as it was written is not sealed anew");

    tamper(folder, "DELETE FROM audit; DELETE FROM audit_anchor").await;
    // Neither starting nor migrating makes it whole.
    drop(Served::start(folder, &[]).await);
    assert!(run(folder, &["migrate"], &[]).status.success());
    let (code, said, _) = verify(folder, &[]);
    assert_eq!((code, said[0].as_str()), (Some(1), GONE));
    assert!(
        !run(folder, &["admin", "promote", "bob"], &[]).status.success(),
        "what cannot be written down is not done"
    );
    assert_eq!(run(folder, &["admin", "list"], &[]).stdout.iter().filter(|octet| **octet == b'\n').count(), 2);

    assert!(reseal().status.success());
    let sound = (Some(0), vec!["1 rows, 0 erased values: the log has not been changed".to_owned()]);
    let (code, said, _) = verify(folder, &[]);
    assert_eq!((code, said), sound);
    assert!(!reseal().status.success(), "once is enough");
    assert!(run(folder, &["admin", "promote", "bob"], &[]).status.success());
}

#[tokio::test]
async fn a_log_of_a_lost_key_goes_on_under_another_with_the_rows_it_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    for (name, email) in [("ann", "ann@x.example"), ("bob", "bob@x.example")] {
        let mut command = portal(folder, &[]);
        let mut child =
            command.args(["admin", "create", name, email]).stdin(Stdio::piped()).spawn().expect("it starts");
        child.stdin.take().expect("its input").write_all(b"gravel lantern octave\n").expect("it reads");
        assert!(child.wait().expect("it ends").success());
    }
    let demote = || run(folder, &["admin", "demote", "bob"], &[NEW_KEY]).status.success();
    assert!(!demote(), "what cannot be written down is not done");
    assert!(run(folder, &["audit", "reseal"], &[NEW_KEY]).status.success());
    assert!(demote());
    let (code, said, _) = verify(folder, &[NEW_KEY]);
    let sound = (Some(0), vec!["4 rows, 0 erased values: the log has not been changed".to_owned()]);
    assert_eq!((code, said), sound);
}

#[tokio::test]
async fn a_seal_that_does_not_fit_the_rows_stops_every_action_until_the_log_is_sealed_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert!(run(folder, &["migrate"], &[]).status.success());
    tamper(folder, ANN_AND_BOB).await;
    assert!(run(folder, &["admin", "promote", "ann"], &[]).status.success());
    // What a purge and an action at two processes at once left behind before 0.2: the seal of before the action.
    tamper(folder, "CREATE TABLE kept AS SELECT * FROM audit_anchor").await;
    assert!(run(folder, &["admin", "promote", "bob"], &[]).status.success());
    tamper(folder, "DELETE FROM audit_anchor; INSERT INTO audit_anchor SELECT * FROM kept; DROP TABLE kept").await;
    let demote = || run(folder, &["admin", "demote", "bob"], &[]).status.success();
    assert!(!demote(), "the number of the next row is taken");
    assert_eq!(verify(folder, &[]).0, Some(1));
    assert!(run(folder, &["audit", "reseal"], &[]).status.success());
    let (code, said, _) = verify(folder, &[]);
    let sound = (Some(0), vec!["3 rows, 0 erased values: the log has not been changed".to_owned()]);
    assert_eq!((code, said), sound);
    assert!(demote());
    // A row that was changed is not mended by a seal.
    tamper(folder, "DROP TRIGGER audit_append_only; UPDATE audit SET detail = 'other' WHERE seq = 1").await;
    assert!(!run(folder, &["audit", "reseal"], &[]).status.success());
}
