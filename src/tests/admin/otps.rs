//! `/admin/otps`: the status of each code, and never the code itself.

use portal::mail::transport::SendError;
use portal::mail::transport::memory::Behavior;
use portal::store::outbox::MailFault;

use super::administrator;
use crate::harness::app::{PASSWORD, wrong_code};
use crate::harness::{Client, Mode, TestApp};

/// The cells of each row, by their columns' titles.
fn rows(page: &str) -> Vec<String> {
    let body = page.split("<tbody").nth(1).unwrap_or_default();
    let rows = body.split("<tr ").skip(1).map(|row| row.split("</tr>").next().unwrap_or_default());
    rows.map(text).collect()
}

/// The text that a user reads in some markup.
fn text(html: &str) -> String {
    let html = html.split_once('>').map_or("", |(_, rest)| rest);
    let pieces = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text).trim());
    pieces.filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(" | ")
}

async fn listed(client: &mut Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("/admin/otps{query}")).await;
    assert_eq!(page.status, 200, "{query}");
    rows(&page.body)
}

/// An administrator, an hour after they registered.
async fn ann(app: &TestApp) -> Client {
    let ann = administrator(app, Mode::Form, "ann").await;
    app.execute("DELETE FROM otp").await;
    app.execute("DELETE FROM outbox").await;
    ann
}

#[tokio::test]
async fn a_code_is_tracked_from_the_queue_to_its_use_and_is_never_shown() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = ann(&app).await;
        assert!(ann.get("/admin/otps").await.body.contains("No OTPs yet"));
        let mut bob = app.client(mode).at_ip("198.51.100.20");
        bob.register("bob", "Bob.Lee@x.example", PASSWORD).await;
        let [row] = listed(&mut ann, "").await.try_into().expect("one code");
        for part in ["Registration", "b***@x.example", "198.51.100.20", "| 0 | Queued | Pending"] {
            assert!(row.contains(part), "{part}: {row}");
        }
        let code = app.code_for("bob.lee@x.example").await;
        bob.verify(&wrong_code(&code, 0)).await;
        assert!(listed(&mut ann, "").await[0].ends_with("| 1 | Sent | Pending"));
        bob.verify(&code).await;
        let page = ann.get("/admin/otps").await.body;
        assert!(rows(&page)[0].ends_with("| 2 | Sent | Used"), "{page}");
        let digest = app.text("SELECT lower(hex(digest)) FROM otp").await;
        for secret in [code.as_str(), digest.as_str(), "bob.lee", "Bob.Lee"] {
            assert!(!page.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn wrong_codes_expiry_and_newer_codes_each_end_a_code_with_their_own_status() {
    let app = TestApp::new().await;
    let mut ann = ann(&app).await;
    let mut bob = app.form();
    bob.register("bob", "bob@x.example", PASSWORD).await;
    let code = app.code_for("bob@x.example").await;
    for n in 0..5 {
        bob.verify(&wrong_code(&code, n)).await;
    }
    assert!(listed(&mut ann, "").await[0].ends_with("| 5 | Sent | Too many attempts"));
    // The status does not change later.
    app.advance(600);
    assert!(listed(&mut ann, "").await[0].ends_with("| 5 | Sent | Too many attempts"));

    let mut cid = app.form();
    cid.register("cid", "cid@x.example", PASSWORD).await;
    for _ in 0..2 {
        app.advance(61);
        cid.post("/verify/resend", &[]).await;
    }
    app.deliver().await;
    let outcomes = async |ann: &mut Client| {
        let rows = listed(ann, "?address=CID@x.example").await;
        rows.iter().map(|row| row.rsplit(" | ").next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&mut ann).await, ["Pending", "Pending", "Replaced or canceled"]);
    app.advance(240);
    assert_eq!(outcomes(&mut ann).await, ["Pending", "Expired", "Replaced or canceled"]);
    // An expired code is never reported as withdrawn, whatever happens later.
    let mails = app.mails_to("cid@x.example").await;
    let newest = crate::harness::app::first_six_digits(&mails.last().expect("an email").0).expect("a code");
    assert_eq!(cid.verify(&newest).await.location().as_deref(), Some("/login"));
    assert_eq!(outcomes(&mut ann).await, ["Used", "Expired", "Replaced or canceled"]);
}

#[tokio::test]
async fn the_last_attempt_can_succeed() {
    let app = TestApp::new().await;
    let mut ann = ann(&app).await;
    let mut bob = app.form();
    bob.register("bob", "bob@x.example", PASSWORD).await;
    let code = app.code_for("bob@x.example").await;
    for n in 0..4 {
        bob.verify(&wrong_code(&code, n)).await;
    }
    assert_eq!(bob.verify(&code).await.location().as_deref(), Some("/login"));
    assert!(listed(&mut ann, "").await[0].ends_with("| 5 | Sent | Used"));
    assert_eq!(listed(&mut ann, "?outcome=tries_used").await.len(), 0);
    assert_eq!(listed(&mut ann, "?outcome=used").await.len(), 1);
}

#[tokio::test]
async fn only_administrators_see_that_an_email_gets_no_code() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = ann(&app).await;
        app.client(mode).register("bob", "ann@admin.example", PASSWORD).await;
        app.client(mode).post("/recover", &[("email", "nobody@x.example")]).await;
        app.deliver().await;
        let rows = listed(&mut ann, "").await;
        assert_eq!(rows.len(), 2);
        assert_eq!(listed(&mut ann, "?delivery=address_taken").await.len(), 1);
        let [taken] = listed(&mut ann, "?purpose=registration").await.try_into().expect("one");
        assert!(taken.ends_with("| 0 | Account already exists | Pending"), "{taken}");
        assert!(taken.contains("a***@admin.example"), "{taken}");
        assert!(listed(&mut ann, "?delivery=no_account").await[0].contains("Password reset"));
        assert_eq!(listed(&mut ann, "?delivery=sent").await.len(), 0);
    }
}

#[tokio::test]
async fn the_delivery_status_of_the_email_is_shown() {
    let app = TestApp::new().await;
    let mut ann = ann(&app).await;
    let mut deliveries: Vec<(&str, &str)> = Vec::new();
    app.mail_fares(Behavior::Fail(SendError::new(MailFault::Recipient, "550 5.1.1 no such user")));
    app.form().register("dead", "dead@x.example", PASSWORD).await;
    app.deliver().await;
    deliveries.push(("dead", "d***@x.example"));
    app.mail_fares(Behavior::Fail(SendError::new(MailFault::Temporary, "451 try later")));
    app.form().register("late", "late@x.example", PASSWORD).await;
    app.deliver().await;
    assert_eq!(listed(&mut ann, "?delivery=failing").await.len(), 1);
    app.advance(301);
    app.deliver().await;
    deliveries.push(("expired", "l***@x.example"));
    app.form().register("fails", "fails@x.example", PASSWORD).await;
    app.deliver().await;
    deliveries.push(("failing", "f***@x.example"));
    app.form().register("new", "new@x.example", PASSWORD).await;
    deliveries.push(("waiting", "n***@x.example"));
    for (delivery, address) in deliveries {
        let [row] = listed(&mut ann, &format!("?delivery={delivery}")).await.try_into().expect(delivery);
        assert!(row.contains(address), "{delivery}: {row}");
        let [both] =
            listed(&mut ann, &format!("?delivery={delivery}&purpose=registration")).await.try_into().expect("it");
        assert_eq!(both, row);
        assert_eq!(listed(&mut ann, &format!("?delivery={delivery}&purpose=recovery")).await.len(), 0);
    }
    assert!(listed(&mut ann, "?outcome=expired").await.iter().all(|row| row.ends_with("| Expired")));
    assert_eq!(listed(&mut ann, "?outcome=waiting").await.len(), 2);
    // The row of the email may be deleted before the row of the code.
    app.execute("DELETE FROM outbox").await;
    assert!(listed(&mut ann, "?address=dead@x.example").await[0].contains("Unknown"));
}

#[tokio::test]
async fn each_filter_narrows_the_log_and_an_unknown_value_finds_nothing() {
    let app = TestApp::new().await;
    let mut ann = ann(&app).await;
    app.form().at_ip("198.51.100.1").register("bob", "bob@x.example", PASSWORD).await;
    app.form().at_ip("2001:db8::1").register("cid", "cid@x.example", PASSWORD).await;
    app.form().at_ip("198.51.100.1").post("/recover", &[("email", "ann@admin.example")]).await;
    for (query, found) in [
        ("?purpose=registration", 2),
        ("?purpose=recovery", 1),
        ("?address=BOB@X.example", 1),
        ("?requester=198.51.100.1", 2),
        ("?requester=2001:0DB8:0::1", 1),
        ("?requester=198.51.100.1&purpose=recovery&outcome=waiting&delivery=waiting", 1),
        ("?outcome=waiting", 3),
    ] {
        assert_eq!(listed(&mut ann, query).await.len(), found, "{query}");
    }
    for nothing in ["purpose=x", "address=bob", "address=no@x.example", "requester=x", "delivery=x", "outcome=used"] {
        let page = ann.get(&format!("/admin/otps?{nothing}")).await;
        assert!(page.body.contains("No OTPs match"), "{nothing}: {}", page.body);
    }
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_only_its_first_page_refreshes_itself() {
    let app = TestApp::new().await;
    let mut ann = ann(&app).await;
    fill(&app, 120).await;
    let first = ann.get("/admin/otps?purpose=registration").await.body;
    assert_eq!(rows(&first).len(), 50);
    assert!(first.contains("data-component=\"LiveRows") && first.contains(">Refresh</a>"), "{first}");
    let older = first.split("href=\"").find(|rest| rest.starts_with("/admin/otps?") && rest.contains("before="));
    let older = older.and_then(|rest| rest.split('"').next()).expect("the next page").replace("&amp;", "&");
    let second = ann.get(&older).await.body;
    assert_eq!(rows(&second).len(), 50);
    let ids = |page: &str| {
        let rows = page.split("<tr ").skip(1).filter_map(|row| row.split_once("id=\"")?.1.split('"').next());
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    let (ids, next) = (ids(&first), ids(&second));
    assert!(ids.len() == 50 && ids.iter().all(|id| next.iter().all(|other| other < id)), "{ids:?}, {next:?}");
    assert!(!second.contains("LiveRows") && !second.contains(">Refresh</a>"));
    assert!(second.contains("after=") && second.contains("before="));
}

#[tokio::test]
async fn a_query_with_two_filters_says_when_it_did_not_search_everything() {
    let app = TestApp::new().await;
    let mut ann = ann(&app).await;
    fill(&app, 10_100).await;
    app.execute("UPDATE otp SET consumed_at = 1 WHERE id = (SELECT MIN(id) FROM otp)").await;
    let page = ann.get("/admin/otps?purpose=registration&delivery=sent").await.body;
    assert!(!page.contains("Searched the latest"), "no email was sent, so the search is complete: {page}");
    let page = ann.get("/admin/otps?purpose=registration&requester=192.0.2.9&outcome=used").await.body;
    assert!(page.contains("Searched the latest 10000 OTPs"), "{page}");
    let page = ann.get("/admin/otps?purpose=registration&requester=192.0.2.9").await.body;
    assert!(!page.contains("Searched the latest") && rows(&page).len() == 50);
    assert_eq!(listed(&mut ann, "?outcome=used").await.len(), 1, "a single filter searches everything");
}

#[tokio::test]
async fn a_page_that_refreshes_itself_does_not_extend_the_session() {
    let app = TestApp::new().await;
    let mut ann = ann(&app).await;
    let mut by_itself = ann.clone();
    by_itself.headers.push(("x-refresh", "1".to_owned()));
    for _ in 0..29 {
        app.advance(60);
        assert_eq!(by_itself.get("/admin/otps").await.status, 200);
    }
    app.advance(60);
    assert_eq!(by_itself.get("/admin/otps").await.status, 404);
    assert_eq!(ann.get("/admin/otps").await.status, 404);
}

/// Adds this many codes that were never used.
async fn fill(app: &TestApp, codes: u32) {
    app.execute(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {codes})
         INSERT INTO otp (id, purpose, flow_id, email_key, digest, requester_ip, issued_at, expires_at)
         SELECT CAST(printf('%016x', i) AS BLOB), 'registration', randomblob(16), 'p' || i || '@x.example', \
         randomblob(32), '192.0.2.9', i, i + 300000 FROM n"
    ))
    .await;
}
