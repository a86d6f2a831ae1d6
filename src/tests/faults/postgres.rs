//! PostgreSQL restarts, is unavailable for a while, or stops responding.

use std::time::Duration;

use reqwest::StatusCode;

use super::scene::{Posts, SETTINGS, long, now, readiness, until_ready};
use crate::harness::postgres::Postgres;
use crate::harness::process::{Served, browser};
use crate::harness::proxy::Proxy;
use crate::harness::report;

struct Scene {
    server: Postgres,
    proxy: Proxy,
    served: Served,
    posts: Posts,
    _folder: tempfile::TempDir,
}

impl Scene {
    /// Starts a portal that reaches its PostgreSQL through the proxy, or directly: a port on which
    /// nothing listens differs from a proxy that hangs up. Returns `None` where PostgreSQL is not
    /// installed.
    async fn start(through_proxy: bool) -> Option<Self> {
        let Some(server) = Postgres::start() else {
            report("skipped: PostgreSQL is not installed");
            return None;
        };
        server.create("portal");
        let proxy = Proxy::to(server.port).await;
        let folder = tempfile::tempdir().expect("a folder");
        let url = if through_proxy { server.url_at(proxy.port, "portal") } else { server.url("portal") };
        let served = Served::start(folder.path(), &[SETTINGS, &[("DATABASE_URL", url.as_str())]].concat()).await;
        let mut posts = Posts::default();
        assert!(posts.register(&served).await);
        Some(Self { server, proxy, served, posts, _folder: folder })
    }

    async fn assert_none_lost(&self, fault: &str, well: Duration) {
        self.posts.assert_none_lost(fault, &self.server.url("portal"), well).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_of_postgresql_no_request_fails_because_of_a_stale_connection() {
    let Some(mut scene) = Scene::start(false).await else { return };
    let mut well = Duration::ZERO;
    for round in 0..if long() { 5 } else { 2 } {
        // All connections are in use: readers by pages, the writer by posts.
        let readers = (0..8).map(|_| browser().get(scene.served.url("/readyz")).send());
        futures::future::join_all(readers).await;
        scene.server.restart();
        if round % 2 == 1 {
            // Idle for longer than the time after which a connection is tested before use.
            tokio::time::sleep(Duration::from_millis(1_100)).await;
        }
        let begun = now();
        for _ in 0..12 {
            let page = browser().get(scene.served.url("/readyz")).send().await.expect("an answer");
            assert_eq!(page.status(), StatusCode::OK);
            assert!(scene.posts.register(&scene.served).await, "refused after the restart");
        }
        well = well.max(begun.elapsed() / 12);
    }
    scene.assert_none_lost("PostgreSQL restarted", well).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_succeed_within_three_seconds_of_the_return_of_postgresql() {
    let Some(mut scene) = Scene::start(false).await else { return };
    let away = if long() { 20 } else { 4 };
    scene.server.stop();
    let begun = now();
    // Many wait at once, and none may block the others afterwards.
    let crowd = (0..6).map(|n| {
        let served = &scene.served;
        async move {
            let mut posts = Posts::named(&format!("crowd{n}x"));
            while begun.elapsed() < Duration::from_secs(away) {
                assert!(!posts.register(served).await, "there is no database");
            }
            posts.longest
        }
    });
    let crowd = futures::future::join_all(crowd);
    let back = async {
        tokio::time::sleep(Duration::from_secs(away / 2)).await;
        let (status, said) = readiness(&scene.served).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{said}");
    };
    let (longest, ()) = tokio::join!(crowd, back);
    let longest = longest.into_iter().max().expect("at least one request");
    assert!(longest < Duration::from_secs(15), "a request waited {longest:?}");
    scene.server.start_again();
    let well = scene.posts.until_well(&scene.served).await;
    until_ready(&scene.served).await;
    for _ in 0..5 {
        assert!(scene.posts.register(&scene.served).await);
    }
    scene.assert_none_lost(&format!("PostgreSQL away for {away} s"), well).await;
    assert!(well < Duration::from_secs(3), "recovered after {well:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_delays_no_request_beyond_its_timeout() {
    let Some(mut scene) = Scene::start(true).await else { return };
    // Once while idle, and once in the middle of traffic.
    for busy in [false, true] {
        let well = if busy {
            let traffic = async {
                let mut posts = Posts::named("busy");
                let end = now();
                while end.elapsed() < Duration::from_secs(if long() { 20 } else { 9 }) {
                    posts.register(&scene.served).await;
                }
                posts
            };
            let silence = async {
                tokio::time::sleep(Duration::from_millis(1_500)).await;
                scene.proxy.silence();
            };
            let (posts, ()) = tokio::join!(traffic, silence);
            assert!(posts.longest < Duration::from_secs(10), "{posts:?}");
            assert!(posts.refused <= 2, "{posts:?}");
            scene.posts.acknowledged.extend(posts.acknowledged);
            posts.longest
        } else {
            tokio::time::sleep(Duration::from_millis(1_200)).await;
            scene.proxy.silence();
            let well = scene.posts.until_well(&scene.served).await;
            assert_eq!(scene.posts.refused, 0, "idle connections are tested before use");
            well
        };
        assert_eq!(readiness(&scene.served).await.0, StatusCode::OK);
        let fault = if busy { "PostgreSQL silent under traffic" } else { "PostgreSQL silent while idle" };
        scene.assert_none_lost(fault, well).await;
    }
}
