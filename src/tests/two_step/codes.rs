//! Recovery codes.

use super::{BOTH, CODES, Mode, PASSWORD, TestApp, codes_in, enrolled, events, half, lets_in, mails, step};

#[tokio::test]
async fn codes_are_shown_once_to_be_copied_printed_and_downloaded() {
    for mode in BOTH {
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
    for (code, mode) in typed.iter().zip(BOTH.into_iter().cycle()) {
        assert!(lets_in(&app, mode, code).await, "{code}");
        assert!(!lets_in(&app, mode, code).await, "{code} once more");
    }
    let app = app.restart(&[]).await;
    assert!(!lets_in(&app, Mode::Form, &ann.codes[0]).await);
    assert!(lets_in(&app, Mode::Form, &ann.codes[9]).await);
}

#[tokio::test]
async fn new_codes_replace_the_old_ones_and_the_owner_is_notified() {
    for mode in BOTH {
        let app = TestApp::new().await;
        let mut ann = enrolled(&app, mode).await;
        assert!(lets_in(&app, mode, &ann.codes[0]).await);
        assert!(ann.client.get("/account/security").await.body.contains("You have 9 recovery codes left."));
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
async fn using_a_code_is_mailed_and_the_dashboard_warns_when_few_are_left() {
    for mode in BOTH {
        let app = TestApp::new().await;
        let ann = enrolled(&app, mode).await;
        for (n, code) in ann.codes.iter().enumerate() {
            let left = 9 - n;
            let mut client = half(&app, mode).await;
            step(&mut client, code).await;
            let page = client.get("/dashboard").await.body;
            let told = match left {
                0 => page.contains("You used your last recovery code."),
                1 => page.contains("You have one recovery code left."),
                _ => page.contains(&format!("You have {left} recovery codes left.")),
            };
            assert_eq!(told, left <= 3, "{left} left: {page}");
        }
        assert_eq!((mails(&app, "A recovery code was used").await, events(&app, "recovery_code_used").await), (10, 10));
        let texts = app.mails_to("ann@x.example").await;
        assert!(texts.iter().any(|(_, text)| text.contains("Codes left: 9.")));
        assert!(texts.iter().all(|(_, text)| ann.codes.iter().all(|code| !text.contains(code))));
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
    for mode in BOTH {
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
