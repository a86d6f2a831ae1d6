//! Actions that are refused and change nothing.

use super::{CHANGE, Mode, change, id_of, with_bob};

#[tokio::test]
async fn an_action_that_does_not_apply_is_refused_with_a_plain_message_and_changes_nothing() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let id = id_of(&app, "bob").await;
        let (open, disabled) = ("disabled_at = NULL, delete_after = NULL", "disabled_at = 1, delete_after = NULL");
        let leaving = "disabled_at = NULL, delete_after = 9999999999999";
        for (state, action, why) in [
            (open, "enable", "This account is already active."),
            (open, "make-user", "This user isn't an administrator."),
            (open, "reset-two-step", "no authenticator app and no passkey"),
            (disabled, "disable", "This account is already disabled."),
            (disabled, "end-sessions", "it has no sessions"),
            (disabled, "start-recovery", "This account isn't active."),
            (disabled, "make-administrator", "This account isn't active."),
            (leaving, "disable", "This account is already closed"),
            (leaving, "enable", "Only they can cancel it"),
        ] {
            app.execute(&format!("UPDATE account SET {state} WHERE username = 'bob'")).await;
            let mails = app.mails_to("bob@x.example").await.len();
            let page = ann.get(&format!("/admin/users/{id}/{action}")).await.body;
            assert!(page.contains(why) && !page.contains("name=\"reason\""), "{action}: {page}");
            let offered = ann.get(&format!("/admin/users/{id}")).await.body;
            assert!(!offered.contains(&format!("/admin/users/{id}/{action}")), "{action} has no button");
            let answer = change(&mut ann, &id, action, "Because.").await;
            assert!(ann.seen(answer).await.contains(why), "{action}");
            assert_eq!(app.mails_to("bob@x.example").await.len(), mails, "{action}");
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM security_event WHERE ip = ''").await, 0);
    }
}

#[tokio::test]
async fn administrators_cannot_use_actions_on_themselves_that_their_account_pages_offer() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let id = id_of(&app, "ann").await;
        for action in ["disable", "delete", "end-sessions", "start-recovery", "reset-two-step"] {
            let answer = change(&mut ann, &id, action, "Because.").await;
            let seen = ann.seen(answer).await;
            assert!(seen.contains("This is your own account.") && seen.contains("under Account"), "{action}: {seen}");
        }
        assert_eq!(ann.get("/dashboard").await.status, 200);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
    }
}

#[tokio::test]
async fn a_missing_reason_is_an_error_beside_its_field_and_the_input_is_kept() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let id = id_of(&app, "bob").await;
        let long = "x".repeat(301);
        for (reason, why) in
            [("", "Enter a reason"), (" ", "Enter a reason"), (long.as_str(), "at most 300"), ("a\nb", "Use one line")]
        {
            let answer = change(&mut ann, &id, "disable", reason).await;
            let seen = ann.seen(answer).await;
            assert!(seen.contains(why), "{why}: {seen}");
        }
        if mode == Mode::Form {
            let answer = change(&mut ann, &id, "disable", &long).await;
            assert_eq!(answer.location(), Some(format!("/admin/users/{id}/disable")));
            assert!(ann.seen(answer).await.contains(&long[..300]));
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE disabled_at IS NOT NULL").await, 0);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
    }
}

#[tokio::test]
async fn an_unknown_id_or_action_does_nothing() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_bob(mode).await;
        let bob = id_of(&app, "bob").await;
        let nobody = "00000000-0000-7000-8000-000000000000";
        for (id, action) in [
            ("", "disable"),
            ("x\r\ny", "disable"),
            (bob.as_str(), "burn"),
            (bob.as_str(), ""),
            ("../..", "//x.example"),
        ] {
            let answer = change(&mut ann, id, action, "Because.").await;
            if mode == Mode::Script {
                assert_eq!(answer.status, 404, "{id} {action}");
            } else {
                assert_eq!(answer.location().as_deref(), Some("/admin/users"), "{id} {action}");
            }
            assert!(ann.seen(answer).await.contains("This page has changed."), "{id} {action}");
        }
        let answer = change(&mut ann, nobody, "disable", "Because.").await;
        assert!(answer.status == 404 || answer.location().is_some());
        let nothing = ann.post(CHANGE, &[]).await;
        assert!(ann.seen(nothing).await.contains("This page has changed."));
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
    }
}
