//! `/admin/audit`: who did what to whom.

use portal::domain::{AuditAction, Reason};
use portal::server::services::audit::{Finding, Note};
use portal::server::store::audit::Actor;
use uuid::Uuid;

use super::{administrator, id_of};
use crate::harness::{Mode, TestApp};

/// Writes so many deeds of this account down.
async fn fill(app: &TestApp, actor: &str, deeds: usize) {
    let reason = Reason::parse("Asked for it <b>by phone</b>").expect("a reason");
    let actor = Actor::Administrator(Uuid::try_parse(actor).expect("an id"));
    for _ in 0..deeds {
        let tx = app.state.store.write().await.expect("a transaction");
        let note = Note::to(AuditAction::SessionsEnded, Uuid::max()).because(&reason);
        let from = Some([192, 0, 2, 7].into());
        app.state.administration.audit.note(&tx, actor, from, note).await.expect("it is written down");
        tx.commit().await.expect("a commit");
    }
}

/// Whoever may change the schema may do this, and then anything.
async fn drop_triggers(app: &TestApp) {
    for trigger in app.texts("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'").await {
        app.execute(&format!("DROP TRIGGER {trigger}")).await;
    }
}

async fn findings(app: &TestApp) -> Vec<Finding> {
    app.state.administration.audit.verify().await.expect("the log is read").findings
}

#[tokio::test]
async fn administrators_read_who_did_what_and_why_page_by_page() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    let empty = ann.get("/admin/audit").await;
    assert!(empty.body.contains("Nothing was done yet"), "{}", empty.body);
    let id = id_of(&app, "ann").await;
    fill(&app, &id, 120).await;
    let page = ann.get("/admin/audit?who=ANN&action=sessions_ended").await;
    assert_eq!(page.status, 200);
    for text in ["ann", "Sessions ended", "192.0.2.7", "&lt;b&gt;by phone", "a deleted account"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(page.body.matches("data-label=\"Why\"").count(), 50);
    let older = "/admin/audit?action=sessions_ended&amp;who=ANN&amp;before=71";
    assert!(page.body.contains(older), "{}", page.body);
    let second = ann.get(&older.replace("&amp;", "&")).await;
    assert!(second.body.contains("after=70") && second.body.contains("before=21"), "{}", second.body);
    for nothing in ["?who=nobody", "?whom=ann", "?action=mail_retried", "?who=%27"] {
        let page = ann.get(&format!("/admin/audit{nothing}")).await;
        assert!(page.body.contains("Nothing that was done is like this"), "{nothing}: {}", page.body);
    }
}

#[tokio::test]
async fn the_database_takes_no_change_of_a_row_but_the_erasing_of_a_person() {
    use sea_orm::ConnectionTrait as _;
    let app = TestApp::new().await;
    administrator(&app, Mode::Form, "ann").await;
    fill(&app, &id_of(&app, "ann").await, 1).await;
    let columns = app.texts("SELECT name FROM pragma_table_info('audit')").await;
    assert_eq!(columns.len(), 15);
    for column in columns {
        for value in ["7", column.as_str(), "NULL"] {
            let tx = app.state.store.write().await.expect("a transaction");
            let update = tx.execute_unprepared(&format!("UPDATE audit SET {column} = {value}")).await;
            assert!(update.is_err(), "{column} = {value}");
            // SQLite itself takes no row without its number.
            if let (Err(refused), false) = (update, (column.as_str(), value) == ("seq", "NULL")) {
                assert!(refused.to_string().contains("append-only"), "{refused}");
            }
        }
    }
    // A value goes with its salt, and not without it.
    for (value, salt) in [("ip", "ip_salt"), ("reason", "reason_salt")] {
        app.execute(&format!("UPDATE audit SET {value} = NULL, {salt} = NULL")).await;
    }
    assert!(findings(&app).await.is_empty());
}

#[tokio::test]
async fn every_way_to_change_the_log_is_found_and_named() {
    let app = TestApp::new().await;
    administrator(&app, Mode::Form, "ann").await;
    fill(&app, &id_of(&app, "ann").await, 9).await;
    drop_triggers(&app).await;
    assert!(findings(&app).await.is_empty());
    let insert = "INSERT INTO audit SELECT";
    let rest = "at, actor_kind, actor_id, action, target_id, detail, ip, ip_salt, ip_commitment, reason, reason_salt, \
                reason_commitment, previous, hash FROM audit WHERE seq = 5";
    for (tampering, found) in [
        ("UPDATE audit SET action = 'account_enabled' WHERE seq = 3".to_owned(), Finding::Changed(3)),
        ("UPDATE audit SET reason = 'Another' WHERE seq = 3".to_owned(), Finding::Changed(3)),
        ("UPDATE audit SET ip = '203.0.113.1' WHERE seq = 9".to_owned(), Finding::Changed(9)),
        ("UPDATE audit SET ip = NULL WHERE seq = 2".to_owned(), Finding::Changed(2)),
        ("DELETE FROM audit WHERE seq = 4".to_owned(), Finding::Removed(4, 4)),
        ("DELETE FROM audit WHERE seq IN (1, 2)".to_owned(), Finding::Removed(1, 2)),
        ("DELETE FROM audit WHERE seq > 7".to_owned(), Finding::Removed(8, 9)),
        (format!("{insert} 10, {rest}"), Finding::Inserted(10)),
        (format!("{insert} 0, {rest}"), Finding::Inserted(0)),
        ("UPDATE audit_anchor SET ends = x'00'".to_owned(), Finding::Seal),
    ] {
        app.execute("CREATE TABLE kept AS SELECT * FROM audit").await;
        app.execute("CREATE TABLE kept_anchor AS SELECT * FROM audit_anchor").await;
        app.execute(&tampering).await;
        assert!(findings(&app).await.contains(&found), "{tampering}: {:?}", findings(&app).await);
        for table in ["audit", "audit_anchor"] {
            let kept = if table == "audit" { "kept" } else { "kept_anchor" };
            app.execute(&format!("DELETE FROM {table}")).await;
            app.execute(&format!("INSERT INTO {table} SELECT * FROM {kept}")).await;
            app.execute(&format!("DROP TABLE {kept}")).await;
        }
        assert!(findings(&app).await.is_empty(), "{tampering} was undone");
    }
}

#[tokio::test]
async fn a_row_whose_hash_was_reckoned_anew_breaks_the_chain_behind_it() {
    let app = TestApp::new().await;
    administrator(&app, Mode::Form, "ann").await;
    fill(&app, &id_of(&app, "ann").await, 5).await;
    drop_triggers(&app).await;
    // What an attacker who knows the code would leave: the row is right in itself.
    app.execute("UPDATE audit SET hash = zeroblob(32) WHERE seq = 3").await;
    let findings = findings(&app).await;
    assert!(findings.contains(&Finding::Changed(3)) && findings.contains(&Finding::Unlinked(4)), "{findings:?}");
}

#[tokio::test]
async fn the_log_goes_on_behind_what_is_too_old_and_forgets_who_is_gone() {
    let app = TestApp::new().await;
    administrator(&app, Mode::Form, "ann").await;
    let id = id_of(&app, "ann").await;
    fill(&app, &id, 3).await;
    app.advance(399 * 86_400);
    fill(&app, &id, 2).await;
    app.advance(2 * 86_400);
    app.state.maintenance.purge().await.expect("the purge");
    assert_eq!(app.count("SELECT MIN(seq) FROM audit").await, 4);
    assert!(findings(&app).await.is_empty());
    fill(&app, &id, 1).await;
    app.execute("UPDATE account SET delete_after = 1").await;
    app.state.maintenance.purge().await.expect("the purge");
    assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE ip IS NOT NULL OR ip_salt IS NOT NULL").await, 0);
    let verdict = app.state.administration.audit.verify().await.expect("the log is read");
    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!((verdict.rows, verdict.erased), (3, 3));
}
