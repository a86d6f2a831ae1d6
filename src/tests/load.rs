//! Overload: the limit on posts and the hashing queue.

use std::time::{Duration, Instant};

use axum::body::Body;
use futures::future::join_all;
use portal::crypto::hash_queue::HashSlot;
use tokio::sync::mpsc;

use super::harness::app::PASSWORD;
use super::harness::process::{Served, browser};
use super::harness::{Answer, Client, Mode, TestApp};

const BUSY: &str = "The portal is very busy. Please try again in a moment.";

/// A portal that accepts three posts at once and then one a second.
async fn strict(settings: &[(&str, &str)]) -> TestApp {
    let limits = [("PORTAL_POSTS_PER_SECOND", "1"), ("PORTAL_POSTS_BURST", "3")];
    TestApp::with(&[&limits, settings].concat()).await
}

/// Signs out without being signed in: a post that does nothing.
async fn post(mut client: Client) -> Answer {
    client.post("/logout", &[]).await
}

/// How many of `count` posts are accepted.
async fn passing(client: &Client, count: usize) -> usize {
    let mut passed = 0;
    for _ in 0..count {
        passed += usize::from(post(client.clone()).await.status != 429);
    }
    passed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn exactly_the_burst_is_accepted_of_300_simultaneous_posts() {
    let app = TestApp::with(&[("PORTAL_POSTS_PER_SECOND", "100"), ("PORTAL_POSTS_BURST", "200")]).await;
    for round in 0..2 {
        let posts: Vec<_> = (0..300).map(|_| tokio::spawn(post(app.script()))).collect();
        let answers: Vec<_> = join_all(posts).await.into_iter().map(|it| it.expect("an answer").status).collect();
        let (passed, refused) = (answers.iter().filter(|it| **it == 200), answers.iter().filter(|it| **it == 429));
        assert_eq!((passed.count(), refused.count()), (200, 100), "round {round}");
        // A hundred are refilled in a second, the whole burst in two.
        app.advance(1);
        assert_eq!(passing(&app.script(), 110).await, 100, "round {round}");
        app.advance(3);
    }
}

#[tokio::test]
async fn a_client_that_waits_for_retry_after_succeeds_and_one_that_does_not_is_refused() {
    for mode in Mode::BOTH {
        let app = strict(&[]).await;
        let client = app.client(mode);
        assert_eq!(passing(&client, 3).await, 3);
        let refused = post(client.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, Some("1")));
        if mode == Mode::Script {
            assert!(refused.header("content-type").is_some_and(|kind| kind.contains("json")));
            assert!(refused.body.contains("\"retry_after\":1") && refused.body.contains("Too many requests"));
        } else {
            assert!(refused.body.contains("Try again in 1 second."), "{}", refused.body);
        }
        app.clock.advance(Duration::from_millis(999));
        assert_eq!(post(client.clone()).await.status, 429);
        app.clock.advance(Duration::from_millis(1));
        assert_eq!(passing(&client, 3).await, 1);
    }
}

#[tokio::test]
async fn ip_addresses_have_separate_limits_and_an_ipv6_network_counts_as_one() {
    let app = strict(&[]).await;
    assert_eq!(passing(&app.script(), 4).await, 3);
    assert_eq!(passing(&app.script().at_ip("192.0.2.8"), 4).await, 3);
    assert_eq!(passing(&app.script().at_ip("2001:db8:1:2::1"), 2).await, 2);
    assert_eq!(passing(&app.script().at_ip("2001:db8:1:2:ffff::9"), 4).await, 1, "the same /64");
    assert_eq!(passing(&app.script().at_ip("2001:db8:1:3::1"), 4).await, 3);
    assert_eq!(
        passing(&app.script().at_ip("::ffff:192.0.2.7"), 1).await,
        0,
        "the first IP address in another notation"
    );
}

#[tokio::test]
async fn a_forwarded_ip_address_counts_only_behind_a_trusted_proxy() {
    for (trusted, passed) in [("", 3), ("192.0.2.0/24", 6)] {
        let app = strict(&[("TRUSTED_PROXIES", trusted)]).await;
        let mut all = 0;
        for n in 0..6 {
            let mut client = app.script();
            client.headers = vec![("x-forwarded-for", format!("198.51.100.{n}"))];
            all += passing(&client, 1).await;
        }
        assert_eq!(all, passed, "{trusted:?}");
    }
}

#[tokio::test]
async fn a_refused_post_is_not_read_and_writes_nothing_and_pages_still_load() {
    for mode in Mode::BOTH {
        let app = strict(&[]).await;
        let mut client = app.client(mode);
        assert_eq!(passing(&client, 3).await, 3);
        let endless = Body::from_stream(futures::stream::pending::<Result<String, std::io::Error>>());
        let answer = client.post_raw("/login", "application/x-www-form-urlencoded", endless);
        let answer = tokio::time::timeout(Duration::from_secs(10), answer).await;
        assert_eq!(answer.expect("the server does not wait for its body").status, 429);
        assert_eq!(client.register("ann", "ann@x.example", PASSWORD).await.status, 429);
        assert_eq!(client.sign_in("ann", "another fine password").await.status, 429);
        for table in ["email_verification", "outbox", "attempt", "session"] {
            assert_eq!(app.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        for _ in 0..20 {
            assert_eq!(client.get("/login").await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_flood_of_posts_does_not_flood_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let limits = [("PORTAL_POSTS_PER_SECOND", "1"), ("PORTAL_POSTS_BURST", "2")];
    let served = Served::start(folder.path(), &limits).await;
    let browser = browser();
    let mut refused = 0;
    for _ in 0..100 {
        let answer = browser.post(served.url("/logout")).header("accept", "application/json").send().await;
        refused += usize::from(answer.expect("an answer").status() == 429);
    }
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    let lines = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    assert!(refused > 50 && (1..10).contains(&lines("posts.limited")), "{log}");
    assert_eq!(lines("status=429"), 0, "{log}");
    assert!(lines("answered") > 1, "the other requests are logged: {log}");
}

/// Takes every place in the hashing queue.
fn crowd(app: &TestApp) -> Vec<HashSlot> {
    (0..).map_while(|n: u32| app.state.hasher.enter(n.to_be_bytes().to_vec()).ok()).collect()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "measures how long an answer takes")]
async fn with_the_queue_full_the_portal_answers_at_once_that_it_is_busy() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        let places = crowd(&app);
        assert!(places.len() > 1);
        let before = app.count("SELECT COUNT(*) FROM session").await;
        // The response does not wait for the database's write lock either, which is held here.
        let held = app.state.store.write().await.expect("the write lock");
        let mut client = app.client(mode);
        for sign_in in [true, false] {
            let began = Instant::now();
            let answer = if sign_in {
                client.sign_in("ann", PASSWORD).await
            } else {
                client.register("eve", "eve@x.example", PASSWORD).await
            };
            let took = began.elapsed();
            assert_eq!(answer.status, 503);
            let wait: u64 = answer.header("retry-after").and_then(|text| text.parse().ok()).expect("seconds");
            assert!((1..=5).contains(&wait), "{wait}");
            assert!(answer.body.contains(BUSY), "{}", answer.body);
            assert!(answer.header("x-portal-busy").is_none() && answer.set_cookie("portal_session").is_none());
            if mode == Mode::Script {
                assert!(answer.body.contains(&format!("\"retry_after\":{wait}")), "{}", answer.body);
            } else {
                assert!(answer.body.contains("<h1>") && !answer.body.contains("went wrong"), "{}", answer.body);
            }
            // Well under the second for which it would have waited for the lock.
            assert!(took < Duration::from_millis(500), "{took:?}");
        }
        held.commit().await.expect("the transaction commits");
        assert_eq!(app.count("SELECT COUNT(*) FROM session").await, before);
        assert_eq!(app.count("SELECT COUNT(*) FROM email_verification WHERE email = 'eve@x.example'").await, 0);
        drop(places);
        assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    }
}

#[tokio::test]
async fn a_network_with_many_requests_that_wait_to_write_does_not_delay_another_one() {
    const CROWDED: &str = "198.51.100.7";
    const OTHER: &str = "203.0.113.1";
    let app = TestApp::new().await;
    let (answered, mut order) = mpsc::unbounded_channel();
    let mut clients = Vec::new();
    for n in 0..10 {
        let username = format!("user{n}");
        app.account(&username, &format!("{username}@x.example")).await;
        let mut client = app.script().at_ip(if n < 9 { CROWDED } else { OTHER });
        client.sign_in(&username, PASSWORD).await;
        clients.push(client);
    }
    let held = app.state.store.write().await.expect("the write lock");
    // Signing out writes and does nothing else.
    let send = |mut client: Client, network| {
        let answered = answered.clone();
        tokio::spawn(async move {
            assert_eq!(client.post("/logout", &[]).await.status, 200);
            answered.send(network).expect("the test still runs");
        })
    };
    let other = clients.pop().expect("a client");
    let mut requests: Vec<_> = clients.into_iter().map(|client| send(client, CROWDED)).collect();
    // Until they wait. If they do not yet, the test only proves less.
    tokio::time::sleep(Duration::from_millis(300)).await;
    requests.push(send(other, OTHER));
    tokio::time::sleep(Duration::from_millis(100)).await;
    held.commit().await.expect("the transaction commits");
    for request in requests {
        request.await.expect("an answer");
    }
    let mut before = 0;
    while order.recv().await.expect("both networks get answers") != OTHER {
        before += 1;
    }
    assert!(before <= 2, "{before} of 9 were answered before");
}

/// Estimating the strength of a password takes a core as well.
#[tokio::test]
async fn with_the_queue_full_no_password_is_estimated_either() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        let mut owner = app.client(mode);
        owner.post("/recover", &[("email", "ann@x.example")]).await;
        let places = crowd(&app);
        let weak = "password1";
        assert_eq!(app.client(mode).post("/password/strength", &[("password", weak)]).await.status, 503);
        assert_eq!(app.client(mode).register("eve", "eve@x.example", weak).await.status, 503);
        let fields = [("current_password", PASSWORD), ("password", weak)];
        assert_eq!(client.post("/account/password", &fields).await.status, 503);
        assert_eq!(owner.post("/recover/verify", &[("code", "123456"), ("password", weak)]).await.status, 503);
        drop(places);
        let answer = app.script().post("/password/strength", &[("password", weak)]).await;
        assert!(answer.body.contains("This is a commonly used password."), "{}", answer.body);
        app.advance(3_600);
    }
}

#[tokio::test]
async fn an_attempt_refused_because_the_queue_is_full_is_not_a_failure() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.script();
    let places = crowd(&app);
    for _ in 0..20 {
        assert_eq!(client.sign_in("ann", "another fine password").await.status, 503);
    }
    drop(places);
    assert_eq!(app.count("SELECT COUNT(*) FROM attempt WHERE kind = 'password'").await, 0);
    assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn form_errors_need_no_slot_in_the_queue() {
    let app = TestApp::new().await;
    let _places = crowd(&app);
    assert_eq!(app.script().sign_in("", "").await.status, 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn under_overload_every_sign_in_is_checked_or_refused() {
    let app = TestApp::with(&[("PORTAL_HASH_QUEUE", "2")]).await;
    let tries = (0..60).map(|n| {
        let mut client = app.script();
        tokio::spawn(async move { client.sign_in(&format!("nobody{n}"), PASSWORD).await.status.as_u16() })
    });
    let answers: Vec<_> = join_all(tries.collect::<Vec<_>>()).await.into_iter().map(|it| it.expect("joined")).collect();
    let count = |status| answers.iter().filter(|it| **it == status).count();
    assert!(count(422) > 0 && count(503) > 0 && count(422) + count(503) == 60, "{answers:?}");
    assert_eq!(app.script().sign_in("nobody", PASSWORD).await.status, 422, "the queue has room again");
}
