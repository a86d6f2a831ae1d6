use crate::harness::app::PASSWORD;
use crate::harness::{Answer, Client, Mode, TestApp};

#[tokio::test]
async fn invisible_characters_and_lookalike_letters_are_refused_in_usernames_and_emails() {
    let app = TestApp::new().await;
    let marks = [
        "\0", "\u{202a}", "\u{202b}", "\u{202c}", "\u{202d}", "\u{202e}", "\u{2066}", "\u{2067}", "\u{2068}",
        "\u{2069}", "\u{200b}", "\u{ad}", "\u{feff}", "\u{2060}", "\u{200e}",
    ];
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let looks_alike = ["аnna", "ａnna", "annа", "ànna"];
        let names = marks.iter().map(|mark| format!("an{mark}na")).chain(looks_alike.map(str::to_owned));
        for name in names {
            let answer = client.register(&name, "ann@x.example", PASSWORD).await;
            assert_refused(&mut client, answer, "Use only the letters a–z, digits", &name).await;
        }
        let inside =
            marks.iter().flat_map(|mark| [format!("a{mark}nn@x.example"), format!("ann@exam{mark}ple.example")]);
        for address in inside.chain(looks_alike.map(|local| format!("{local}@x.example"))) {
            let answer = client.register("anna", &address, PASSWORD).await;
            assert_refused(&mut client, answer, "Enter an email address like", &address).await;
        }
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, 0);
}

#[tokio::test]
async fn a_lookalike_domain_is_a_different_domain_and_its_email_goes_there() {
    let app = TestApp::new().await;
    app.account("ann", "ann@example.com").await;
    let before = app.letters_to("ann@example.com").await.len();
    let mut client = app.form();
    // Its second letter is Cyrillic.
    client.register("eve", "ann@ex\u{430}mple.com", PASSWORD).await;
    assert_eq!(
        app.letters_to("ann@example.com").await.len(),
        before,
        "the owner of the lookalike email is not involved"
    );
    let code = app.code_for("ann@xn--exmple-4nf.com").await;
    assert_eq!(client.verify(&code).await.location().as_deref(), Some("/login"));
}

#[tokio::test]
async fn two_emails_in_one_field_are_refused_by_every_form_and_no_mail_is_sent() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        client.register("ann", "ann@x.example", PASSWORD).await;
        let mails = app.count("SELECT COUNT(*) FROM outbox").await;
        for two in [
            "a@x.example,b@y.example",
            "a@x.example;b@y.example",
            "a@x.example b@y.example",
            "a@x.example\r\nBcc: b@y.example",
            "a@x.example%0ab@y.example",
        ] {
            for fields in [&[("email", two)][..], &[("username", "bob"), ("email", two), ("password", PASSWORD)]] {
                let path = if fields.len() == 1 { "/verify/email" } else { "/register" };
                let answer = client.post(path, fields).await;
                assert_refused(&mut client, answer, "Enter an email address like", two).await;
            }
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM outbox").await, mails);
    }
}

async fn assert_refused(client: &mut Client, answer: Answer, message: &str, typed: &str) {
    let expected = if client.mode == Mode::Script { 422 } else { 303 };
    assert_eq!(answer.status, expected, "{typed:?}");
    assert!(client.seen(answer).await.contains(message), "{typed:?}");
}
