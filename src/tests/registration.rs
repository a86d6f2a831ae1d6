//! Starting a registration: the fields, the limits, a new code, a corrected email.

use super::harness::app::{PASSWORD, wrong_code};
use super::harness::{Mode, TestApp};

#[tokio::test]
async fn every_field_has_its_own_message_for_each_error() {
    let app = TestApp::new().await;
    app.account("taken", "taken@x.example").await;
    let long_name = "a".repeat(33);
    let long_email = format!("{}@x.example", "a".repeat(250));
    let long_password = "x".repeat(129);
    let good = ("ann", "ann@x.example", PASSWORD);
    let cases = [
        (("", good.1, good.2), "Enter a username."),
        (("ab", good.1, good.2), "Use at least 3 characters."),
        ((long_name.as_str(), good.1, good.2), "Use at most 32 characters."),
        (("an n", good.1, good.2), "Use only the letters a–z, digits, dots, hyphens and underscores."),
        (("a\0nn", good.1, good.2), "Use only the letters a–z, digits, dots, hyphens and underscores."),
        (("TAKEN", good.1, good.2), "This username is taken. Try another one."),
        ((good.0, "", good.2), "Enter your email address."),
        ((good.0, "ann", good.2), "Enter an email address like name@example.com."),
        ((good.0, "a@x.example,b@y.example", good.2), "Enter an email address like name@example.com."),
        ((good.0, long_email.as_str(), good.2), "Use an email address of at most 254 characters."),
        ((good.0, good.1, ""), "Enter a password."),
        ((good.0, good.1, "short"), "Use at least 8 characters."),
        ((good.0, good.1, long_password.as_str()), "Use at most 128 characters."),
        ((good.0, good.1, "tumble\0rinse obelisk"), "Remove line breaks and other control characters."),
        ((good.0, good.1, "password"), "Try three or four random words."),
        ((good.0, good.1, "ann@x.example"), "Try three or four random words."),
    ];
    for mode in Mode::BOTH {
        for ((username, email, password), message) in &cases {
            let mut client = app.client(mode);
            let answer = client.register(username, email, password).await;
            assert!(answer.location().is_none_or(|to| to == "/register"), "{message}");
            let seen = client.seen(answer).await;
            assert!(seen.contains(message), "{mode:?} {message}: {seen}");
        }
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM otp").await, 1, "no mistake led to a code");
}

#[tokio::test]
async fn a_plain_form_shows_all_errors_beside_their_fields_and_keeps_the_values() {
    let app = TestApp::new().await;
    let mut client = app.form();
    let answer = client.register("a b", "nobody", "short").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.location().as_deref(), Some("/register"), "the URL contains no form values");
    let page = client.get("/register").await.body;
    for message in ["Use only the letters", "Enter an email address like", "Use at least 8 characters."] {
        assert!(page.contains(message), "{message}");
    }
    assert!(page.contains("value=\"a b\"") && page.contains("value=\"nobody\""));
    assert!(!page.contains("value=\"short\""), "a password is never filled in again");
    assert!(page.contains("aria-invalid=\"true\"") && page.contains("aria-describedby"));
    let again = client.get("/register").await.body;
    assert!(!again.contains("Use only the letters"), "it is shown once");
}

#[tokio::test]
async fn a_registration_is_not_an_account() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        assert_eq!(client.register("ann", "ann@x.example", PASSWORD).await.location().as_deref(), Some("/verify"));
        let seen = client.sign_in("ann", PASSWORD).await;
        assert_ne!(seen.location().as_deref(), Some("/dashboard"));
        assert_eq!(client.get("/dashboard").await.location().as_deref(), Some("/login?next=/dashboard"));
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 0);
    // It does not reserve the username either: both registrations above used the same one.
    assert_eq!(app.count("SELECT COUNT(*) FROM email_verification").await, 2);
}

#[tokio::test]
async fn registering_again_cancels_the_earlier_password() {
    let app = TestApp::new().await;
    let mut client = app.form();
    client.register("ann", "ann@x.example", "first purple anchor").await;
    let first = app.code_for("ann@x.example").await;
    // A browser that keeps the cookie of the first registration beside that of the second.
    let mut kept = client.clone();
    client.register("ann", "ann@x.example", PASSWORD).await;
    assert_eq!(kept.verify(&first).await.location().as_deref(), Some("/register"), "the first registration has ended");
    let second = app.code_for("ann@x.example").await;
    if first != second {
        let answer = client.verify(&first).await;
        assert_eq!(answer.location().as_deref(), Some("/verify"), "the first code is a wrong code now");
    }
    assert_eq!(client.verify(&second).await.location().as_deref(), Some("/login"));
    assert_eq!(client.sign_in("ann", "first purple anchor").await.location().as_deref(), Some("/login"));
    assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn a_code_does_not_verify_another_registration_of_the_same_email() {
    let app = TestApp::new().await;
    let (mut attacker, mut owner) = (app.form(), app.form());
    attacker.register("mallory", "ann@x.example", "mallory knows this one").await;
    app.advance(1);
    owner.register("ann", "ann@x.example", PASSWORD).await;
    let code = app.code_for("ann@x.example").await;
    assert_eq!(attacker.verify(&code).await.location().as_deref(), Some("/verify"), "a wrong code in that flow");
    assert_eq!(owner.verify(&code).await.location().as_deref(), Some("/login"));
    let mut client = app.form();
    assert_eq!(client.sign_in("ann@x.example", "mallory knows this one").await.location().as_deref(), Some("/login"));
    assert_eq!(client.sign_in("ann@x.example", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn a_new_code_is_refused_at_59_seconds_and_sent_at_60() {
    let app = TestApp::new().await;
    for (mode, name) in [(Mode::Script, "ann"), (Mode::Form, "bob")] {
        let email = format!("{name}@x.example");
        let mut client = app.client(mode);
        client.register(name, &email, PASSWORD).await;
        app.advance(59);
        let early = client.post("/verify/resend", &[]).await;
        if mode == Mode::Script {
            assert_eq!(early.status, 429);
            assert_eq!(early.header("retry-after"), Some("1"));
        }
        let said = if mode == Mode::Form { "Try again in 1 second." } else { "We've just sent you a code." };
        assert!(client.seen(early).await.contains(said));
        assert_eq!(app.mails_to(&email).await.len(), 1);
        app.advance(1);
        let sent = client.post("/verify/resend", &[]).await;
        assert_eq!(sent.location().as_deref(), Some("/verify"));
        assert!(client.seen(sent).await.contains(&format!("We've sent a new code to {email}.")));
        assert_eq!(app.mails_to(&email).await.len(), 2);
    }
}

#[tokio::test]
async fn after_a_resend_both_codes_work_until_their_own_expiry_and_never_three() {
    for which in 0..3 {
        let app = TestApp::new().await;
        let mut client = app.form();
        client.register("ann", "ann@x.example", PASSWORD).await;
        let mut codes = vec![app.code_for("ann@x.example").await];
        for _ in 0..2 {
            app.advance(60);
            client.post("/verify/resend", &[]).await;
            codes.push(app.code_for("ann@x.example").await);
        }
        let to = client.verify(&codes[which]).await.location();
        let expected = if which == 0 { "/verify" } else { "/login" };
        assert_eq!(to.as_deref(), Some(expected), "code {which} of three");
    }
}

#[tokio::test]
async fn an_earlier_code_expires_at_its_own_time() {
    let app = TestApp::new().await;
    let mut client = app.form();
    client.register("ann", "ann@x.example", PASSWORD).await;
    let first = app.code_for("ann@x.example").await;
    app.advance(240);
    client.post("/verify/resend", &[]).await;
    app.advance(61);
    assert_eq!(client.verify(&first).await.location().as_deref(), Some("/verify"), "5:01 after it was issued");
    let second = app.code_for("ann@x.example").await;
    assert_eq!(client.verify(&second).await.location().as_deref(), Some("/login"));
}

#[tokio::test]
async fn a_resend_restores_no_attempts() {
    let app = TestApp::new().await;
    let mut client = app.form();
    client.register("ann", "ann@x.example", PASSWORD).await;
    let first = app.code_for("ann@x.example").await;
    for n in 0..4 {
        client.verify(&wrong_code(&first, n)).await;
    }
    app.advance(60);
    client.post("/verify/resend", &[]).await;
    let second = app.code_for("ann@x.example").await;
    let fifth = client.verify(&wrong_code(&second, 7)).await;
    assert_eq!(fifth.location().as_deref(), Some("/register"), "the fifth wrong try ends the flow");
}

#[tokio::test]
async fn an_email_gets_five_codes_an_hour_and_ten_a_day() {
    let app = TestApp::new().await;
    for hour in 0..2 {
        for n in 0..5 {
            let mut client = app.form();
            let to = client.register(&format!("ann{hour}{n}"), "ann@x.example", PASSWORD).await.location();
            assert_eq!(to.as_deref(), Some("/verify"), "code {n} of hour {hour}");
        }
        let mut client = app.script();
        let sixth = client.register("annx", "ANN@x.example", PASSWORD).await;
        assert_eq!(sixth.status, 429, "the case of an email makes no difference");
        let wait: u64 = sixth.header("retry-after").and_then(|value| value.parse().ok()).expect("seconds");
        assert!(wait <= if hour == 0 { 3_600 } else { 86_400 });
        app.advance(3_600);
    }
    let mut client = app.script();
    assert_eq!(client.register("annx", "ann@x.example", PASSWORD).await.status, 429, "ten in the last day");
    app.advance(86_400 - 7_200);
    assert_eq!(client.register("annx", "ann@x.example", PASSWORD).await.location().as_deref(), Some("/verify"));
}

#[tokio::test]
async fn a_corrected_email_gets_the_code_and_the_earlier_one_gets_none() {
    let app = TestApp::new().await;
    let mut client = app.form();
    client.register("ann", "typo@x.example", PASSWORD).await;
    let astray = app.code_for("typo@x.example").await;
    let answer = client.post("/verify/email", &[("email", "ann@x.example")]).await;
    assert!(client.seen(answer).await.contains("We've sent a code to ann@x.example."));
    assert_eq!(client.verify(&astray).await.location().as_deref(), Some("/verify"), "bound to its email");
    let code = app.code_for("ann@x.example").await;
    assert_eq!(client.verify(&code).await.location().as_deref(), Some("/login"));
    assert_eq!(client.sign_in("ann@x.example", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

#[tokio::test]
async fn an_email_can_be_corrected_twice_and_each_error_has_its_message() {
    let app = TestApp::new().await;
    for mode in Mode::BOTH {
        let name = if mode == Mode::Form { "ann" } else { "bob" };
        let mut client = app.client(mode);
        client.register(name, &format!("{name}0@x.example"), PASSWORD).await;
        for (typed, message) in [
            ("", "Enter your email address."),
            ("nobody", "Enter an email address like"),
            (&format!("{name}0@X.example"), "We've already sent the code to this email address."),
        ] {
            let answer = client.post("/verify/email", &[("email", typed)]).await;
            let seen = client.seen(answer).await;
            assert!(seen.contains(message), "{message}");
        }
        for n in 1..=2 {
            let answer = client.post("/verify/email", &[("email", &format!("{name}{n}@x.example"))]).await;
            assert_eq!(answer.location().as_deref(), Some("/verify"));
            assert!(client.seen(answer).await.contains("We've sent a code to"));
        }
        let third = client.post("/verify/email", &[("email", &format!("{name}3@x.example"))]).await;
        assert!(client.seen(third).await.contains("You can't change the email address again."));
        assert!(app.mails_to(&format!("{name}3@x.example")).await.is_empty());
    }
}

#[tokio::test]
async fn extra_fields_are_ignored() {
    let app = TestApp::new().await;
    let mut client = app.form();
    let fields = [
        ("username", "ann"),
        ("email", "ann@x.example"),
        ("password", PASSWORD),
        ("role", "administrator"),
        ("verified", "true"),
        ("id", "1"),
    ];
    assert_eq!(client.post("/register", &fields).await.location().as_deref(), Some("/verify"));
    let code = app.code_for("ann@x.example").await;
    client.verify(&code).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE role = 'user'").await, 1);
}

#[tokio::test]
async fn an_unfinished_registration_is_purged_after_24_hours() {
    let app = TestApp::new().await;
    let mut client = app.form();
    client.register("ann", "ann@x.example", PASSWORD).await;
    app.advance(86_400 - 1);
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!(app.count("SELECT COUNT(*) FROM email_verification").await, 1);
    app.advance(2);
    app.state.maintenance().purge().await.expect("purges");
    assert_eq!(app.count("SELECT COUNT(*) FROM email_verification").await, 0);
}
