//! Tampering with the audit log by an attacker who can write to the database
//! but does not have `SECRET_KEY`. Every changed row is named.

use std::ops::RangeInclusive;

use portal::domain::{AuditAction, AuditReason};
use portal::services::audit::{AuditEvent, Violation};
use portal::store::audit::Actor;
use uuid::Uuid;

use super::audit_log::{drop_triggers, violations, write};
use crate::harness::TestApp;

/// Rows in each log here. Changes are made in the middle unless noted.
const ROWS: u8 = 9;
const TRUE_STORY: &str = "as it was";
const FALSE_STORY: &str = "as it was not";

/// The SQL that changes a column of row 5: another value, and NULL where NULL is allowed.
const CHANGES: [(&str, &str); 22] = [
    ("at", "at + 1"),
    ("actor_kind", "'portal'"),
    ("actor_id", "zeroblob(16)"),
    ("actor_id", "NULL"),
    ("action", "'account_enabled'"),
    ("target_id", "zeroblob(16)"),
    ("target_id", "NULL"),
    ("detail", "'Another'"),
    ("ip", "'203.0.113.1'"),
    ("ip", "NULL"),
    ("ip_salt", "zeroblob(16)"),
    ("ip_salt", "NULL"),
    ("ip_commitment", "zeroblob(32)"),
    ("ip_commitment", "NULL"),
    ("reason", "'Another'"),
    ("reason", "NULL"),
    ("reason_salt", "zeroblob(16)"),
    ("reason_salt", "NULL"),
    ("reason_commitment", "zeroblob(32)"),
    ("reason_commitment", "NULL"),
    ("previous", "zeroblob(32)"),
    ("hash", "zeroblob(32)"),
];

/// Writes rows in which no column is empty. No two have the same IP address or reason.
async fn tell(app: &TestApp, rows: impl IntoIterator<Item = u8>, story: &str) {
    for row in rows {
        let reason = AuditReason::parse(&format!("Asked for it {row} times")).expect("a reason");
        let event = AuditEvent::to(AuditAction::SessionsEnded, Uuid::max()).because(&reason).about(story);
        write(app, Actor::Administrator(Uuid::from_u128(1)), Some([192, 0, 2, row].into()), event).await;
    }
}

/// Copies the rows and the sealed anchors of their chain as they are now.
async fn keep(app: &TestApp, copy: &str) {
    app.execute(&format!("CREATE TABLE {copy} AS SELECT * FROM audit")).await;
    app.execute(&format!("CREATE TABLE {copy}_anchor AS SELECT * FROM audit_anchor")).await;
}

async fn put_back(app: &TestApp, copy: &str) {
    app.execute("DELETE FROM audit").await;
    app.execute(&format!("INSERT INTO audit SELECT * FROM {copy}")).await;
    put_seal_back(app, copy).await;
}

async fn put_seal_back(app: &TestApp, copy: &str) {
    app.execute("DELETE FROM audit_anchor").await;
    app.execute(&format!("INSERT INTO audit_anchor SELECT * FROM {copy}_anchor")).await;
}

/// An intact log with a saved copy, without the triggers that protect its rows.
async fn unguarded() -> TestApp {
    let app = TestApp::new().await;
    tell(&app, 1..=ROWS, TRUE_STORY).await;
    drop_triggers(&app).await;
    keep(&app, "sound").await;
    assert_eq!(violations(&app).await, []);
    app
}

/// Applies a change to the intact log, and undoes it.
async fn assert_found(app: &TestApp, tampering: &str, expected: &[Violation]) {
    app.execute(tampering).await;
    assert_eq!(violations(app).await, expected, "{tampering}");
    put_back(app, "sound").await;
    assert_eq!(violations(app).await, [], "{tampering} was undone");
}

/// A log in which these rows are replaced by others. The portal computes their hashes, as an attacker who knows its
/// code would. The rows around them and the seal are unchanged.
async fn with_changed_rows(rows: RangeInclusive<u8>) -> TestApp {
    let app = TestApp::new().await;
    let (first, last) = rows.into_inner();
    tell(&app, 1..first, TRUE_STORY).await;
    keep(&app, "earlier").await;
    tell(&app, first..=ROWS, TRUE_STORY).await;
    keep(&app, "sound").await;
    drop_triggers(&app).await;
    put_back(&app, "earlier").await;
    tell(&app, first..=last, FALSE_STORY).await;
    assert_eq!(violations(&app).await, [], "each row is valid on its own");
    app.execute(&format!("INSERT INTO audit SELECT * FROM sound WHERE seq > {last}")).await;
    put_seal_back(&app, "sound").await;
    let stories = app.texts("SELECT detail FROM audit ORDER BY seq").await;
    let story = |row: u8| if (first..=last).contains(&row) { FALSE_STORY } else { TRUE_STORY };
    assert_eq!(stories, (1..=ROWS).map(story).collect::<Vec<_>>());
    app
}

#[tokio::test]
async fn a_change_of_any_column_is_found_in_the_row_where_it_was_made() {
    let app = unguarded().await;
    let mut columns = CHANGES.map(|(column, _)| column).to_vec();
    columns.dedup();
    let all = app.texts("SELECT name FROM pragma_table_info('audit') WHERE name <> 'seq' ORDER BY cid").await;
    assert_eq!(columns, all, "every column is covered");
    for (column, value) in CHANGES {
        let expected: &[Violation] = match column {
            "previous" => &[Violation::Unlinked(5), Violation::Changed(5)],
            "hash" => &[Violation::Changed(5), Violation::Unlinked(6)],
            _ => &[Violation::Changed(5)],
        };
        assert_found(&app, &format!("UPDATE audit SET {column} = {value} WHERE seq = 5"), expected).await;
    }
}

#[tokio::test]
async fn a_renumbered_row_is_reported_as_changed() {
    let app = unguarded().await;
    // In place of the previous row.
    let moved = "DELETE FROM audit WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5";
    assert_found(&app, moved, &[Violation::Unlinked(4), Violation::Changed(4), Violation::Removed(5, 5)]).await;
    // All rows after a removed one, linked to the row before it.
    let closed_up = "DELETE FROM audit WHERE seq = 5;
        UPDATE audit SET previous = (SELECT hash FROM audit WHERE seq = 4) WHERE seq = 6;
        UPDATE audit SET seq = 1 - seq WHERE seq > 5;
        UPDATE audit SET seq = -seq WHERE seq < 0";
    let mut expected: Vec<_> = (5..=8).map(Violation::Changed).collect();
    expected.push(Violation::Removed(9, 9));
    assert_found(&app, closed_up, &expected).await;
}

#[tokio::test]
async fn a_replaced_ip_address_or_reason_is_found_even_if_its_salt_and_commitment_match() {
    let app = unguarded().await;
    for value in ["ip", "reason"] {
        let columns = format!("{value}, {value}_salt, {value}_commitment");
        for others in [
            // The three values of another row match each other.
            format!("SELECT {columns} FROM audit WHERE seq = 6"),
            // As if the value had never existed; an erased value keeps its commitment.
            "SELECT NULL, NULL, NULL".to_owned(),
        ] {
            let tampering = format!("UPDATE audit SET ({columns}) = ({others}) WHERE seq = 5");
            assert_found(&app, &tampering, &[Violation::Changed(5)]).await;
        }
    }
}

#[tokio::test]
async fn rows_recomputed_up_to_the_newest_do_not_match_the_seal() {
    for first in [1, 5, ROWS] {
        let app = with_changed_rows(first..=ROWS).await;
        // Every row is correct and follows from the previous one, so only the seal shows the change.
        assert_eq!(violations(&app).await, [Violation::Changed(ROWS.into())], "from row {first} on");
    }
}

#[tokio::test]
async fn linking_a_row_to_recomputed_rows_before_it_is_found() {
    for first in [1, 3, 5] {
        let app = with_changed_rows(first..=5).await;
        assert_eq!(violations(&app).await, [Violation::Unlinked(6)], "from row {first} on");
        app.execute("UPDATE audit SET previous = (SELECT hash FROM audit WHERE seq = 5) WHERE seq = 6").await;
        assert_eq!(violations(&app).await, [Violation::Changed(6)], "from row {first} on");
    }
}
