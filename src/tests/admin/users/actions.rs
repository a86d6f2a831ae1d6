//! Each action on a user: what it does, and where it is recorded.

use portal::domain::UserAction;

use super::{PASSWORD, change, id_of, with_bob};
use crate::harness::{Client, Mode, TestApp};
use crate::two_step::{enrolled, half};

const REASON: &str = "Asked for it by phone";

/// An action, its names in the audit log and in the owner's log, the first words of
/// the email about it, and the required setup.
const ACTIONS: [(&str, &str, &str, &str, &str); 8] = [
    ("disable", "account_disabled", "account_disabled", "Your Portal account was disabled", ""),
    ("enable", "account_enabled", "account_enabled", "Your Portal account was enabled", "disabled_at = 1"),
    ("end-sessions", "sessions_ended", "sessions_ended", "", ""),
    ("start-recovery", "recovery_started", "recovery_started", "Reset your Portal password", ""),
    ("reset-two-step", "two_step_reset", "two_step_reset", "Two-step sign-in was reset", ""),
    ("make-administrator", "made_administrator", "made_administrator", "You're now an administrator of Portal", ""),
    ("make-user", "made_user", "made_user", "You're no longer an administrator of Portal", "role = 'administrator'"),
    ("delete", "account_deleted", "account_deleted", "Your Portal account was deleted", ""),
];

/// Returns whether the action asks for the password again: those that cannot be undone,
/// and those that decide who else can act. A new action does not compile until it is
/// classified here.
fn wants_password(action: UserAction) -> bool {
    match action {
        UserAction::ResetTwoStep | UserAction::MakeAdministrator | UserAction::MakeUser | UserAction::Delete => true,
        // An attack needs a quick response, and a closed account can be reopened.
        UserAction::Disable | UserAction::Enable | UserAction::EndSessions | UserAction::StartRecovery => false,
    }
}

/// Prepares bob's account so that this action applies to it.
async fn prepare(app: &TestApp, action: &str) {
    let (_, _, _, _, before) = ACTIONS.into_iter().find(|known| known.0 == action).expect("a known action");
    if action == "reset-two-step" {
        app.execute("INSERT INTO totp SELECT id, x'00', 1, 2, 3, '' FROM account WHERE username = 'bob'").await;
    }
    if !before.is_empty() {
        app.execute(&format!("UPDATE account SET {before} WHERE username = 'bob'")).await;
    }
}

async fn opens(app: &TestApp) -> bool {
    app.form().sign_in("bob", PASSWORD).await.location().as_deref() == Some("/dashboard")
}

async fn bob(app: &TestApp, mode: Mode) -> Client {
    let mut bob = app.client(mode);
    assert_eq!(bob.sign_in("bob", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    bob
}

#[tokio::test]
async fn every_action_is_explained_first_then_logged_and_its_owner_is_notified() {
    for mode in Mode::BOTH {
        for (action, audit_action, event, subject, _) in ACTIONS {
            let (app, mut ann) = with_bob(mode).await;
            prepare(&app, action).await;
            let id = id_of(&app, "bob").await;
            let path = format!("/admin/users/{id}/{action}");
            assert!(ann.get(&format!("/admin/users/{id}")).await.body.contains(&path), "{action} has a button");
            let page = ann.get(&path).await.body;
            for text in ["<strong>bob</strong>", "name=\"reason\"", "Back to "] {
                assert!(page.contains(text), "{action}: {text}: {page}");
            }
            let mails = app.mails_to("bob@x.example").await.len();
            let answer = change(&mut ann, &id, action, REASON).await;
            let to = answer.location();
            let page = if action == "delete" { "/admin/users".to_owned() } else { format!("/admin/users/{id}") };
            assert_eq!(to.as_deref(), Some(page.as_str()), "{action}: {answer:?}");
            let seen = ann.seen(answer).await;
            assert!(seen.contains("alert-success") && seen.contains("bob"), "{action}: {seen}");
            let audit = format!(
                "SELECT COUNT(*) FROM audit WHERE action = '{audit_action}' AND reason = '{REASON}' AND hex(target_id) = '{}'
                 AND actor_id = (SELECT id FROM account WHERE username = 'ann') AND ip = '192.0.2.7'",
                id.replace('-', "").to_uppercase()
            );
            assert_eq!(app.count(&audit).await, 1, "{action}");
            // The IP address is not shown to the owner.
            let logged =
                format!("SELECT COUNT(*) FROM security_event WHERE kind = '{event}' AND ip = '' AND user_agent = ''");
            assert_eq!(app.count(&logged).await, 1, "{action}");
            let told = app.mails_to("bob@x.example").await;
            if subject.is_empty() {
                assert_eq!(told.len(), mails, "{action}");
                continue;
            }
            let (last, text) = told.last().expect("an email");
            assert!(last.starts_with(subject), "{action}: {last}");
            assert!(text.contains("An administrator of Portal did this on"), "{action}: {text}");
            assert!(!text.contains("192.0.2.7") && !text.contains(REASON) && !text.contains("ann"), "{action}: {text}");
        }
    }
}

#[tokio::test]
async fn a_disabled_user_is_signed_out_at_the_next_request_and_pending_flows_are_canceled() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let mut bob = bob(&app, mode).await;
        bob.post("/account/email", &[("email", "bob@y.example")]).await;
        let change_code = app.code_for("bob@y.example").await;
        let mut recovering = app.client(mode);
        recovering.post("/recover", &[("email", "bob@x.example")]).await;
        let recovery_code = app.code_for("bob@x.example").await;
        let id = id_of(&app, "bob").await;
        change(&mut ann, &id, "disable", REASON).await;
        assert_ne!(bob.get("/dashboard").await.status, 200);
        assert_eq!(
            app.count("SELECT COUNT(*) FROM session JOIN account ON account.id = account_id WHERE username = 'bob'")
                .await,
            0
        );
        assert!(!opens(&app).await);
        let fields = [("code", recovery_code.as_str()), ("password", "gravel lantern mosaic")];
        recovering.post("/recover/verify", &fields).await;
        bob.post("/account/email/verify", &[("code", &change_code)]).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM otp WHERE consumed_at IS NULL AND voided_at IS NULL").await, 0);
        let pending = "SELECT COUNT(*) FROM email_verification WHERE account_id IS NOT NULL AND finished_at IS NULL";
        assert_eq!(app.count(pending).await, 0);
        let sent = app.mails_to("bob@x.example").await.len();
        app.client(mode).post("/recover", &[("email", "bob@x.example")]).await;
        assert_eq!(app.mails_to("bob@x.example").await.len(), sent, "no code for a closed account");
        change(&mut ann, &id, "enable", REASON).await;
        assert_ne!(bob.get("/dashboard").await.status, 200, "an ended session stays ended");
        assert!(opens(&app).await);
    }
}

#[tokio::test]
async fn a_started_recovery_ends_sessions_and_leads_to_a_new_password() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let mut bob = bob(&app, mode).await;
        change(&mut ann, &id_of(&app, "bob").await, "start-recovery", REASON).await;
        assert_ne!(bob.get("/dashboard").await.status, 200);
        let (_, text) = app.mails_to("bob@x.example").await.pop().expect("an email");
        assert!(text.lines().any(|line| line.ends_with("/recover")), "{text}");
        assert!(opens(&app).await, "the password works until there is another one");
        let mut recovering = app.client(mode);
        recovering.post("/recover", &[("email", "bob@x.example")]).await;
        let fields = [("code", app.code_for("bob@x.example").await), ("password", "gravel lantern mosaic".to_owned())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let set = recovering.post("/recover/verify", &fields).await;
        assert_eq!(set.location().as_deref(), Some("/login"), "{set:?}");
        assert!(!opens(&app).await);
    }
}

#[tokio::test]
async fn after_a_reset_the_password_alone_signs_in_and_a_pending_second_step_is_refused() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        enrolled(&app, mode).await;
        let mut waiting = half(&app, mode).await;
        app.execute(
            "INSERT INTO passkey SELECT randomblob(16), id, randomblob(16), '{}', 'Key', 1, NULL, '' FROM account",
        )
        .await;
        let mut eve = super::administrator(&app, mode, "eve").await;
        let id = id_of(&app, "ann").await;
        let answer = change(&mut eve, &id, "reset-two-step", REASON).await;
        assert!(answer.location().is_some(), "{answer:?}");
        for table in ["totp", "passkey", "recovery_code", "trusted_browser"] {
            assert_eq!(app.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        assert_ne!(waiting.get("/login/mfa").await.status, 200);
        assert_eq!(app.form().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
    }
}

#[tokio::test]
async fn a_role_change_applies_to_the_next_request_of_an_open_session() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let mut bob = bob(&app, mode).await;
        let id = id_of(&app, "bob").await;
        assert_eq!(bob.get("/admin/users").await.status, 404);
        change(&mut ann, &id, "make-administrator", REASON).await;
        assert_eq!(bob.get("/admin/users").await.status, 200);
        change(&mut ann, &id, "make-user", REASON).await;
        assert_eq!(bob.get("/admin/users").await.status, 404);
        assert_eq!(bob.get("/dashboard").await.status, 200);
        assert_eq!(change(&mut bob, &id, "make-administrator", REASON).await.status, 404);
    }
}

#[tokio::test]
async fn a_deleted_account_is_removed_completely_and_its_username_and_email_are_available() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let mut bob = bob(&app, mode).await;
        change(&mut ann, &id_of(&app, "bob").await, "delete", REASON).await;
        assert_ne!(bob.get("/dashboard").await.status, 200);
        assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE username = 'bob'").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM otp WHERE email_key = 'bob@x.example'").await, 0);
        assert!(ann.get("/admin/audit").await.body.contains("Deleted account"));
        app.account("bob", "bob@x.example").await;
    }
}

#[tokio::test]
async fn an_irreversible_action_asks_for_the_password_and_keeps_the_reason() {
    for mode in Mode::BOTH {
        for action in UserAction::ALL {
            let (app, mut ann) = with_bob(mode).await;
            let (wanted, action) = (wants_password(action), action.as_str());
            prepare(&app, action).await;
            let id = id_of(&app, "bob").await;
            app.advance(301);
            let answer = change(&mut ann, &id, action, REASON).await;
            if !wanted {
                assert_eq!(answer.location(), Some(format!("/admin/users/{id}")), "{action}");
                assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 1, "{action}");
                continue;
            }
            assert_eq!(answer.location().as_deref(), Some("/account/confirm"), "{action}");
            assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
            let to = ann.post("/account/confirm", &[("password", PASSWORD)]).await.location().expect("a redirect back");
            assert_eq!(to, format!("/admin/users/{id}/{action}"));
            let page = ann.get(&to).await.body;
            assert!(page.contains(REASON), "{page}");
            assert!(change(&mut ann, &id, action, REASON).await.location().is_some());
            assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 1, "{action}");
        }
    }
}
