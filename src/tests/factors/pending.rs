//! An authenticator app that is being added belongs to the session that began it.

use super::{Mode, NEW, PASSWORD, rows, scan, signed_in, with_ann};

const CONFIRM: &str = "/account/security/totp/confirm";

#[tokio::test]
async fn another_session_neither_sees_nor_confirms_nor_cancels_it() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_ann(&[]).await;
        let mut other = signed_in(&app).await;
        other.mode = mode;
        let phone = scan(&mut ann).await;
        let code = phone.code(app.clock.now());
        assert!(!other.get("/account/security").await.body.contains("class=\"secret\""), "{mode:?}");
        let answer = other.post(CONFIRM, &[("code", &code)]).await;
        assert!(other.seen(answer).await.contains("Setup timed out."), "{mode:?}");
        other.post("/account/security/totp/cancel", &[]).await;
        assert_eq!((rows(&app, "totp").await, rows(&app, "totp_waiting").await), (0, 1), "{mode:?}");
        let answer = ann.post(CONFIRM, &[("code", &code)]).await;
        assert_eq!(answer.location().as_deref(), Some("/account/security/recovery-codes"), "{mode:?}");
    }
}

#[tokio::test]
async fn a_new_password_discards_it() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_ann(&[]).await;
        ann.mode = mode;
        scan(&mut signed_in(&app).await).await;
        let fields = [("current_password", PASSWORD), ("password", NEW)];
        assert_eq!(ann.post("/account/password", &fields).await.location().as_deref(), Some("/account"), "{mode:?}");
        assert_eq!(rows(&app, "totp_waiting").await, 0, "{mode:?}");
    }
}
