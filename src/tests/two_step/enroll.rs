//! Adding an authenticator app.

use super::{
    CONFIRM, Mode, PASSWORD, Phone, TOTP, TestApp, enroll, enrolled, events, is_signed_in, lets_in, mails, step,
};

#[tokio::test]
async fn an_app_is_added_with_a_code_and_signing_in_then_requires_one() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        assert_eq!(ann.codes.len(), 10);
        assert_eq!((events(&app, "two_step_on").await, events(&app, "recovery_codes_made").await), (1, 1));
        assert_eq!(mails(&app, "An authenticator app was added").await, 1);
        assert!(is_signed_in(&ann.client).await, "the session continues");
        app.advance(30);
        let mut client = super::half(&app, mode).await;
        assert!(!is_signed_in(&client).await);
        let answer = step(&mut client, &ann.phone.code(app.clock.now())).await;
        assert_eq!(answer.location().as_deref(), Some("/dashboard"));
        assert!(is_signed_in(&client).await);
    }
}

#[tokio::test]
async fn the_page_shows_a_qr_code_and_the_same_secret_for_typing() {
    let app = TestApp::with(&[("PORTAL_NAME", "My: Portal")]).await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    client.sign_in("ann", PASSWORD).await;
    client.post(TOTP, &[]).await;
    let page = client.get("/account/security").await.body;
    let phone = Phone::of(&page);
    assert_eq!(phone.seed.len(), 20, "160 bits");
    let url = format!("otpauth://totp/My%20%20Portal:ann?secret={}&amp;issuer=My%20%20Portal", phone.secret);
    assert!(page.contains(&format!("href=\"{url}\"")), "{page}");
    let mut drawn = page.split("<svg").filter_map(|rest| rest.split("</svg>").next());
    let svg = drawn.find(|svg| svg.contains("class=\"qr\"")).expect("a QR code");
    assert!(svg.contains("role=\"img\"") && svg.contains("aria-label=\"QR code"), "{svg}");
    assert!(svg.contains("fill=\"#fff\"") && svg.contains("fill=\"#000\"") && !svg.contains("style="), "{svg}");
}

#[tokio::test]
async fn the_code_that_added_the_app_does_not_sign_in() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        assert!(!lets_in(&app, mode, &ann.phone.code(app.clock.now())).await);
        assert!(lets_in(&app, mode, &ann.phone.code_off_by(app.clock.now(), 1)).await);
    }
}

#[tokio::test]
async fn a_seed_is_shown_only_after_the_password_and_until_it_is_confirmed() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        let mut client = app.client(mode);
        client.sign_in("ann", PASSWORD).await;
        client.post(TOTP, &[]).await;
        let phone = Phone::of(&client.get("/account/security").await.body);
        app.advance(5 * 60 + 1);
        let page = client.get("/account/security").await.body;
        assert!(!page.contains("class=\"secret\"") && !page.contains("otpauth:") && !page.contains("class=\"qr\""));
        for (path, fields) in [(TOTP, vec![]), (CONFIRM, vec![("code", "123456")])] {
            assert_eq!(client.post(path, &fields).await.location().as_deref(), Some("/account/confirm"), "{path}");
        }
        let answer = client.post("/account/confirm", &[("password", PASSWORD)]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/security"));
        let page = client.get("/account/security").await.body;
        assert_eq!(Phone::of(&page).secret, phone.secret, "the scanned secret stays valid");
        client.post(CONFIRM, &[("code", &phone.code(app.clock.now()))]).await;
        let page = client.get("/account/security").await.body;
        assert!(!page.contains("class=\"secret\"") && page.contains("Turn off"), "{page}");
    }
}

#[tokio::test]
async fn a_wrong_code_adds_nothing_and_the_seed_stays() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        let mut client = app.client(mode);
        client.sign_in("ann", PASSWORD).await;
        client.post(TOTP, &[]).await;
        let phone = Phone::of(&client.get("/account/security").await.body);
        let late = phone.code_off_by(app.clock.now(), 2);
        for (code, said) in
            [(late.as_str(), "That code is incorrect or has expired."), ("", "Enter the code"), ("12", "6 digits")]
        {
            let answer = client.post(CONFIRM, &[("code", code)]).await;
            assert!(client.seen(answer).await.contains(said), "{code}");
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code").await, 0);
        assert_eq!(app.client(mode).sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
        assert_eq!(Phone::of(&client.get("/account/security").await.body).secret, phone.secret);
    }
}

#[tokio::test]
async fn starting_again_replaces_the_pending_app_and_an_old_one_expires() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    client.sign_in("ann", PASSWORD).await;
    client.post(TOTP, &[]).await;
    let first = Phone::of(&client.get("/account/security").await.body);
    client.post("/account/security/totp/cancel", &[]).await;
    assert!(!client.get("/account/security").await.body.contains("class=\"secret\""));
    client.post(TOTP, &[]).await;
    let second = Phone::of(&client.get("/account/security").await.body);
    assert_ne!(first.secret, second.secret);
    let answer = client.post(CONFIRM, &[("code", &first.code(app.clock.now()))]).await;
    assert!(client.seen(answer).await.contains("That code is incorrect or has expired."));
    app.advance(20 * 60);
    client.get("/dashboard").await;
    app.advance(10 * 60);
    client.post(CONFIRM, &[]).await;
    client.post("/account/confirm", &[("password", PASSWORD)]).await;
    let answer = client.post(CONFIRM, &[("code", &second.code(app.clock.now()))]).await;
    assert!(client.seen(answer).await.contains("Setup timed out."));
    enroll(&app, &mut client).await;
}

#[tokio::test]
async fn no_seed_is_stored_unencrypted() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    let bytes = app.database_bytes();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(holds(b"ann@x.example"), "the right files are read");
    assert!(!holds(&ann.phone.seed) && !holds(ann.phone.secret.as_bytes()));
}

#[tokio::test]
async fn no_pending_app_is_left_behind_when_the_session_ends_during_the_request() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut ann = app.form();
    ann.sign_in("ann", PASSWORD).await;
    let tx = app.state.store.write().await.expect("the write lock");
    let end = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        app.raise_session_version_within(tx).await;
    };
    tokio::join!(ann.post_bare(portal::paths::TOTP, &[]), end);
    assert_eq!(app.count("SELECT COUNT(*) FROM totp_waiting").await, 0);
}
