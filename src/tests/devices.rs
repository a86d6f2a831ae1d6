//! A sign-in in a browser that is new to the account sends an email.

use futures::future::join_all;
use portal::mail::RenderedEmail;
use portal::store::known_devices;

use super::harness::app::PASSWORD;
use super::harness::{Client, Mode, TestApp};

const COOKIE: &str = "portal_device";
const DAY: u64 = 86_400;

async fn signed_in(app: &TestApp, mode: Mode, username: &str) -> Client {
    let mut client = app.client(mode);
    sign_in(&mut client, username).await;
    client
}

async fn sign_in(client: &mut Client, username: &str) {
    client.cookies.remove("portal_session");
    assert_eq!(client.sign_in(username, PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

/// The emails about new devices.
async fn told(app: &TestApp, address: &str) -> Vec<RenderedEmail> {
    let mut letters = app.letters_to(address).await;
    letters.retain(|letter| letter.subject == "New sign-in to your Portal account");
    letters
}

#[tokio::test]
async fn the_first_sign_in_sends_no_notice_and_one_in_another_browser_does() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        let mut first = signed_in(&app, mode, "ann").await;
        assert!(told(&app, "ann@x.example").await.is_empty());

        let mut other = app.client(mode).at_ip("198.51.100.7");
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
        other.headers.push(("user-agent", windows.to_owned()));
        sign_in(&mut other, "ann").await;
        let letters = told(&app, "ann@x.example").await;
        assert_eq!(letters.len(), 1);
        for part in [&letters[0].text, &letters[0].html] {
            for words in ["Firefox on Windows", "198.51.100.7", "/from-mail?token="] {
                assert!(part.contains(words), "{words}: {part}");
            }
        }
        for client in [&mut first, &mut other] {
            sign_in(client, "ann").await;
        }
        assert_eq!(told(&app, "ann@x.example").await.len(), 1, "both browsers are known now");
        assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'new_device'").await, 1);
    }
}

#[tokio::test]
async fn sign_ins_in_many_new_browsers_send_a_few_notices_an_hour() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    signed_in(&app, Mode::Script, "ann").await;
    app.advance(3_600);
    for _ in 0..8 {
        signed_in(&app, Mode::Script, "ann").await;
    }
    assert_eq!(told(&app, "ann@x.example").await.len(), 5);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'new_device'").await,
        8,
        "each is in the log"
    );
    app.advance(3_600);
    signed_in(&app, Mode::Script, "ann").await;
    assert_eq!(told(&app, "ann@x.example").await.len(), 6);
}

#[tokio::test]
async fn the_mailed_link_ends_that_session_and_works_as_long_as_the_session_can_last() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    signed_in(&app, Mode::Form, "ann").await;
    for (remember, hours) in [(None, 12), (Some(("remember", "on")), 30 * 24)] {
        app.advance(60);
        let fields: Vec<_> = [("identifier", "ann"), ("password", PASSWORD)].into_iter().chain(remember).collect();
        app.form().post("/login", &fields).await;
        let link = format!(
            "SELECT COUNT(*) FROM mail_link JOIN session ON session.handle = mail_link.subject_id \
             WHERE purpose = 'end_session' AND mail_link.account_id = session.account_id AND used_at IS NULL \
             AND expires_at - mail_link.created_at = {hours} * 3600000 AND mail_link.created_at = {}",
            app.state.clock.now().0
        );
        assert_eq!(app.count(&link).await, 1, "{hours} hours");
    }
    let letters = told(&app, "ann@x.example").await;
    let token = letters[0].text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    assert_eq!(token.len(), 43, "256 bits");
    let bytes = app.database_bytes();
    assert!(!bytes.windows(43).any(|window| window == token.as_bytes()), "the link itself is not stored once sent");
}

#[tokio::test]
async fn each_account_has_its_own_first_sign_in_in_a_browser() {
    let app = TestApp::new().await;
    for name in ["ann", "bob"] {
        app.account(name, &format!("{name}@x.example")).await;
    }
    let mut shared = signed_in(&app, Mode::Form, "ann").await;
    signed_in(&app, Mode::Form, "bob").await;
    sign_in(&mut shared, "bob").await;
    assert_eq!((told(&app, "ann@x.example").await.len(), told(&app, "bob@x.example").await.len()), (0, 1));
    sign_in(&mut shared, "ann").await;
    assert!(told(&app, "ann@x.example").await.is_empty());
}

#[tokio::test]
async fn parallel_sign_ins_in_one_new_browser_send_one_notice() {
    let app = TestApp::new().await;
    for name in ["ann", "bob"] {
        app.account(name, &format!("{name}@x.example")).await;
        signed_in(&app, Mode::Form, name).await;
    }
    let shared = signed_in(&app, Mode::Form, "ann").await;
    let racing = (0..4).map(|_| {
        let mut client = shared.clone();
        async move { sign_in(&mut client, "bob").await }
    });
    join_all(racing).await;
    assert_eq!(told(&app, "bob@x.example").await.len(), 1);
}

#[tokio::test]
async fn a_browser_keeps_its_cookie_for_400_days_from_each_sign_in() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    let answer = client.sign_in("ann", PASSWORD).await;
    let cookie = answer.set_cookie(COOKIE).expect("a cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    client.post("/logout", &[]).await;
    assert!(client.cookies.contains_key(COOKIE), "signing out does not make the browser unknown");
    assert_eq!(client.sign_in("ann", PASSWORD).await.set_cookie(COOKIE), Some(cookie.as_str()), "the same value again");
    for spoilt in ["x", "%00", &"A".repeat(4_000)] {
        client.cookies.insert(COOKIE.to_owned(), spoilt.to_owned());
        sign_in(&mut client, "ann").await;
        assert_eq!(client.cookies[COOKIE].len(), 43, "an invalid cookie is replaced");
    }
    let bytes = app.database_bytes();
    let value = client.cookies[COOKIE].as_bytes();
    assert!(!bytes.windows(value.len()).any(|window| window == value));
}

#[tokio::test]
async fn the_notice_waits_for_the_mail_server_but_the_sign_in_does_not() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    signed_in(&app, Mode::Form, "ann").await;
    // There is no working mail server, so nothing was delivered.
    signed_in(&app, Mode::Form, "ann").await;
    let waiting = "SELECT COUNT(*) FROM outbox WHERE kind = 'new_device' AND state = 'waiting'";
    assert_eq!(app.count(waiting).await, 1);
    assert_eq!(told(&app, "ann@x.example").await.len(), 1);
}

#[tokio::test]
async fn a_refused_sign_in_leaves_neither_cookie_nor_row() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        let answer = app.client(mode).sign_in("ann", "another fine password").await;
        assert_eq!(answer.set_cookie(COOKIE), None);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM known_device").await, 0);
}

#[tokio::test]
async fn fifty_browsers_per_account_are_remembered_and_the_least_recently_seen_is_removed() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut oldest = signed_in(&app, Mode::Form, "ann").await;
    app.advance(DAY + 60);
    app.execute(
        "INSERT INTO known_device (id, account_id, digest, first_seen_at, last_seen_at) \
         WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 49) \
         SELECT randomblob(16), account_id, randomblob(32), first_seen_at + i, last_seen_at + i FROM known_device, n",
    )
    .await;
    let mut newest = signed_in(&app, Mode::Form, "ann").await;
    assert_eq!(app.count("SELECT COUNT(*) FROM known_device").await, 50);
    sign_in(&mut newest, "ann").await;
    assert_eq!(told(&app, "ann@x.example").await.len(), 1);
    sign_in(&mut oldest, "ann").await;
    assert_eq!(told(&app, "ann@x.example").await.len(), 2, "the browser was forgotten");
}

#[tokio::test]
async fn sixty_sign_ins_of_a_thief_in_a_day_do_not_make_the_owners_browser_unknown() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut owner = signed_in(&app, Mode::Form, "ann").await;
    for hour in 1..=12 {
        app.advance(3_600);
        for _ in 0..5 {
            signed_in(&app, Mode::Form, "ann").await;
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM known_device").await, 1 + (5 * hour).min(9));
    }
    let notices = told(&app, "ann@x.example").await.len();
    assert!(notices >= 8, "the owner got {notices}");
    sign_in(&mut owner, "ann").await;
    assert_eq!(told(&app, "ann@x.example").await.len(), notices, "the owner's browser is still known");
    app.advance(DAY);
    let mut new = signed_in(&app, Mode::Form, "ann").await;
    sign_in(&mut new, "ann").await;
    assert_eq!(told(&app, "ann@x.example").await.len(), notices + 1, "a day later a new browser is remembered");
}

#[tokio::test]
async fn a_browser_is_forgotten_after_400_days_or_when_all_are_removed() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = signed_in(&app, Mode::Form, "ann").await;
    for (days, mails) in [(399, 0), (399, 0), (401, 1)] {
        app.advance(days * DAY);
        app.state.maintenance().purge().await.expect("purges");
        sign_in(&mut client, "ann").await;
        assert_eq!(told(&app, "ann@x.example").await.len(), mails);
    }
    let tx = app.state.store.write().await.expect("the write lock");
    known_devices::forget_all(&tx, account_id(&app).await).await.expect("no error");
    tx.commit().await.expect("a commit");
    sign_in(&mut client, "ann").await;
    assert_eq!(told(&app, "ann@x.example").await.len(), 2);
}

async fn account_id(app: &TestApp) -> uuid::Uuid {
    use portal::domain::Username;
    use portal::store::accounts;
    let name = Username::parse("ann").expect("a username");
    accounts::by_username(app.state.store.reader(), &name).await.expect("no error").expect("an account").id
}
