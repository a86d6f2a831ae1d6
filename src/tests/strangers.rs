//! What other users do with an email never keeps its owner from a code.

use super::harness::app::{PASSWORD, wrong_code};
use super::harness::{Client, Mode, TestApp};

const NEW: &str = "an entirely new passphrase";

/// Three registrations with the email, each with five wrong codes.
async fn guess(app: &TestApp, email: &str) {
    for flow in 0..3 {
        let mut stranger = app.form().at_ip("198.51.100.7");
        stranger.register(&format!("eve{flow}"), email, PASSWORD).await;
        for n in 0..5 {
            stranger.verify(&format!("00000{n}")).await;
        }
    }
}

/// As many codes for the email as strangers can request in a day.
async fn use_up(app: &TestApp, email: &str) {
    for hour in 0..2 {
        for _ in 0..5 {
            let mut stranger = app.script().at_ip("198.51.100.7");
            stranger.post("/recover", &[("email", email)]).await;
        }
        let refused = app.script().at_ip("198.51.100.7").post("/recover", &[("email", email)]).await;
        assert_eq!(refused.status, 429, "{hour}");
        app.advance(3_600);
    }
}

async fn owner(app: &TestApp, mode: Mode) -> Client {
    app.account("ann", "ann@x.example").await;
    let mut owner = app.client(mode);
    owner.sign_in("ann", PASSWORD).await;
    owner.post("/logout", &[]).await;
    owner.at_ip("203.0.113.9")
}

async fn recovers(client: &mut Client, code: &str) -> bool {
    let fields = [("code", code), ("password", NEW)];
    client.post("/recover/verify", &fields).await.location().as_deref() == Some("/login")
}

#[tokio::test]
async fn wrong_codes_of_strangers_keep_no_owner_from_recovering_and_no_user_from_registering() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = owner(&app, mode).await;
        ann.post("/recover", &[("email", "ann@x.example")]).await;
        let code = app.code_for("ann@x.example").await;
        for flow in 0..4 {
            let mut stranger = app.form().at_ip(&format!("198.51.100.{flow}"));
            stranger.post("/recover", &[("email", "ann@x.example")]).await;
            for n in 0..5 {
                recovers(&mut stranger, &wrong_code(&code, n)).await;
            }
        }
        assert!(recovers(&mut ann, &code).await, "the code from before");

        guess(&app, "new@x.example").await;
        let mut new_user = app.client(mode);
        let answer = new_user.register("new", "new@x.example", PASSWORD).await;
        assert_eq!(answer.location().as_deref(), Some("/verify"));
        let code = app.long_code_for("new@x.example").await;
        assert_eq!(new_user.verify(&code).await.location().as_deref(), Some("/login"));
    }
}

#[tokio::test]
async fn an_owner_on_an_unknown_device_recovers_with_a_long_code_after_many_wrong_ones() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        for flow in 0..3 {
            let mut stranger = app.form().at_ip(&format!("198.51.100.{flow}"));
            stranger.post("/recover", &[("email", "ann@x.example")]).await;
            for n in 0..5 {
                recovers(&mut stranger, &format!("00000{n}")).await;
            }
        }
        let mut ann = app.client(mode);
        ann.post("/recover", &[("email", "ann@x.example")]).await;
        assert!(ann.get("/recover/verify").await.body.contains("12-character code"));
        let code = app.long_code_for("ann@x.example").await;
        assert!(recovers(&mut ann, &code).await);
    }
}

#[tokio::test]
async fn codes_that_strangers_request_leave_some_for_known_devices_and_other_networks() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let mut ann = owner(&app, mode).await;
        use_up(&app, "ann@x.example").await;
        let answer = ann.post("/recover", &[("email", "ann@x.example")]).await;
        assert_eq!(answer.location().as_deref(), Some("/recover/verify"), "a known device");
        let code = app.code_for("ann@x.example").await;
        assert!(recovers(&mut ann, &code).await);

        use_up(&app, "new@x.example").await;
        let mut new_user = app.client(mode);
        let answer = new_user.register("new", "new@x.example", PASSWORD).await;
        assert_eq!(answer.location().as_deref(), Some("/verify"), "another network");
        let code = app.code_for("new@x.example").await;
        assert_eq!(new_user.verify(&code).await.location().as_deref(), Some("/login"));
        let again = app.script().register("new2", "new@x.example", PASSWORD).await;
        assert_eq!(again.status, 429, "only one for each network");
    }
}

/// The number of codes that a person can be sent without wanting them.
#[tokio::test]
async fn strangers_in_many_networks_get_at_most_three_times_as_many_codes_for_an_email() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    app.advance(86_400);
    for n in 0..100 {
        let mut stranger = app.script().at_ip(&format!("198.51.100.{n}"));
        stranger.post("/recover", &[("email", "ann@x.example")]).await;
        app.advance(60);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM otp WHERE purpose = 'recovery'").await, 30);
}

#[tokio::test]
async fn pages_and_limits_of_codes_are_the_same_with_and_without_an_account() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        app.account("ann", "ann@x.example").await;
        app.advance(86_400);
        let mut seen = Vec::new();
        for email in ["ann@x.example", "bob@x.example"] {
            let mut answers = Vec::new();
            for path in ["/recover", "/register"] {
                for flow in 0..6 {
                    let mut stranger = app.client(mode).at_ip("198.51.100.7");
                    let fields = [("username", "new"), ("email", email), ("password", PASSWORD)];
                    let answer = stranger.post(path, &fields).await;
                    answers.push(format!("{path} {flow} {} {:?}", answer.status, answer.location()));
                    let verify = if path == "/recover" { "/recover/verify" } else { "/verify" };
                    answers.push(stranger.get(verify).await.body.contains("12-character code").to_string());
                    for n in 0..5 {
                        let fields = [("code", format!("00000{n}")), ("password", NEW.to_owned())];
                        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                        let answer = stranger.post(verify, &fields).await;
                        answers.push(format!("{} {:?}", answer.status, answer.location()));
                    }
                }
                app.advance(86_400);
            }
            seen.push(answers);
        }
        assert_eq!(seen[0], seen[1]);
    }
}

#[tokio::test]
async fn registrations_leave_a_part_of_the_emails_per_day_for_password_resets() {
    for mode in Mode::BOTH {
        let app = TestApp::with(&[("PORTAL_MAIL_PER_DAY", "10")]).await;
        app.account("ann", "ann@x.example").await;
        for n in 0..7 {
            let mut stranger = app.client(mode);
            let answer = stranger.register(&format!("eve{n}"), &format!("e{n}@x.example"), PASSWORD).await;
            assert_eq!(answer.location().as_deref(), Some("/verify"), "{n}");
        }
        let mut new_user = app.client(mode);
        let answer = new_user.register("new", "new@x.example", PASSWORD).await;
        assert!(new_user.seen(answer).await.contains("We can't send more emails today."));
        for _ in 0..2 {
            let mut ann = app.client(mode);
            let answer = ann.post("/recover", &[("email", "ann@x.example")]).await;
            assert_eq!(answer.location().as_deref(), Some("/recover/verify"));
        }
        let mut ann = app.client(mode);
        let answer = ann.post("/recover", &[("email", "ann@x.example")]).await;
        assert!(ann.seen(answer).await.contains("We can't send more emails today."));
        app.advance(90_000);
        let answer = new_user.register("new", "new@x.example", PASSWORD).await;
        assert_eq!(answer.location().as_deref(), Some("/verify"));
    }
}
