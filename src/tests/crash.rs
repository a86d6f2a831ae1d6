//! `kill -9` at any moment: what was acknowledged is stored, nothing is stored
//! halfway, and the next start needs no help.
//!
//! That the emails a killed process was sending are delivered is tested in `mail/worker.rs`,
//! where the clock can be moved.

use std::process::Stdio;
use std::time::Duration;

use super::harness::app::PASSWORD;
use super::harness::crash_state::CrashState;
use super::harness::number;
use super::harness::process::{Served, browser, portal, solved_challenge};

/// How often the program is killed, unless `CRASHES` says otherwise.
const CRASHES: u64 = 12;

/// More than a single IP address is allowed by default.
const SETTINGS: &[(&str, &str)] = &[
    ("PORTAL_ANONYMOUS_SESSIONS_PER_IP", "10000"),
    ("PORTAL_NO_JS_FORMS_PER_IP", "10000"),
    ("PORTAL_CODES_PER_IP", "10000"),
];

/// Registers, and kills the program `delay` after the form was sent, or as soon
/// as there is a response. Returns `true` when there was one.
async fn register_and_kill(mut served: Served, name: &str, delay: Option<Duration>) -> bool {
    let browser = browser();
    let captcha = solved_challenge(&browser, &served, "/register").await;
    let email = format!("{name}@x.example");
    let fields = [("username", name), ("email", &email), ("password", PASSWORD), ("captcha", &captcha)];
    let post = browser.post(served.url("/register")).header("accept", "text/html").form(&fields).send();
    let answer = match delay {
        Some(delay) => {
            let kill = async {
                tokio::time::sleep(delay).await;
                served.child.kill().expect("it is killed");
            };
            tokio::join!(post, kill).0
        }
        None => {
            let answer = post.await;
            served.child.kill().expect("it is killed");
            answer
        }
    };
    served.child.wait().expect("it has exited");
    answer.is_ok_and(|answer| {
        assert_eq!(answer.headers()["location"], "/verify");
        true
    })
}

#[tokio::test]
async fn acknowledged_writes_survive_kill_9_and_nothing_is_stored_halfway() {
    let folder = tempfile::tempdir().expect("a folder");
    let crashes = number("CRASHES").unwrap_or(CRASHES);
    let mut acknowledged = Vec::new();
    for crash in 0..crashes {
        let served = Served::start(folder.path(), SETTINGS).await;
        let name = format!("ann{crash}");
        // At any moment of the request, not in order, and every fourth time after the response.
        let delay = (crash % 4 != 0).then(|| Duration::from_millis(crash * 7 % 20 * 6 + crash / 20 % 6));
        if register_and_kill(served, &name, delay).await {
            acknowledged.push(name);
        }
    }
    let remains = CrashState::of(folder.path()).await;
    println!("{crashes} crashes, {} registrations acknowledged: {remains:?}", acknowledged.len());
    assert!(acknowledged.len() as u64 >= crashes.div_ceil(4));
    let lost: Vec<_> = acknowledged.iter().filter(|name| !remains.holds(name)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let CrashState { registrations, whole, codes, mails, ref integrity, .. } = remains;
    assert_eq!([whole, codes, mails], [registrations; 3]);
    assert_eq!(integrity, "ok");
}

#[tokio::test]
async fn a_first_start_that_is_killed_does_not_prevent_the_next() {
    for delay in [1, 3, 6, 10, 15, 20, 30, 45, 65, 100] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = portal(folder.path(), &[("LEPTOS_SITE_ADDR", "127.0.0.1:0")]);
        let mut child = command.arg("serve").stderr(Stdio::null()).spawn().expect("the program starts");
        tokio::time::sleep(Duration::from_millis(delay)).await;
        child.kill().expect("it is killed");
        child.wait().expect("it has exited");
        let served = Served::start(folder.path(), &[]).await;
        let page = browser().get(served.url("/register")).send().await.expect("an answer");
        assert_eq!(page.status(), 200, "killed after {delay} ms");
    }
}
