//! An authenticator app that someone replaced works again when the replacement is undone.

use super::{
    HOUR, Mode, NEW, PASSWORD, Phone, TestApp, add_app, link_about, links_about, press, recover, rows, signed_in,
    with_ann,
};

/// Ann has had an app for 80 hours. A thief who has her password and a recovery code replaces it twice. Returns the
/// phones of Ann and of the thief, and a recovery code.
async fn replaced_twice() -> (TestApp, Phone, [Phone; 2], String) {
    let (app, mut ann) = with_ann(&[]).await;
    let (own, codes) = add_app(&app, &mut ann).await;
    app.advance(80 * HOUR);
    let mut thief = app.script();
    thief.sign_in("ann", PASSWORD).await;
    assert_eq!(thief.post("/login/mfa", &[("code", &codes[0])]).await.location().as_deref(), Some("/dashboard"));
    let (first, _) = add_app(&app, &mut thief).await;
    app.advance(60);
    let (second, _) = add_app(&app, &mut thief).await;
    app.advance(60);
    (app, own, [first, second], codes[1].clone())
}

/// Whether this phone's code completes the second step.
async fn works(app: &TestApp, phone: &Phone, password: &str) -> bool {
    let mut client = app.script();
    assert_eq!(client.sign_in("ann", password).await.location().as_deref(), Some("/login/mfa"));
    let code = phone.code(app.clock.now());
    client.post("/login/mfa", &[("code", &code)]).await.location().as_deref() == Some("/dashboard")
}

#[tokio::test]
async fn each_link_that_removes_the_thiefs_app_restores_the_owners() {
    for (subject, nth) in [("app was replaced", 0), ("app was replaced", 1), ("New sign-in", 0)] {
        for mode in Mode::BOTH {
            let what = format!("{subject} {nth} {mode:?}");
            let (app, own, thiefs, _) = replaced_twice().await;
            assert!(works(&app, &thiefs[1], PASSWORD).await && !works(&app, &own, PASSWORD).await, "{what}: before");
            app.advance(60);
            let links = links_about(&app, subject).await;
            press(&app, mode, &links[nth]).await;
            assert_eq!((rows(&app, "totp").await, rows(&app, "totp_replaced").await), (1, 0), "{what}");
            // Two-step sign-in was on for longer than a recovery turns off.
            recover(&app, mode).await;
            for phone in &thiefs {
                assert!(!works(&app, phone, NEW).await, "{what}: the thief's");
            }
            assert!(works(&app, &own, NEW).await, "{what}: the owner's");
            let mails = app.mails_to(super::ANN).await;
            let (_, text) = mails.iter().find(|(subject, _)| subject.contains("were removed")).expect("a notice");
            assert!(text.contains("Removed: authenticator app (added 26 November 2026)"), "{what}: {text}");
            assert!(text.contains("remove them: authenticator app (added 23 November 2026)"), "{what}: {text}");
        }
    }
}

#[tokio::test]
async fn after_two_sessions_of_a_thief_replaced_the_app_undoing_both_restores_the_owners() {
    for (subject, order) in ["New sign-in", "app was replaced"].into_iter().flat_map(|it| [(it, [0, 1]), (it, [1, 0])])
    {
        let what = format!("{subject} {order:?}");
        let (app, mut ann) = with_ann(&[]).await;
        let (own, codes) = add_app(&app, &mut ann).await;
        app.advance(80 * HOUR);
        let mut thiefs = [app.script(), app.script()];
        for (thief, code) in thiefs.iter_mut().zip(&codes) {
            thief.sign_in("ann", PASSWORD).await;
            assert_eq!(thief.post("/login/mfa", &[("code", code)]).await.location().as_deref(), Some("/dashboard"));
        }
        let mut phones = Vec::new();
        for thief in &mut thiefs {
            phones.push(add_app(&app, thief).await.0);
            app.advance(60);
        }
        assert_eq!(rows(&app, "totp_replaced").await, 2, "{what}");
        let links = links_about(&app, subject).await;
        press(&app, Mode::Form, &links[order[0]]).await;
        app.advance(60);
        assert!(!works(&app, &own, PASSWORD).await, "{what}: the other session is not undone yet");
        press(&app, Mode::Form, &links[order[1]]).await;
        app.advance(60);
        for phone in &phones {
            assert!(!works(&app, phone, PASSWORD).await, "{what}: the thief's");
        }
        assert!(works(&app, &own, PASSWORD).await, "{what}: the owner's");
        assert_eq!(rows(&app, "totp_replaced").await, 0, "{what}");
    }
}

#[tokio::test]
async fn a_code_that_was_used_before_the_replacement_stays_used() {
    let (app, mut ann) = with_ann(&[]).await;
    let (own, _) = add_app(&app, &mut ann).await;
    app.advance(60);
    assert!(works(&app, &own, PASSWORD).await);
    let code = own.code(app.clock.now());
    add_app(&app, &mut ann).await;
    press(&app, Mode::Script, &link_about(&app, "app was replaced").await).await;
    let mut client = app.script();
    assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/login/mfa"));
    assert_eq!(client.post("/login/mfa", &[("code", &code)]).await.status, 422);
    app.advance(60);
    assert!(works(&app, &own, PASSWORD).await);
}

#[tokio::test]
async fn a_replaced_app_is_kept_for_72_hours_and_not_after_the_app_is_turned_off() {
    let (app, mut ann) = with_ann(&[]).await;
    add_app(&app, &mut ann).await;
    add_app(&app, &mut ann).await;
    assert_eq!(rows(&app, "totp_replaced").await, 1);
    assert!(ann.post("/account/security/totp/off", &[]).await.location().is_some());
    assert_eq!(rows(&app, "totp_replaced").await, 0);

    let (app, ..) = replaced_twice().await;
    app.advance(72 * HOUR - 120);
    // The second replacement was a minute after the first.
    for (seconds, left) in [(0, 2), (1, 1), (59, 1), (1, 0)] {
        app.advance(seconds);
        app.state.maintenance().purge().await.expect("purges");
        assert_eq!(rows(&app, "totp_replaced").await, left);
    }
}

#[tokio::test]
async fn an_app_that_the_owner_replaced_before_is_not_what_the_link_restores() {
    let (app, mut ann) = with_ann(&[]).await;
    let (old, _) = add_app(&app, &mut ann).await;
    app.advance(60);
    // In another session, which Ann signed in with her app.
    let mut later = app.script();
    later.sign_in("ann", PASSWORD).await;
    later.post("/login/mfa", &[("code", &old.code(app.clock.now()))]).await;
    let (new, codes) = add_app(&app, &mut ann).await;
    assert!(codes.is_empty());
    app.advance(60);
    let (thiefs, _) = add_app(&app, &mut later).await;
    press(&app, Mode::Script, &links_about(&app, "app was replaced").await[1]).await;
    app.advance(60);
    assert!(works(&app, &new, PASSWORD).await);
    assert!(!works(&app, &old, PASSWORD).await && !works(&app, &thiefs, PASSWORD).await);
}

#[tokio::test]
async fn an_app_that_the_link_removes_too_is_not_restored() {
    for (subject, nth) in [("app was added", 0), ("New sign-in", 0)] {
        let (app, _) = with_ann(&[]).await;
        let mut thief = signed_in(&app).await;
        add_app(&app, &mut thief).await;
        app.advance(60);
        add_app(&app, &mut thief).await;
        assert_eq!(rows(&app, "totp_replaced").await, 1);
        press(&app, Mode::Form, &links_about(&app, subject).await[nth]).await;
        assert_eq!((rows(&app, "totp").await, rows(&app, "totp_replaced").await), (0, 0), "{subject}");
    }
}
