//! Two processes on one PostgreSQL database, such as the portal and its command line: every
//! limit and guarantee applies to both together.

use std::time::Duration;

use futures::future::{join, join_all};
use portal::domain::AuditAction;
use portal::services::audit::AuditEvent;
use portal::store::audit::Actor;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::harness::app::PASSWORD;
use crate::harness::postgres::Postgres;
use crate::harness::{Mode, TestApp, report};

static SERVER: OnceCell<Option<Postgres>> = OnceCell::const_new();

/// Two processes on a database of this name; `None` where PostgreSQL is not installed.
async fn pair(database: &str) -> Option<(TestApp, TestApp)> {
    let server = SERVER.get_or_init(async || Postgres::start()).await.as_ref();
    let Some(server) = server else {
        report("skipped: PostgreSQL is not installed");
        return None;
    };
    server.create(database);
    let url = server.url(database);
    let one = TestApp::with(&[("DATABASE_URL", url.as_str())]).await;
    let other = one.beside(&[("DATABASE_URL", url.as_str())]).await;
    Some((one, other))
}

/// Writes one action into the audit log; returns whether it was committed.
async fn act(app: &TestApp) -> bool {
    let Ok(tx) = app.state.store.write().await else { return false };
    let event = AuditEvent::to(AuditAction::SessionsEnded, Uuid::max());
    let audit = &app.state.audit;
    audit.record(&tx, Actor::CommandLine, None, event).await.is_ok() && tx.commit().await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_in_both_processes_and_a_concurrent_purge_leave_the_audit_log_intact() {
    let Some((one, other)) = pair("audit").await else { return };
    for _ in 0..80 {
        assert!(act(&one).await);
    }
    // Older than the retention period of the log.
    one.advance(401 * 86_400);
    let acts = async |app: &TestApp| {
        let mut done = 0;
        for _ in 0..60 {
            done += u32::from(act(app).await);
        }
        done
    };
    let purge = async { while other.state.maintenance().purge().await.expect("it is purged") > 0 {} };
    let (here, there, ()) = tokio::join!(acts(&one), acts(&other), purge);
    assert_eq!((here, there), (60, 60), "no action failed");
    let verdict = one.state.audit.verify().await.expect("the query succeeds");
    assert!(verdict.is_sound(), "{verdict:?}");
    assert_eq!(verdict.rows, 120, "the old rows were purged");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_demote_each_other_in_two_processes_leave_one() {
    let Some((one, other)) = pair("last").await else { return };
    let ann = super::admin::administrator(&one, Mode::Form, "ann").await;
    let bob = other.again(&super::admin::administrator(&one, Mode::Form, "bob").await);
    let id = async |name: &str| one.text(&format!("SELECT id::text FROM account WHERE username = '{name}'")).await;
    let (ann_id, bob_id) = (id("ann").await, id("bob").await);
    for round in 0..10 {
        let demote = async |mut client: crate::harness::Client, id: &str| {
            client
                .post("/admin/users/change", &[("id", id), ("user_action", "make-user"), ("reason", "Because.")])
                .await
        };
        // Both stay signed in; only their roles are restored.
        let _ = join(demote(ann.clone(), &bob_id), demote(bob.clone(), &ann_id)).await;
        let left = one.count("SELECT COUNT(*) FROM account WHERE role = 'administrator'").await;
        assert_eq!(left, 1, "round {round}");
        one.execute("UPDATE account SET role = 'administrator'").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_in_two_processes_share_one_limit() {
    let Some((one, other)) = pair("passwords").await else { return };
    one.account("ann", "ann@x.example").await;
    let tries = (0..20).map(|n| {
        let mut client = if n % 2 == 0 { one.form() } else { other.form() };
        async move {
            client.sign_in("ann", "not the right one").await;
            client.get("/login").await.body.contains("Too many")
        }
    });
    let refused = join_all(tries).await.into_iter().filter(|refused| *refused).count();
    assert_eq!(refused, 15, "five were compared");
}

#[tokio::test(flavor = "multi_thread")]
async fn correct_passwords_in_two_processes_do_not_have_to_wait() {
    let Some((one, other)) = pair("right").await else { return };
    one.account("ann", "ann@x.example").await;
    let clock = one.clock.clone();
    let ticking = tokio::spawn(async move {
        loop {
            clock.advance(Duration::from_millis(1));
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    });
    for round in 0..10 {
        let tries = (0..4).map(|n| {
            let mut client = if n % 2 == 0 { one.form() } else { other.form() };
            async move { client.sign_in("ann", PASSWORD).await.location() }
        });
        for location in join_all(tries).await {
            assert_eq!(location.as_deref(), Some("/dashboard"), "round {round}");
        }
    }
    ticking.abort();
}
