//! A demoted administrator can do nothing more, not even finish an action in progress.

use futures::future::join_all;

use super::{Mode, TestApp, administrator, change, id_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_demoted_administrator_can_do_nothing_however_close_the_requests_are() {
    let app = TestApp::new().await;
    let zoe = administrator(&app, Mode::Script, "zoe").await;
    let ann = administrator(&app, Mode::Script, "ann").await;
    app.account("bob", "bob@x.example").await;
    let (ann_id, bob_id) = (id_of(&app, "ann").await, id_of(&app, "bob").await);
    for round in 0..20 {
        app.execute("UPDATE account SET role = 'administrator' WHERE username = 'ann'").await;
        let posts = (0..6).map(|post| {
            // Ann ends bob's sessions, and zoe demotes her at a different point each time.
            let (client, id, action) =
                if post == round % 6 { (&zoe, &ann_id, "make-user") } else { (&ann, &bob_id, "end-sessions") };
            let (mut client, id) = (client.clone(), id.clone());
            tokio::spawn(async move { change(&mut client, &id, action, "Because.").await })
        });
        for answer in join_all(posts).await {
            assert!(!answer.expect("it finishes").status.is_server_error());
        }
        let newest = app.text("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").await;
        assert_eq!(newest, "made_user", "round {round}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE action = 'made_user'").await, 20);
}
