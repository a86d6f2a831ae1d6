//! The policy for new passwords, in the form that sets one and in the meter beside it.

use axum::http::Request;
use portal::islands::StrengthView;
use portal::paths::PASSWORD_STRENGTH;

use super::harness::app::PASSWORD;
use super::harness::{Client, Mode, TestApp};

const TABLES: [&str; 6] = ["account", "email_verification", "otp", "outbox", "session", "attempt"];

/// What the meter shows ann, who has typed her username and email.
async fn meter(client: &mut Client, password: &str) -> StrengthView {
    let fields = [("username", "ann.thornton"), ("email", "milady@marlborough.example"), ("password", password)];
    let answer = client.post(PASSWORD_STRENGTH, &fields).await;
    assert_eq!(answer.status, 200, "{password}");
    serde_json::from_str(&answer.body).expect("a meter result")
}

#[tokio::test]
async fn a_common_password_is_refused_beside_its_field_and_the_other_fields_are_kept() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        // Only the list catches both: zxcvbn scores them 3 and 4.
        for listed in ["grenouille", "KartoffelPuffer"] {
            let mut client = app.client(mode);
            let answer = client.register("ann", "ann@x.example", listed).await;
            let seen = client.seen(answer).await;
            let message = "This is a commonly used password. Try three or four random words.";
            assert!(seen.contains(message), "{mode:?} {listed}: {seen}");
            if mode == Mode::Form {
                assert!(seen.contains("value=\"ann\"") && seen.contains("value=\"ann@x.example\""));
                assert_eq!(seen.matches("aria-invalid=\"true\"").count(), 1, "only the password field");
            }
            assert!(!seen.contains(listed), "a password is never filled in again");
        }
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM email_verification").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, 0, "nothing was mailed");
}

#[tokio::test]
async fn a_password_made_of_user_or_portal_data_is_refused() {
    let app = TestApp::with(&[("PORTAL_NAME", "Gloriettenmargarithe")]).await;
    let (username, email) = ("brunhildensteig", "kuckuckswalzer@fliederbuschweg.example");
    for mode in Mode::BOTH {
        for personal in
            ["brunhildensteig", "Kuckuckswalzer1", "fliederbuschweg", "gewhcsubredeilf", "GLORIETTENMARGARITHE"]
        {
            let mut client = app.client(mode);
            let answer = client.register(username, email, personal).await;
            let seen = client.seen(answer).await;
            assert!(seen.contains("Don't use your name, email or this site's name."), "{mode:?} {personal}: {seen}");
        }
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, 0);
    // For another user on another portal, each is as good as any other.
    let elsewhere = TestApp::new().await;
    for (n, fine) in ["brunhildensteig", "fliederbuschweg", "GLORIETTENMARGARITHE"].into_iter().enumerate() {
        let answer = elsewhere.form().register("ann", &format!("ann{n}@x.example"), fine).await;
        assert_eq!(answer.location().as_deref(), Some("/verify"), "{fine}");
    }
}

#[tokio::test]
async fn a_password_that_is_mainly_a_word_of_the_operator_is_refused() {
    let app = TestApp::with(&[("PORTAL_PASSWORD_WORDS", "Kuckuckswalzer, Flieder Busch")]).await;
    for mode in Mode::BOTH {
        for word in ["kuckuckswalzer", "Kuckuckswalzer26", "flieder busch", "rezlawskcukcuk"] {
            let mut client = app.client(mode);
            let answer = client.register("ann", "ann@x.example", word).await;
            let seen = client.seen(answer).await;
            assert!(seen.contains("Don't use names of this organization or its products."), "{mode:?} {word}: {seen}");
        }
    }
    let elsewhere = TestApp::new().await;
    let answer = elsewhere.form().register("ann", "ann@x.example", "Kuckuckswalzer26").await;
    assert_eq!(answer.location().as_deref(), Some("/verify"));
}

#[tokio::test]
async fn every_form_that_sets_a_password_requires_the_configured_length() {
    let app = TestApp::new().await;
    let short = "hotelzebrax9";
    let mut client = app.form();
    client.register("ann", "ann@x.example", short).await;
    let code = app.code_for("ann@x.example").await;
    assert_eq!(client.verify(&code).await.location().as_deref(), Some("/login"));
    app.advance(3_600);
    let app = app.restart(&[("PORTAL_PASSWORD_MIN", "15")]).await;
    let message = "Use at least 15 characters.";
    for mode in Mode::BOTH {
        for typed in ["short", short, "14 characters!"] {
            let mut client = app.client(mode);
            let answer = client.register("bob", "bob@x.example", typed).await;
            assert!(client.seen(answer).await.contains(message), "{typed}");
            let view = meter(&mut app.script(), typed).await;
            assert_eq!((view.step, view.advice.as_str()), (1, message), "{typed}");
        }
        // A password that was set before still works, also to set a longer one.
        let mut client = app.client(mode);
        assert_eq!(client.sign_in("ann", short).await.location().as_deref(), Some("/dashboard"));
        assert!(client.get("/account").await.body.contains("At least 15 characters."));
        let fields = [("current_password", short), ("password", "14 characters!")];
        let answer = client.post("/account/password", &fields).await;
        assert!(client.seen(answer).await.contains(message));
        let mut client = app.client(mode);
        client.post("/recover", &[("email", "ann@x.example")]).await;
        assert!(client.get("/recover/verify").await.body.contains("At least 15 characters."));
        let code = app.code_for("ann@x.example").await;
        let answer = client.post("/recover/verify", &[("code", &code), ("password", "14 characters!")]).await;
        assert!(client.seen(answer).await.contains(message));
        assert!(app.client(mode).get("/register").await.body.contains("At least 15 characters."));
    }
    let answer = app.form().register("bob", "bob@x.example", PASSWORD).await;
    assert_eq!(answer.location().as_deref(), Some("/verify"));
}

#[tokio::test]
async fn the_meter_and_the_form_apply_the_same_policy() {
    let app = TestApp::new().await;
    let long = "tumble rinse obelisk ".repeat(7);
    let passwords = [
        ("", 1),
        ("short", 1),
        (&long, 1),
        ("tumble\u{7}rinse obelisk", 1),
        ("password1", 1),
        ("grenouille", 1),
        ("Kartoffelpuffer", 1),
        ("ann.thornton", 1),
        ("MiladyMarlborough", 1),
        ("aaaaaaaaaaaaaaaa", 1),
        ("hotelzebra", 2),
        ("portal2026", 1),
        ("hotelzebrax9", 3),
        ("ünrelated wörds hier", 4),
        (PASSWORD, 4),
    ];
    for (n, (password, step)) in passwords.into_iter().enumerate() {
        let view = meter(&mut app.script(), password).await;
        assert_eq!(view.step, step, "{password}: {view:?}");
        let email = format!("milady{n}@marlborough.example");
        let mut client = app.script();
        let answer = client.register("ann.thornton", &email, password).await;
        assert_eq!(answer.status == 200, view.step >= 3, "{password}: {view:?}, but {}", answer.body);
        assert!(answer.body.contains(&view.advice), "the same reason: {view:?}, but {}", answer.body);
        assert_eq!(view.advice.is_empty(), view.step >= 3, "{password}: {view:?}");
    }
}

#[tokio::test]
async fn the_meter_has_a_label_for_each_score() {
    let app = TestApp::new().await;
    let mut client = app.script();
    let steps =
        [("password1", 1, "Too weak"), ("hotelzebra", 2, "Weak"), ("hotelzebrax9", 3, "Good"), (PASSWORD, 4, "Strong")];
    for (password, step, word) in steps {
        let view = meter(&mut client, password).await;
        assert_eq!((view.step, view.word.as_str()), (step, word), "{password}");
    }
}

#[tokio::test]
async fn the_meter_stores_nothing_and_looks_up_no_account() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let mut client = app.script();
    let rows = async || {
        let mut rows = Vec::new();
        for table in TABLES {
            rows.push(app.count(&format!("SELECT COUNT(*) FROM {table}")).await);
        }
        rows
    };
    let before = rows().await;
    for password in ["correct horse canary staple", "canary", ""] {
        let fields = [("username", "ann"), ("email", "ann@x.example"), ("password", password)];
        let answer = client.post(PASSWORD_STRENGTH, &fields).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.header("set-cookie").is_none());
        assert!(password.is_empty() || !answer.body.contains(password), "{}", answer.body);
        // The result does not depend on whether such an account exists.
        let fields = [("username", "bob"), ("email", "bob@x.example"), ("password", password)];
        assert_eq!(app.script().post(PASSWORD_STRENGTH, &fields).await.body, answer.body);
    }
    assert_eq!(rows().await, before);
    let database = app.database_bytes();
    assert!(!database.windows(6).any(|bytes| bytes == b"canary"), "the typed password is in the database");
}

#[tokio::test]
async fn the_meter_accepts_only_posts_and_only_scripts_read_its_answer() {
    let app = TestApp::new().await;
    let query = format!("{PASSWORD_STRENGTH}?password=grenouille");
    let mut client = app.form();
    assert_eq!(client.get(&query).await.status, 405);
    let head = client.send(Request::head(&query), axum::body::Body::empty()).await;
    assert_eq!(head.status, 405);
    // A plain form post to it is redirected to the page where passwords are chosen.
    for referer in ["", "http://127.0.0.1:3000/dev/mailbox", "https://evil.example/"] {
        let mut client = app.form();
        client.headers = vec![("referer", referer.to_owned())];
        let answer = client.post(PASSWORD_STRENGTH, &[("password", "grenouille")]).await;
        assert_eq!((answer.status.as_u16(), answer.location().as_deref()), (303, Some("/register")), "{referer}");
        assert!(answer.header("set-cookie").is_none());
    }
}

#[tokio::test]
async fn the_fields_that_a_meter_needs_are_on_the_page_and_no_others_are_read() {
    let app = TestApp::new().await;
    let mut client = app.form();
    let page = client.get("/register").await.body;
    assert!(page.contains("class=\"meter\""), "{page}");
    assert!(!page.contains("data-step"), "empty until a script fills it: {page}");
    assert!(!client.get("/login").await.body.contains("class=\"meter\""), "sign-in shows no meter");
    // An incomplete form is accepted while the user types.
    let answer = app.script().post(PASSWORD_STRENGTH, &[("password", PASSWORD)]).await;
    assert_eq!(serde_json::from_str::<StrengthView>(&answer.body).expect("a meter result").step, 4);
    let answer = app.script().post(PASSWORD_STRENGTH, &[]).await;
    assert_eq!(serde_json::from_str::<StrengthView>(&answer.body).expect("a meter result").advice, "Enter a password.");
}
