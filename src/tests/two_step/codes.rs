//! Recovery codes.

use super::{CODES, Mode, OFF, PASSWORD, TestApp, codes_in, enrolled, events, half, lets_in, mails, step};

#[tokio::test]
async fn codes_are_shown_once_to_be_copied_printed_and_downloaded() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = enrolled(&app, mode).await;
        assert_eq!(ann.client.post(CODES, &[]).await.location().as_deref(), Some(CODES));
        let head = ann.client.send(axum::http::Request::head(CODES), axum::body::Body::empty()).await;
        assert_eq!(head.status, 200, "a HEAD request does not use up the codes");
        let page = ann.client.get(CODES).await;
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let codes = codes_in(&page.body);
        assert_eq!(codes.len(), 10);
        for code in &codes {
            let groups: Vec<_> = code.split('-').collect();
            assert!(groups.len() == 6 && groups.iter().all(|group| group.len() == 4), "{code}");
            assert!(!code.contains(['I', 'L', 'O', 'U']), "{code}");
        }
        let file = format!("href=\"data:text/plain;charset=utf-8,{}%0A\"", codes.join("%0A"));
        assert!(page.body.contains(&file) && page.body.contains("download=\"recovery-codes.txt\""), "{}", page.body);
        assert!(page.body.contains(">Copy<") && page.body.contains(">Print<"));
        let again = ann.client.get(CODES).await.body;
        assert!(codes_in(&again).is_empty() && again.contains("can't be shown again"), "{again}");
        assert!(codes.iter().all(|code| !again.contains(code)));
        assert!(again.contains(&format!("action=\"{CODES}\"")), "it says how to make new ones");
    }
}

#[tokio::test]
async fn a_code_signs_in_once_in_any_notation() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    let typed = [
        ann.codes[0].clone(),
        ann.codes[1].to_lowercase(),
        ann.codes[2].replace('-', ""),
        ann.codes[3].replace('-', " "),
        ann.codes[4].replace('0', "o").replace('1', "l"),
        ann.codes[5].replace('0', "O").replace('1', "I"),
    ];
    for (code, mode) in typed.iter().zip(Mode::BOTH.into_iter().cycle()) {
        assert!(lets_in(&app, mode, code).await, "{code}");
        assert!(!lets_in(&app, mode, code).await, "{code} once more");
    }
    let app = app.restart(&[]).await;
    assert!(!lets_in(&app, Mode::Form, &ann.codes[0]).await);
    assert!(lets_in(&app, Mode::Form, &ann.codes[9]).await);
}

#[tokio::test]
async fn new_codes_replace_the_old_ones_and_the_owner_is_notified() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = enrolled(&app, mode).await;
        assert!(lets_in(&app, mode, &ann.codes[0]).await);
        ann.client.post(CODES, &[]).await;
        let new = codes_in(&ann.client.get(CODES).await.body);
        assert!(ann.client.get("/account/security").await.body.contains("You have 10 recovery codes left."));
        assert!(!lets_in(&app, mode, &ann.codes[0]).await && !lets_in(&app, mode, &ann.codes[1]).await);
        assert!(lets_in(&app, mode, &new[0]).await);
        assert_eq!(events(&app, "recovery_codes_made").await, 2);
        assert_eq!(mails(&app, "New recovery codes").await, 1);
    }
}

#[tokio::test]
async fn a_used_code_is_replaced_by_one_that_is_shown_once() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let mut code = ann.codes[0].clone();
        for used in 1..=3_u8 {
            let mut client = half(&app, mode).await;
            step(&mut client, &code).await;
            let waiting = app.database_bytes();
            let page = client.get("/dashboard").await.body;
            assert!(page.contains("You used a recovery code. A new one replaces it"), "{page}");
            let security = client.get("/account/security").await.body;
            assert!(security.contains("You have 10 recovery codes left."), "{security}");
            assert!(security.contains("Show new recovery codes"), "{security}");
            let page = client.get(CODES).await.body;
            let shown = codes_in(&page);
            assert!(page.contains("Save your new recovery code") && shown.len() == 1, "{page}");
            let stored = [waiting, app.database_bytes()].concat();
            for text in [shown[0].clone(), shown[0].replace('-', "")] {
                assert!(!stored.windows(text.len()).any(|window| window == text.as_bytes()), "{text} is stored");
            }
            assert!(!client.get("/account/security").await.body.contains("Show new recovery codes"));
            assert!(codes_in(&client.get(CODES).await.body).is_empty());
            assert!(!lets_in(&app, mode, &code).await, "{mode:?}: a used code");
            code = shown[0].clone();
            app.advance(60);
            assert_eq!(
                (mails(&app, "A recovery code was used").await, events(&app, "recovery_code_used").await),
                (usize::from(used), i64::from(used))
            );
        }
        assert!(lets_in(&app, mode, &code).await && lets_in(&app, mode, &ann.codes[9]).await);
        assert!(app.count("SELECT COUNT(*) FROM recovery_code WHERE used_at IS NOT NULL").await <= 2, "pruned");
        let texts = app.mails_to("ann@x.example").await;
        assert!(texts.iter().any(|(_, text)| text.contains("Codes left: 10.")));
        assert!(texts.iter().all(|(_, text)| !text.contains(&code)));
    }
}

#[tokio::test]
async fn a_code_that_confirms_a_change_is_replaced_too_and_none_is_lost_before_it_is_shown() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        let mut client = half(&app, mode).await;
        step(&mut client, &ann.codes[0]).await;
        app.advance(301);
        assert_eq!(client.post(OFF, &[]).await.location().as_deref(), Some("/account/confirm"));
        let answer = client.post("/account/confirm", &[("password", PASSWORD), ("code", &ann.codes[1])]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/security"));
        let page = client.get("/account/security").await.body;
        assert!(page.contains("Press the button again to continue. You used a recovery code."), "{page}");
        let page = client.get(CODES).await.body;
        let shown = codes_in(&page);
        assert!(page.contains("Save your new recovery codes") && shown.len() == 2, "{page}");
        for code in &shown {
            assert!(lets_in(&app, mode, code).await, "{mode:?} {code}");
        }
    }
}

#[tokio::test]
async fn no_code_is_stored_unencrypted() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.form();
    client.sign_in("ann", PASSWORD).await;
    super::enroll(&app, &mut client).await;
    client.post(CODES, &[]).await;
    // Created but not shown yet, they are in the session.
    let waiting = app.database_bytes();
    let codes = codes_in(&client.get(CODES).await.body);
    let bytes = [waiting, app.database_bytes()].concat();
    for code in &codes {
        for text in [code.clone(), code.replace('-', ""), code.to_lowercase()] {
            assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()), "{text}");
        }
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE data LIKE '%recovery_codes%'").await, 0, "erased");
}

#[tokio::test]
async fn codes_survive_a_change_of_the_secret_key() {
    let app = TestApp::new().await;
    let ann = enrolled(&app, Mode::Form).await;
    app.deliver().await;
    let app = app.restart(&[("SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]).await;
    assert!(lets_in(&app, Mode::Form, &ann.codes[0]).await);
}

#[tokio::test]
async fn recovery_codes_require_a_second_factor() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        client.sign_in("ann", PASSWORD).await;
        let answer = client.post(CODES, &[]).await;
        assert!(
            client.seen(answer).await.contains("Add an authenticator app or a passkey before you get recovery codes.")
        );
        assert!(codes_in(&client.get(CODES).await.body).is_empty());
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM recovery_code").await, 0);
}
