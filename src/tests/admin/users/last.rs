//! The last administrator who can sign in.

use futures::future::join;

use super::{Mode, administrator, change, id_of};
use crate::harness::TestApp;

const ADMINISTRATORS: &str =
    "SELECT COUNT(*) FROM account WHERE role = 'administrator' AND disabled_at IS NULL AND delete_after IS NULL";

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_demote_disable_or_delete_each_other_at_once_leave_one() {
    for mode in Mode::BOTH {
        for action in ["make-user", "disable", "delete"] {
            for ann_first in [true, false] {
                let app = TestApp::new().await;
                let mut ann = administrator(&app, mode, "ann").await;
                let mut bob = administrator(&app, mode, "bob").await;
                let (ids, reason) = ((id_of(&app, "ann").await, id_of(&app, "bob").await), "Because.");
                let (by_ann, by_bob) = (async move { change(&mut ann, &ids.1, action, reason).await }, async move {
                    change(&mut bob, &ids.0, action, reason).await
                });
                // Two tasks that run in parallel.
                let (one, other) = if ann_first {
                    let tasks = (tokio::spawn(by_ann), tokio::spawn(by_bob));
                    join(tasks.0, tasks.1).await
                } else {
                    let tasks = (tokio::spawn(by_bob), tokio::spawn(by_ann));
                    join(tasks.0, tasks.1).await
                };
                let _ = (one.expect("it finishes"), other.expect("it finishes"));
                assert_eq!(app.count(ADMINISTRATORS).await, 1, "{action}");
                assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 1, "{action}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_administrators_who_give_up_the_role_at_once_leave_one() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = administrator(&app, mode, "ann").await;
        let mut bob = administrator(&app, mode, "bob").await;
        let (ann_id, bob_id) = (id_of(&app, "ann").await, id_of(&app, "bob").await);
        let tasks = (
            tokio::spawn(async move { change(&mut ann, &ann_id, "make-user", "Enough.").await }),
            tokio::spawn(async move { change(&mut bob, &bob_id, "make-user", "Enough.").await }),
        );
        let _ = join(tasks.0, tasks.1).await;
        assert_eq!(app.count(ADMINISTRATORS).await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 1);
    }
}

#[tokio::test]
async fn an_administrator_can_give_up_the_role_if_another_one_can_sign_in() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = administrator(&app, mode, "ann").await;
        app.account("bob", "bob@x.example").await;
        let id = id_of(&app, "ann").await;
        let alone = "This is the last active administrator";
        for closed in [
            "role = 'user'",
            "role = 'administrator', disabled_at = 1",
            "disabled_at = NULL, delete_after = 9999999999999",
        ] {
            app.execute(&format!("UPDATE account SET {closed} WHERE username = 'bob'")).await;
            assert!(ann.get(&format!("/admin/users/{id}/make-user")).await.body.contains(alone), "{closed}");
            let answer = change(&mut ann, &id, "make-user", "Enough.").await;
            assert!(ann.seen(answer).await.contains(alone), "{closed}");
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
        app.execute("UPDATE account SET delete_after = NULL WHERE username = 'bob'").await;
        let answer = change(&mut ann, &id, "make-user", "Enough.").await;
        assert_eq!(answer.location().as_deref(), Some("/dashboard"));
        assert!(ann.seen(answer).await.contains("You're no longer an administrator."));
        assert_eq!(ann.get("/admin/users").await.status, 404);
    }
}
