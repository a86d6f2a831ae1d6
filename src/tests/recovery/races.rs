//! Two tabs, sixteen posts, and a concurrent sign-in.

use futures::future::{join, join_all};

use super::{NEW, PASSWORD, opens, set, waiting, with_ann};
use crate::harness::Mode;

#[tokio::test]
async fn the_second_of_two_tabs_says_that_the_recovery_is_complete() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (first, code) = waiting(&app, mode).await;
        let mut second = first.clone();
        let page = second.get("/recover/verify").await;
        assert_eq!(page.status, 200);
        set(&mut first.clone(), &code, NEW).await;
        let answer = set(&mut second, &code, "another fine password").await;
        assert_eq!(answer.location().as_deref(), Some("/login"));
        assert!(second.seen(answer).await.contains("Your password has already been reset."));
        assert!(opens(&app, NEW).await);
        assert_eq!(first.clone().get("/recover/verify").await.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn only_one_of_sixteen_parallel_correct_posts_succeeds() {
    for mode in Mode::BOTH {
        let app = with_ann().await;
        let (client, code) = waiting(&app, mode).await;
        let answers = join_all((0..16).map(|n| {
            let (mut client, code) = (client.clone(), code.clone());
            async move { set(&mut client, &code, &format!("{NEW} {n}")).await }
        }))
        .await;
        assert!(answers.iter().all(|answer| !answer.status.is_server_error()));
        assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE kind = 'password_recovered'").await, 1);
        assert_eq!(app.count("SELECT session_epoch FROM account").await, 1);
        let mut right = 0;
        for n in 0..16 {
            let mut client = app.form().at_ip(&format!("198.51.100.{n}"));
            let to = client.sign_in("ann", &format!("{NEW} {n}")).await.location();
            right += u32::from(to.as_deref() == Some("/dashboard"));
        }
        assert_eq!(right, 1);
    }
}

#[tokio::test]
async fn a_recovery_ends_the_other_recoveries_and_every_code_of_the_email() {
    let app = with_ann().await;
    let (mut first, first_code) = waiting(&app, Mode::Form).await;
    let (mut second, second_code) = waiting(&app, Mode::Form).await;
    set(&mut second, &second_code, NEW).await;
    let answer = set(&mut first, &first_code, "another fine password").await;
    assert_eq!(answer.location().as_deref(), Some("/login"), "the recovery has ended");
    assert!(opens(&app, NEW).await);
    assert_eq!(
        app.count("SELECT COUNT(*) FROM otp WHERE purpose = 'recovery' AND consumed_at IS NULL AND voided_at IS NULL")
            .await,
        0
    );
}

#[tokio::test]
async fn a_concurrent_sign_in_with_the_old_password_ends_with_the_recovery() {
    let app = with_ann().await;
    let (mut client, code) = waiting(&app, Mode::Script).await;
    let mut old = app.script();
    // The account is loaded, and its password is about to be verified.
    let tx = app.state.store.write().await.expect("the write lock");
    let signing_in = tokio::spawn(async move {
        let answer = old.sign_in("ann", PASSWORD).await;
        (old, answer)
    });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let setting = tokio::spawn(async move { set(&mut client, &code, NEW).await });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    drop(tx);
    let (signed_in, answer) = join(signing_in, setting).await;
    let (mut old, _) = signed_in.expect("it finishes");
    assert_eq!(answer.expect("it finishes").location().as_deref(), Some("/login"));
    assert_ne!(old.get("/dashboard").await.status, 200);
    assert!(opens(&app, NEW).await);
}

#[tokio::test]
async fn a_session_version_raised_during_a_sign_in_ends_it() {
    let app = with_ann().await;
    let mut client = app.script();
    let tx = app.state.store.write().await.expect("the write lock");
    let signing_in = tokio::spawn(async move {
        let answer = client.sign_in("ann", PASSWORD).await;
        (client, answer)
    });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    app.raise_session_version_within(tx).await;
    let (mut client, answer) = signing_in.await.expect("it finishes");
    assert_eq!(answer.location().as_deref(), Some("/dashboard"), "the password was correct when it was verified");
    assert_eq!(client.get("/dashboard").await.location().as_deref(), Some("/login?next=/dashboard"));
}
