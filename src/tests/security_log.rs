//! `/account/security/log`: the security events of an account, for its owner.

use portal::domain::{SecurityEvent, Timestamp, Username};
use portal::store::accounts;
use portal::store::security_events::{self, Event};
use uuid::Uuid;

use super::harness::app::PASSWORD;
use super::harness::{Client, Mode, TestApp};

const PAGE: &str = "/account/security/log";

async fn signed_in(app: &TestApp, mode: Mode, username: &str) -> Client {
    let mut client = app.client(mode);
    assert_eq!(client.sign_in(username, PASSWORD).await.location().as_deref(), Some("/dashboard"));
    client
}

/// The rows of the list, from the first page on.
fn rows(page: &str) -> Vec<String> {
    let list = page.split("class=\"rows\"").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    list.split("<li>").skip(1).map(str::to_owned).collect()
}

/// The target of the link with this text, if the page has one.
fn link(page: &str, word: &str) -> Option<String> {
    let pager = page.split("class=\"pager\"").nth(1)?.split("</nav>").next()?;
    let link = pager.split("<a ").find(|link| link.contains(&format!(">{word}<")))?;
    Some(link.split("href=\"").nth(1)?.split('"').next()?.to_owned())
}

async fn account_id(app: &TestApp, name: &str) -> Uuid {
    let name = Username::parse(name).expect("a username");
    accounts::by_username(app.state.store.reader(), &name).await.expect("no error").expect("an account").id
}

/// Past events, one a minute, each with its number as detail.
async fn fill(app: &TestApp, account_id: Uuid, count: i64) {
    let start = app.state.clock.now().0 - count * 60_000;
    let tx = app.state.store.write().await.expect("the write lock");
    for n in 0..count {
        let at = Timestamp(start + n * 60_000);
        let event = Event {
            id: app.state.rng.id(at),
            event: SecurityEvent::PasskeyAdded,
            detail: Some(format!("number {n};")),
            at,
            ip: "203.0.113.9".to_owned(),
            user_agent: String::new(),
        };
        security_events::insert(&tx, account_id, event).await.expect("no error");
    }
    tx.commit().await.expect("a commit");
}

#[tokio::test]
async fn sign_ins_failures_new_devices_and_sign_outs_are_shown_to_the_owner() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        let mut first = signed_in(&app, mode, "ann").await;
        app.advance(60);
        first.post("/logout", &[]).await;
        first.post("/logout", &[]).await;
        app.advance(60);
        app.client(mode).at_ip("198.51.100.7").sign_in("ann", "another fine password").await;
        app.advance(60);
        let mut here = signed_in(&app, mode, "ann").await;
        let page = here.get(PAGE).await.body;
        let rows = rows(&page);
        let said = |words: &str| rows.iter().filter(|row| row.contains(words)).count();
        assert_eq!(rows.len(), 5, "{rows:?}");
        assert_eq!((said("Signed in"), said("Signed out"), said("Signed in from a new device")), (3, 1, 1));
        assert!(rows[2].contains("Sign-in failed: incorrect password"), "{rows:?}");
        assert!(rows[2].contains("198.51.100.7") && rows[2].contains("Firefox on Linux"), "{}", rows[2]);
        assert!(rows[2].contains("2026-11-23T12:02:00Z"), "{}", rows[2]);
        assert!(rows[4].contains("with the password"), "{}", rows[4]);
    }
}

#[tokio::test]
async fn the_log_can_be_paged_to_its_beginning_and_back() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = signed_in(&app, Mode::Form, "ann").await;
    app.execute("DELETE FROM security_event").await;
    fill(&app, account_id(&app, "ann").await, 120).await;
    let mut pages = vec![client.get(PAGE).await.body];
    assert_eq!(link(&pages[0], "Newer"), None);
    while let Some(older) = link(&pages[pages.len() - 1], "Older") {
        pages.push(client.get(&older).await.body);
    }
    let shown: Vec<_> = pages.iter().flat_map(|page| rows(page)).collect();
    assert_eq!(pages.iter().map(|page| rows(page).len()).collect::<Vec<_>>(), [50, 50, 20]);
    for (row, n) in shown.iter().zip((0..120).rev()) {
        assert!(row.contains(&format!("number {n};")), "{n}: {row}");
    }
    let newer = link(&pages[2], "Newer").expect("a newer page");
    let second = client.get(&newer).await.body;
    assert_eq!(rows(&second), rows(&pages[1]));
    let newest = client.get(&link(&second, "Newer").expect("a newer page")).await.body;
    assert_eq!((rows(&newest), link(&newest, "Newer")), (rows(&pages[0]), None));
}

#[tokio::test]
async fn the_log_of_an_account_keeps_its_newest_5_000_events() {
    let app = TestApp::new().await;
    for name in ["ann", "bob"] {
        app.account(name, &format!("{name}@x.example")).await;
    }
    let (ann, bob) = (account_id(&app, "ann").await, account_id(&app, "bob").await);
    fill(&app, bob, 3).await;
    let kept =
        |name: &str| format!("FROM security_event JOIN account ON account.id = account_id WHERE username = '{name}'");
    app.execute(&older_events(1_000_000, 4_990)).await;
    fill(&app, ann, 15).await;
    assert_eq!(app.count(&format!("SELECT COUNT(*) {}", kept("ann"))).await, 5_000);
    assert_eq!(app.count(&format!("SELECT MIN(at) {}", kept("ann"))).await, 1_000_006, "the oldest five are deleted");
    assert_eq!(app.count(&format!("SELECT COUNT(*) {}", kept("bob"))).await, 3);
    // An earlier version wrote more. They are deleted a few at a time.
    app.execute(&older_events(0, 40)).await;
    for left in [15, 0] {
        signed_in(&app, Mode::Form, "ann").await;
        assert_eq!(app.count(&format!("SELECT COUNT(*) {} AND at < 1000", kept("ann"))).await, left);
    }
    assert_eq!(app.count(&format!("SELECT COUNT(*) {}", kept("ann"))).await, 5_000);
}

/// Inserts events of ann after a time, one every millisecond.
fn older_events(after: i64, count: u32) -> String {
    format!(
        "INSERT INTO security_event (id, account_id, kind, at, ip, user_agent)
         WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         SELECT unhex(printf('%012x%020x', {after} + i, i)), account.id, 'signed_in', {after} + i, '', ''
         FROM n, account WHERE username = 'ann'"
    )
}

#[tokio::test]
async fn an_unknown_id_is_ignored_and_shows_no_other_users_events() {
    let app = TestApp::new().await;
    for name in ["ann", "bob"] {
        app.account(name, &format!("{name}@x.example")).await;
    }
    fill(&app, account_id(&app, "bob").await, 60).await;
    let mut bob = signed_in(&app, Mode::Form, "bob").await;
    let of_bob = link(&bob.get(PAGE).await.body, "Older").expect("an older page");
    let mut ann = signed_in(&app, Mode::Form, "ann").await;
    for query in [
        "?before=x",
        "?before=",
        "?before=%3Cscript%3E",
        "?after=x",
        "?before[]=1",
        "?after=00000000-0000-0000-0000-000000000000",
        "?before=00000000-0000-0000-0000-000000000000",
        "?before=ffffffff-ffff-ffff-ffff-ffffffffffff",
        "?after=ffffffff-ffff-ffff-ffff-ffffffffffff",
        of_bob.trim_start_matches(PAGE),
    ] {
        let answer = ann.get(&format!("{PAGE}{query}")).await;
        assert_eq!(answer.status, 200, "{query}");
        let rows = rows(&answer.body);
        assert!(rows.len() == 1 && rows[0].contains("Signed in"), "{query}: {rows:?}");
    }
}

#[tokio::test]
async fn the_details_of_an_event_are_escaped() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = signed_in(&app, Mode::Form, "ann").await;
    app.execute(
        "UPDATE security_event SET detail = '<img src=x onerror=alert(1)>', ip = '<b>1', user_agent = '<script>x</script>'",
    )
    .await;
    let page = client.get(PAGE).await.body;
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "{page}");
    for markup in ["<img src=x", "<b>1", "<script>x"] {
        assert!(!page.contains(markup), "{markup}");
    }
}

#[tokio::test]
async fn an_empty_log_says_so() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = signed_in(&app, Mode::Form, "ann").await;
    app.execute("DELETE FROM security_event").await;
    let page = client.get(PAGE).await.body;
    assert!(page.contains("No activity yet.") && !page.contains("class=\"rows\""));
}

#[tokio::test]
async fn only_the_owner_can_see_the_log() {
    let app = TestApp::new().await;
    let to = app.form().get(PAGE).await.location();
    assert_eq!(to.as_deref(), Some("/login?next=/account/security"));
}
