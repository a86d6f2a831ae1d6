//! `/account/sessions`: the list of a user's sessions, and ending them.

use futures::future::join_all;

use super::harness::app::PASSWORD;
use super::harness::{Client, Mode, TestApp};

const PAGE: &str = "/account/sessions";
const END: &str = "/account/sessions/end";
const END_OTHERS: &str = "/account/sessions/end-others";
const NOT_THERE: &str = "That session has already ended.";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/26.0 Mobile/15E148 Safari/604.1";

/// Signs in a minute after the previous sign-in.
async fn signed_in(app: &TestApp, mode: Mode, username: &str) -> Client {
    app.advance(60);
    let mut client = app.client(mode);
    assert_eq!(client.sign_in(username, PASSWORD).await.location().as_deref(), Some("/dashboard"));
    client
}

async fn is_signed_in(client: &Client) -> bool {
    client.clone().get("/dashboard").await.status == 200
}

/// The rows of the list, each with its public session id.
async fn listed(client: &Client) -> Vec<(String, String)> {
    let page = client.clone().get(PAGE).await;
    assert_eq!(page.status, 200);
    let rows = page.body.split("<li><div>").skip(1).filter_map(|row| {
        let handle = row.split("name=\"session\" value=\"").nth(1)?.split('"').next()?;
        Some((row.to_owned(), handle.to_owned()))
    });
    rows.collect()
}

/// The public id of this client's own session.
async fn own_handle(client: &Client) -> String {
    let rows = listed(client).await;
    let mut own = rows.into_iter().filter(|(row, _)| row.contains("This device"));
    let (_, handle) = own.next().expect("the current session");
    assert!(own.next().is_none(), "only one is the current session");
    handle
}

async fn events(app: &TestApp, kind: &str) -> i64 {
    app.count(&format!("SELECT COUNT(*) FROM security_event WHERE kind = '{kind}'")).await
}

#[tokio::test]
async fn users_see_where_they_are_signed_in_and_which_session_is_the_current_one() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    app.account("bob", "bob@x.example").await;
    let mut phone = app.form().at_ip("198.51.100.7");
    phone.headers.push(("user-agent", SAFARI.to_owned()));
    phone.sign_in("ann", PASSWORD).await;
    signed_in(&app, Mode::Form, "bob").await;
    let here = signed_in(&app, Mode::Form, "ann").await;
    let rows = listed(&here).await;
    assert_eq!(rows.len(), 2, "only the user's own");
    let (this, other) = (&rows[0].0, &rows[1].0);
    assert!(this.contains("Firefox on Linux") && this.contains("192.0.2.7") && this.contains("This device"), "{this}");
    assert!(this.contains("2026-11-23T12:02:00Z"), "{this}");
    assert!(other.contains("Safari on iPhone") && other.contains("198.51.100.7"), "{other}");
    assert!(!other.contains("This device"), "{other}");
}

#[tokio::test]
async fn the_list_holds_no_secret_of_a_session() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let other = signed_in(&app, Mode::Form, "ann").await;
    let mut here = signed_in(&app, Mode::Form, "ann").await;
    let page = here.get(PAGE).await.body;
    for cookie in here.cookies.values().chain(other.cookies.values()) {
        assert!(!page.contains(cookie.as_str()));
    }
    assert!(page.contains(&own_handle(&here).await));
    let page = page.to_lowercase().replace('\'', "''");
    let leaked = format!("SELECT COUNT(*) FROM session WHERE instr('{page}', lower(hex(digest)))");
    assert_eq!(app.count(&leaked).await, 0);
}

#[tokio::test]
async fn an_ended_session_is_signed_out_at_its_next_request() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        let other = signed_in(&app, Mode::Form, "ann").await;
        let third = signed_in(&app, Mode::Form, "ann").await;
        let mut here = signed_in(&app, mode, "ann").await;
        let handle = own_handle(&other).await;
        let answer = here.post(END, &[("session", &handle)]).await;
        assert_eq!(answer.location().as_deref(), Some(PAGE));
        let seen = here.seen(answer).await;
        assert!(seen.contains("Session ended: Firefox on Linux."), "{seen}");
        assert!(!is_signed_in(&other).await);
        assert!(is_signed_in(&third).await && is_signed_in(&here).await);
        assert_eq!(listed(&here).await.len(), 2);
        assert_eq!(events(&app, "session_ended").await, 1);
        // The other tab still shows it.
        let answer = here.post(END, &[("session", &handle)]).await;
        assert!(here.seen(answer).await.contains(NOT_THERE));
        assert_eq!(events(&app, "session_ended").await, 1);
    }
}

#[tokio::test]
async fn ending_the_current_session_signs_out() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        let other = signed_in(&app, Mode::Form, "ann").await;
        let mut here = signed_in(&app, mode, "ann").await;
        let handle = own_handle(&here).await;
        let replay = here.clone();
        let answer = here.post(END, &[("session", &handle)]).await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(!here.cookies.contains_key("portal_session"));
        assert!(!is_signed_in(&replay).await && is_signed_in(&other).await);
        assert_eq!((events(&app, "signed_out").await, events(&app, "session_ended").await), (1, 0));
    }
}

#[tokio::test]
async fn the_id_of_another_users_session_or_an_unknown_id_ends_nothing() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        app.account("bob", "bob@x.example").await;
        let bob = signed_in(&app, Mode::Form, "bob").await;
        let mut ann = signed_in(&app, mode, "ann").await;
        let of_bob = own_handle(&bob).await;
        let odd = ["", "x", "00000000-0000-0000-0000-000000000000", "' OR 1=1", of_bob.as_str()];
        for handle in odd {
            let answer = ann.post(END, &[("session", handle)]).await;
            assert!(ann.seen(answer).await.contains(NOT_THERE), "{handle}");
        }
        assert!(is_signed_in(&bob).await && is_signed_in(&ann).await);
        assert_eq!(events(&app, "session_ended").await, 0);
    }
}

#[tokio::test]
async fn ending_all_others_keeps_the_current_session_and_does_not_renew_its_authentication() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        app.account("bob", "bob@x.example").await;
        let bob = signed_in(&app, Mode::Form, "bob").await;
        let others = [signed_in(&app, Mode::Form, "ann").await, signed_in(&app, Mode::Form, "ann").await];
        let mut here = signed_in(&app, mode, "ann").await;
        let given = "SELECT json_extract(data, '$.signed_in.authenticated_at') FROM session \
                     WHERE account_id = (SELECT id FROM account WHERE username = 'ann') ORDER BY created_at DESC LIMIT 1";
        let before = app.count(given).await;
        app.advance(240);
        let answer = here.post(END_OTHERS, &[]).await;
        assert_eq!(answer.location().as_deref(), Some(PAGE));
        assert!(here.seen(answer).await.contains("You've been signed out on all other devices."));
        for other in &others {
            assert!(!is_signed_in(other).await);
        }
        assert!(is_signed_in(&here).await && is_signed_in(&bob).await);
        assert_eq!(app.count(given).await, before);
        assert_eq!(listed(&here).await.len(), 1);
        assert!(!here.get(PAGE).await.body.contains(END_OTHERS), "no other session is left to end");
        assert_eq!(events(&app, "other_sessions_ended").await, 1);
    }
}

#[tokio::test]
async fn ending_another_session_asks_for_the_password_after_five_minutes_and_ending_ones_own_does_not() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        let other = signed_in(&app, Mode::Form, "ann").await;
        let mut here = signed_in(&app, mode, "ann").await;
        let handle = own_handle(&other).await;
        app.advance(301);
        for (path, fields) in [(END, vec![("session", handle.as_str())]), (END_OTHERS, vec![])] {
            assert_eq!(here.post(path, &fields).await.location().as_deref(), Some("/account/confirm"), "{path}");
        }
        assert!(is_signed_in(&other).await);
        let answer = here.post("/account/confirm", &[("password", PASSWORD)]).await;
        assert_eq!(answer.location().as_deref(), Some(PAGE));
        assert_eq!(here.post(END_OTHERS, &[]).await.location().as_deref(), Some(PAGE));
        assert!(!is_signed_in(&other).await);
        app.advance(301);
        let own = own_handle(&here).await;
        assert_eq!(here.post(END, &[("session", &own)]).await.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn fifty_requests_racing_the_end_of_all_others_revive_none() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(signed_in(&app, Mode::Form, "ann").await);
    }
    let here = signed_in(&app, Mode::Form, "ann").await;
    app.advance(120);
    let racing = (0..50).map(|n: usize| {
        let (mut other, mut here) = (others[n % 5].clone(), here.clone());
        async move {
            match n % 3 {
                _ if n == 25 => here.post(END_OTHERS, &[]).await,
                0 => other.get("/dashboard").await,
                // Each writes something to its session.
                1 => other.post(END, &[("session", "x")]).await,
                _ => other.post("/account/confirm", &[("password", "")]).await,
            };
        }
    });
    join_all(racing).await;
    for other in &others {
        assert!(!is_signed_in(other).await);
    }
    assert!(is_signed_in(&here).await);
    assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE account_id IS NOT NULL").await, 1);
}

#[tokio::test]
async fn an_ended_session_stays_ended_even_if_its_row_is_written_again() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let other = signed_in(&app, Mode::Form, "ann").await;
    let mut here = signed_in(&app, Mode::Form, "ann").await;
    // As in a request that renews its session id while the session is being ended.
    app.execute("CREATE TABLE kept AS SELECT * FROM session").await;
    here.post(END_OTHERS, &[]).await;
    app.execute("INSERT OR IGNORE INTO session SELECT * FROM kept").await;
    assert!(!is_signed_in(&other).await);
    assert!(is_signed_in(&here).await);
}

#[tokio::test]
async fn when_two_browsers_end_each_others_session_one_stays() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for one_by_one in [true, false] {
        let pair = [signed_in(&app, Mode::Form, "ann").await, signed_in(&app, Mode::Form, "ann").await];
        let handles = [own_handle(&pair[0]).await, own_handle(&pair[1]).await];
        let ending = pair.iter().zip([1, 0]).map(|(client, other)| {
            let (mut client, handle) = (client.clone(), handles[other].clone());
            async move {
                if one_by_one {
                    client.post(END, &[("session", &handle)]).await
                } else {
                    client.post(END_OTHERS, &[]).await
                }
            }
        });
        for answer in join_all(ending).await {
            assert!(!answer.status.is_server_error(), "{}", answer.status);
        }
        let alive = [is_signed_in(&pair[0]).await, is_signed_in(&pair[1]).await];
        assert!(alive[0] != alive[1], "{alive:?}");
    }
}

#[tokio::test]
async fn an_expired_session_is_not_listed() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    signed_in(&app, Mode::Form, "ann").await;
    app.execute("UPDATE account SET session_epoch = session_epoch + 1").await;
    let here = signed_in(&app, Mode::Form, "ann").await;
    assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE account_id IS NOT NULL").await, 2);
    assert_eq!(listed(&here).await.len(), 1, "one has an earlier session version");
    let idle = signed_in(&app, Mode::Form, "ann").await;
    assert_eq!(listed(&here).await.len(), 2);
    app.advance(29 * 60);
    assert!(is_signed_in(&here).await);
    app.advance(60);
    assert_eq!(listed(&here).await.len(), 1, "one was idle for 30 minutes");
    assert!(!is_signed_in(&idle).await);
}

#[tokio::test]
async fn an_account_has_at_most_fifty_sessions_and_the_oldest_ends_when_another_begins() {
    let app = TestApp::with(&[("PORTAL_SESSION_IDLE", "43200")]).await;
    app.account("ann", "ann@x.example").await;
    app.account("bob", "bob@x.example").await;
    let bob = signed_in(&app, Mode::Form, "bob").await;
    let mut sessions = Vec::new();
    for n in 0..50 {
        sessions.push(signed_in(&app, Mode::BOTH[n % 2], "ann").await);
    }
    assert_eq!(listed(&sessions[0]).await.len(), 50);
    assert!(sessions[0].get(PAGE).await.body.contains("You can be signed in on 50 devices."));
    sessions.push(signed_in(&app, Mode::Form, "ann").await);
    assert!(!is_signed_in(&sessions[0]).await, "the oldest");
    assert!(is_signed_in(&sessions[1]).await && is_signed_in(&sessions[50]).await && is_signed_in(&bob).await);
    assert_eq!(listed(&sessions[50]).await.len(), 50);
    // Sign-ins at the same time exceed it by none.
    let more = (0..4).map(|_| {
        let mut client = app.script();
        async move { client.sign_in("ann", PASSWORD).await }
    });
    for answer in join_all(more).await {
        assert_eq!(answer.location().as_deref(), Some("/dashboard"), "{answer:?}");
    }
    let count = "SELECT COUNT(*) FROM session JOIN account ON account.id = account_id WHERE username = 'ann'";
    assert_eq!(app.count(count).await, 50);
}

#[tokio::test]
async fn a_session_that_begins_after_the_clock_was_set_back_does_not_end_itself() {
    let app = TestApp::with(&[("PORTAL_SESSION_IDLE", "43200")]).await;
    app.account("ann", "ann@x.example").await;
    for _ in 0..50 {
        signed_in(&app, Mode::Form, "ann").await;
    }
    app.clock.set(portal::domain::Timestamp(app.clock.now().0 - 7_200_000));
    let earlier = signed_in(&app, Mode::Form, "ann").await;
    assert!(is_signed_in(&earlier).await);
    assert_eq!(listed(&earlier).await.len(), 50);
}

#[tokio::test]
async fn a_signed_out_visitor_is_redirected_to_the_sign_in_and_back() {
    let app = TestApp::new().await;
    assert_eq!(app.form().get(PAGE).await.location().as_deref(), Some("/login?next=/account/sessions"));
    for mode in Mode::BOTH {
        for path in [END, END_OTHERS] {
            let answer = app.client(mode).post(path, &[("session", "x")]).await;
            assert_eq!(answer.location().as_deref(), Some("/login?next=/account/sessions"), "{path}");
        }
    }
}
