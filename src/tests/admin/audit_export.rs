//! "Download as CSV" on `/admin/audit`.

use portal::domain::{AuditAction, AuditReason};
use portal::services::audit::AuditEvent;
use portal::store::audit::Actor;
use uuid::Uuid;

use super::{administrator, id_of};
use crate::harness::app::PASSWORD;
use crate::harness::{Mode, TestApp};

const EXPORT: &str = "/admin/audit/export";

/// Records actions of this account, with reasons that a spreadsheet would treat as formulas.
pub(super) async fn fill(app: &TestApp, actor: &str, entries: usize) {
    let actor = Actor::Administrator(Uuid::try_parse(actor).expect("an id"));
    let tx = app.state.store.write().await.expect("a transaction");
    for n in 0..entries {
        let reason = AuditReason::parse(&format!("=HYPERLINK(\"http://x.example/{n}\"), or so")).expect("a reason");
        let event = AuditEvent::to(AuditAction::SessionsEnded, Uuid::max()).because(&reason).about("@detail");
        let from = Some([192, 0, 2, 7].into());
        app.state.audit.record(&tx, actor, from, event).await.expect("it is logged");
    }
    tx.commit().await.expect("a commit");
}

/// Returns the cells of each line, parsed according to RFC 4180.
fn read(file: &str) -> Vec<Vec<String>> {
    let line = |line: &str| line.trim_matches('"').split("\",\"").map(|cell| cell.replace("\"\"", "\"")).collect();
    file.split_terminator("\r\n").map(line).collect()
}

#[tokio::test]
async fn the_file_holds_every_row_and_no_formula_and_the_export_is_logged() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = administrator(&app, mode, "ann").await;
        let id = id_of(&app, "ann").await;
        fill(&app, &id, 1_204).await;
        let page = ann.get("/admin/audit").await;
        assert!(page.body.contains("action=\"/admin/audit/export\"") && page.body.contains("Download as CSV"));
        let answer = ann.post(EXPORT, &[]).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let name = "attachment; filename=\"audit-2026-11-23T120000Z.csv\"";
        assert_eq!(answer.header("content-disposition"), Some(name));
        let lines = read(&answer.body);
        assert_eq!(lines.len(), 1_206, "the header, and the entry of the export itself");
        assert!(lines.iter().all(|cells| cells.len() == 11), "{:?}", lines[1]);
        assert_eq!(lines[0][..3], ["Row", "When", "By"]);
        let numbers: Vec<i64> = lines[1..].iter().map(|cells| cells[0].parse().expect("a number")).collect();
        assert_eq!(numbers, (1..=1_205).rev().collect::<Vec<_>>());
        assert_eq!(lines[1][2..7], ["ann", &id, "Audit log exported", "", ""]);
        let oldest = lines.last().expect("a line");
        assert_eq!(oldest[1], "2026-11-23T12:00:00Z");
        assert_eq!(oldest[7..10], ["'@detail", "'=HYPERLINK(\"http://x.example/0\"), or so", "192.0.2.7"]);
        let hash = app.text("SELECT lower(hex(hash)) FROM audit WHERE seq = 1").await;
        assert_eq!(oldest[10], hash, "the file contains the hash of the log's row");
        assert!(app.state.audit.verify().await.expect("the query succeeds").is_sound());
    }
}

#[tokio::test]
async fn the_filters_of_the_page_apply_to_the_file() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = administrator(&app, mode, "ann").await;
        app.account("bob", "bob@x.example").await;
        app.state.admin_cli().promote("bob").await.expect("promoted");
        fill(&app, &id_of(&app, "ann").await, 2).await;
        let page = ann.get("/admin/audit?who=ANN&action=sessions_ended").await;
        for field in ["name=\"action\" value=\"sessions_ended\"", "name=\"who\" value=\"ANN\""] {
            assert!(page.body.contains(&format!("<input type=\"hidden\" {field}")), "{field}: {}", page.body);
        }
        for (filters, rows) in [
            (&[("who", "ANN"), ("action", "sessions_ended")][..], 2),
            (&[("whom", "bob")], 1),
            (&[("whom", "nobody")], 0),
            (&[("action", "nonsense")], 0),
        ] {
            let answer = ann.post(EXPORT, filters).await;
            assert_eq!((answer.status.as_u16(), read(&answer.body).len()), (200, 1 + rows), "{filters:?}");
        }
        let details = app.texts("SELECT detail FROM audit WHERE action = 'audit_exported' ORDER BY seq").await;
        let (ann, bob) = (id_of(&app, "ann").await, id_of(&app, "bob").await);
        let expected = [format!("action: sessions_ended, by: {ann}"), format!("target: {bob}")];
        assert_eq!(details[..2], expected, "accounts by their ids, never by name");
        assert_eq!(details[2..], ["no entries", "no entries"]);
    }
}

#[tokio::test]
async fn an_old_sign_in_requires_the_password_first_and_the_filters_are_kept() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = administrator(&app, mode, "ann").await;
        app.advance(301);
        let answer = ann.post(EXPORT, &[("action", "sessions_ended"), ("who", "a&b=c")]).await;
        assert_eq!(answer.header("location"), Some("/account/confirm"));
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0, "nothing was downloaded");
        let answer = ann.post("/account/confirm", &[("password", PASSWORD)]).await;
        assert_eq!(answer.location().as_deref(), Some("/admin/audit?action=sessions_ended&who=a%26b%3Dc"));
        let page = ann.seen(answer).await;
        assert!(page.contains("Press the button again") && page.contains("value=\"a&amp;b=c\""), "{page}");
        assert_eq!(ann.post(EXPORT, &[("action", "sessions_ended")]).await.status, 200);
    }
}

#[tokio::test]
async fn opening_the_url_downloads_nothing() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    assert_ne!(ann.get(EXPORT).await.status, 200);
    assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
}
