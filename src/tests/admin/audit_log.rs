//! `/admin/audit`: who did what to which account.

use std::net::IpAddr;

use portal::domain::{AuditAction, AuditReason};
use portal::services::audit::{AuditEvent, Violation};
use portal::store::audit::Actor;
use uuid::Uuid;

use super::{administrator, id_of};
use crate::harness::{Mode, TestApp};

/// Records one action.
pub(super) async fn write(app: &TestApp, actor: Actor, from: Option<IpAddr>, event: AuditEvent<'_>) {
    let tx = app.state.store.write().await.expect("a transaction");
    app.state.audit.record(&tx, actor, from, event).await.expect("it is logged");
    tx.commit().await.expect("a commit");
}

/// Records this many actions of this account.
async fn fill(app: &TestApp, actor: &str, actions: usize) {
    let reason = AuditReason::parse("Asked for it <b>by phone</b>").expect("a reason");
    let actor = Actor::Administrator(Uuid::try_parse(actor).expect("an id"));
    for _ in 0..actions {
        let event = AuditEvent::to(AuditAction::SessionsEnded, Uuid::max()).because(&reason);
        write(app, actor, Some([192, 0, 2, 7].into()), event).await;
    }
}

/// An attacker who can change the schema can do this, and then anything else.
pub(super) async fn drop_triggers(app: &TestApp) {
    for trigger in app.texts("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'").await {
        app.execute(&format!("DROP TRIGGER {trigger}")).await;
    }
}

pub(super) async fn violations(app: &TestApp) -> Vec<Violation> {
    app.state.audit.verify().await.expect("the log is read").violations
}

#[tokio::test]
async fn administrators_read_who_did_what_and_why_page_by_page() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    let empty = ann.get("/admin/audit").await;
    assert!(empty.body.contains("No entries yet"), "{}", empty.body);
    let id = id_of(&app, "ann").await;
    fill(&app, &id, 120).await;
    let page = ann.get("/admin/audit?who=ANN&action=sessions_ended").await;
    assert_eq!(page.status, 200);
    for text in ["ann", "Signed out everywhere", "192.0.2.7", "&lt;b&gt;by phone", "Deleted account"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert_eq!(page.body.matches("data-label=\"Reason\"").count(), 50);
    let older = "/admin/audit?action=sessions_ended&amp;who=ANN&amp;before=71";
    assert!(page.body.contains(older), "{}", page.body);
    let second = ann.get(&older.replace("&amp;", "&")).await;
    assert!(second.body.contains("after=70") && second.body.contains("before=21"), "{}", second.body);
    for nothing in ["?who=nobody", "?whom=ann", "?action=mail_retried", "?who=%27"] {
        let page = ann.get(&format!("/admin/audit{nothing}")).await;
        assert!(page.body.contains("No entries match"), "{nothing}: {}", page.body);
    }
}

#[tokio::test]
async fn the_database_allows_no_change_of_a_row_except_erasing_personal_data() {
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
            // SQLite itself accepts no row without its number.
            if let (Err(refused), false) = (update, (column.as_str(), value) == ("seq", "NULL")) {
                assert!(refused.to_string().contains("append-only"), "{refused}");
            }
        }
    }
    // A value is erased together with its salt, and never without it.
    for (value, salt) in [("ip", "ip_salt"), ("reason", "reason_salt")] {
        app.execute(&format!("UPDATE audit SET {value} = NULL, {salt} = NULL")).await;
    }
    assert!(violations(&app).await.is_empty());
}

#[tokio::test]
async fn every_way_to_change_the_log_is_found_and_named() {
    let app = TestApp::new().await;
    administrator(&app, Mode::Form, "ann").await;
    fill(&app, &id_of(&app, "ann").await, 9).await;
    drop_triggers(&app).await;
    assert!(violations(&app).await.is_empty());
    let insert = "INSERT INTO audit SELECT";
    let rest = "at, actor_kind, actor_id, action, target_id, detail, ip, ip_salt, ip_commitment, reason, reason_salt, \
                reason_commitment, previous, hash FROM audit WHERE seq = 5";
    for (tampering, found) in [
        ("UPDATE audit SET action = 'account_enabled' WHERE seq = 3".to_owned(), Violation::Changed(3)),
        ("UPDATE audit SET reason = 'Another' WHERE seq = 3".to_owned(), Violation::Changed(3)),
        ("UPDATE audit SET ip = '203.0.113.1' WHERE seq = 9".to_owned(), Violation::Changed(9)),
        ("UPDATE audit SET ip = NULL WHERE seq = 2".to_owned(), Violation::Changed(2)),
        ("DELETE FROM audit WHERE seq = 4".to_owned(), Violation::Removed(4, 4)),
        ("DELETE FROM audit WHERE seq IN (1, 2)".to_owned(), Violation::Removed(1, 2)),
        ("DELETE FROM audit WHERE seq > 7".to_owned(), Violation::Removed(8, 9)),
        (format!("{insert} 10, {rest}"), Violation::Inserted(10)),
        (format!("{insert} 0, {rest}"), Violation::Inserted(0)),
        ("UPDATE audit_anchor SET ends = x'00'".to_owned(), Violation::Seal),
    ] {
        app.execute("CREATE TABLE kept AS SELECT * FROM audit").await;
        app.execute("CREATE TABLE kept_anchor AS SELECT * FROM audit_anchor").await;
        app.execute(&tampering).await;
        assert!(violations(&app).await.contains(&found), "{tampering}: {:?}", violations(&app).await);
        for table in ["audit", "audit_anchor"] {
            let kept = if table == "audit" { "kept" } else { "kept_anchor" };
            app.execute(&format!("DELETE FROM {table}")).await;
            app.execute(&format!("INSERT INTO {table} SELECT * FROM {kept}")).await;
            app.execute(&format!("DROP TABLE {kept}")).await;
        }
        assert!(violations(&app).await.is_empty(), "{tampering} was undone");
    }
}

#[tokio::test]
async fn a_row_with_a_recomputed_hash_breaks_the_chain_after_it() {
    let app = TestApp::new().await;
    administrator(&app, Mode::Form, "ann").await;
    fill(&app, &id_of(&app, "ann").await, 5).await;
    drop_triggers(&app).await;
    // An attacker who knows the code would leave a row whose own hash is correct.
    app.execute("UPDATE audit SET hash = zeroblob(32) WHERE seq = 3").await;
    let violations = violations(&app).await;
    assert!(
        violations.contains(&Violation::Changed(3)) && violations.contains(&Violation::Unlinked(4)),
        "{violations:?}"
    );
}

#[tokio::test]
async fn the_log_continues_after_old_rows_are_purged_and_forgets_deleted_users() {
    let app = TestApp::new().await;
    administrator(&app, Mode::Form, "ann").await;
    let id = id_of(&app, "ann").await;
    fill(&app, &id, 3).await;
    app.advance(399 * 86_400);
    fill(&app, &id, 2).await;
    app.advance(2 * 86_400);
    app.state.maintenance().purge().await.expect("the purge");
    assert_eq!(app.count("SELECT MIN(seq) FROM audit").await, 4);
    assert!(violations(&app).await.is_empty());
    fill(&app, &id, 1).await;
    app.execute("UPDATE account SET delete_after = 1").await;
    app.state.maintenance().purge().await.expect("the purge");
    assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE ip IS NOT NULL OR ip_salt IS NOT NULL").await, 0);
    let verdict = app.state.audit.verify().await.expect("the log is read");
    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!((verdict.rows, verdict.erased), (3, 3));
}

#[tokio::test]
async fn deleting_an_account_erases_the_reasons_of_actions_on_it_and_the_chain_stays_intact() {
    let app = TestApp::new().await;
    let mut ids = Vec::new();
    for name in ["bob", "cid"] {
        app.account(name, &format!("{name}@x.example")).await;
        ids.push(Uuid::try_parse(&id_of(&app, name).await).expect("an id"));
    }
    let (bob, cid) = (ids[0], ids[1]);
    let ended = |target| AuditEvent::to(AuditAction::SessionsEnded, target);
    for (actor, event, why) in [
        (Actor::Administrator(bob), ended(cid), "By bob, to cid"),
        (Actor::Administrator(cid), ended(bob), "By cid, to bob"),
        (Actor::Administrator(cid), AuditEvent::of(AuditAction::InvitationSent), "By cid, to nobody"),
        (Actor::CommandLine, ended(bob), "To bob"),
    ] {
        let reason = AuditReason::parse(why).expect("a reason");
        let from = actor.account().map(|_| IpAddr::from([192, 0, 2, 7]));
        write(&app, actor, from, event.because(&reason)).await;
    }
    app.execute("UPDATE account SET delete_after = 1 WHERE username = 'bob'").await;
    app.state.maintenance().purge().await.expect("the purge");
    assert_eq!(app.texts("SELECT username FROM account").await, ["cid"]);
    let kept = "SELECT coalesce(reason, 'erased') || ' - ' || coalesce(ip, 'erased') FROM audit ORDER BY seq";
    assert_eq!(
        app.texts(kept).await,
        ["By bob, to cid - erased", "erased - 192.0.2.7", "By cid, to nobody - 192.0.2.7", "erased - erased"]
    );
    // With the salt, a value that is easy to guess could be recovered from its commitment.
    let salts = "SELECT COUNT(*) FROM audit
        WHERE (reason IS NULL) <> (reason_salt IS NULL) OR (ip IS NULL) <> (ip_salt IS NULL)";
    assert_eq!(app.count(salts).await, 0);
    let verdict = app.state.audit.verify().await.expect("the log is read");
    assert!(verdict.is_sound(), "{verdict:?}");
    // The command line has no IP address that could be erased.
    assert_eq!((verdict.rows, verdict.erased), (4, 3));
}

#[tokio::test]
async fn only_the_deletion_entry_of_a_deleted_account_keeps_its_reason() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    app.account("bob", "bob@x.example").await;
    let bob = id_of(&app, "bob").await;
    for (action, reason) in [("end-sessions", "Asked for it by phone"), ("delete", "Asked for it by letter")] {
        let fields = [("id", bob.as_str()), ("user_action", action), ("reason", reason)];
        let answer = ann.post("/admin/users/change", &fields).await;
        assert!(answer.location().is_some(), "{action}: {answer:?}");
    }
    let reasons = app.texts("SELECT action || ': ' || coalesce(reason, 'erased') FROM audit ORDER BY seq").await;
    assert_eq!(reasons, ["sessions_ended: erased", "account_deleted: Asked for it by letter"]);
    let verdict = app.state.audit.verify().await.expect("the log is read");
    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!((verdict.rows, verdict.erased), (2, 1));
}
