//! Another process holds the write lock.

use std::time::Duration;

use portal::clock::Clock;
use portal::store::Store;
use reqwest::StatusCode;

use super::scene::{Posts, SETTINGS, long, readiness, registered, sqlite};
use crate::harness::process::Served;

/// Registers while the lock is held for this long. Returns what was refused, and how long
/// the first successful registration took afterwards.
async fn hold(lock: Duration) -> (Posts, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = sqlite(&folder.path().join("portal.db"));
    let settings = [SETTINGS, &[("DATABASE_URL", url.as_str())]].concat();
    let served = Served::start(folder.path(), &settings).await;
    let outside = Store::open(&url, Clock::System).await.expect("the database opens");
    let mut posts = Posts::default();
    let held = outside.write().await.expect("the lock");
    let held = async {
        tokio::time::sleep(lock).await;
        if lock > Duration::from_secs(10) {
            assert_eq!(readiness(&served).await.0, StatusCode::SERVICE_UNAVAILABLE);
        }
        drop(held);
    };
    let registering = async {
        for _ in 0..3 {
            posts.register(&served).await;
        }
        posts.until_well(&served).await
    };
    let ((), well) = tokio::join!(held, registering);
    let fault = format!("lock held for {} s", lock.as_secs());
    posts.assert_none_lost(&fault, &url, well).await;
    assert_eq!(registered(&url).await, posts.acknowledged, "refused registrations are not stored");
    (posts, well)
}

#[tokio::test]
async fn while_the_lock_is_held_for_three_seconds_users_wait_and_nothing_fails() {
    let (posts, _) = hold(Duration::from_secs(3)).await;
    assert_eq!(posts.refused, 0);
    assert!(posts.longest < Duration::from_secs(6), "{posts:?}");
}

#[tokio::test]
async fn a_lock_held_for_thirty_seconds_causes_a_refusal_after_ten_and_recovers() {
    if !long() {
        println!("skipped: this takes 30 s (`make faults`)");
        return;
    }
    let (posts, well) = hold(Duration::from_secs(30)).await;
    assert!(posts.refused >= 2, "{posts:?}");
    assert!(posts.longest < Duration::from_secs(13), "{posts:?}");
    assert!(well < Duration::from_secs(12), "{well:?}");
}
