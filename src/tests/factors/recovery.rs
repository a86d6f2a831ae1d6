//! What a recovery does to factors, and what it says about those that remain.

use super::{ANN, HOUR, Mode, NEW, PASSWORD, add_app, recover, with_ann};
use crate::harness::Authenticator;

#[tokio::test]
async fn the_page_and_the_notice_list_the_factors_that_remain_with_their_dates() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_ann(&[]).await;
        let (_, codes) = add_app(&app, &mut ann).await;
        app.advance(72 * HOUR);
        ann = app.script();
        ann.sign_in("ann", PASSWORD).await;
        ann.post("/login/mfa", &[("code", &codes[0])]).await;
        ann.add_passkey(&mut Authenticator::new(1)).await;
        let page = recover(&app, mode).await;
        let mails = app.mails_to(ANN).await;
        let (_, text) = mails.iter().find(|(subject, _)| subject.contains("password was reset")).expect("a notice");
        for place in [&page, text] {
            for words in [
                "authenticator app (added 23 November 2026)",
                "passkey \u{201c}Firefox on Linux\u{201d} (added 26 November 2026)",
                "recovery codes (added 23 November 2026)",
            ] {
                assert!(place.contains(words), "{words}: {place}");
            }
        }
        assert!(text.contains("the new password doesn't remove them"), "{text}");
    }
}

#[tokio::test]
async fn the_page_and_the_notice_say_that_a_new_factor_was_removed() {
    let (app, mut ann) = with_ann(&[]).await;
    add_app(&app, &mut ann).await;
    let page = recover(&app, Mode::Form).await;
    assert!(page.contains("was on for less than 3 days, so it was turned off"), "{page}");
    let mails = app.mails_to(ANN).await;
    let (_, text) = mails.iter().find(|(subject, _)| subject.contains("password was reset")).expect("a notice");
    assert!(text.contains("turned off. Removed: authenticator app") && !text.contains("remain"), "{text}");
    let details = app.texts("SELECT detail FROM security_event WHERE kind = 'factors_removed'").await;
    assert!(details.len() == 1 && details[0].ends_with("by the password reset"), "{details:?}");
}

#[tokio::test]
async fn without_a_factor_neither_speaks_of_one() {
    let (app, _) = with_ann(&[]).await;
    let page = recover(&app, Mode::Form).await;
    assert!(page.contains("Sign in with your new password.") && !page.contains("Two-step"), "{page}");
    let mails = app.mails_to(ANN).await;
    let (_, text) = mails.iter().find(|(subject, _)| subject.contains("password was reset")).expect("a notice");
    assert!(!text.contains("sign-in methods") && !text.contains("Two-step"), "{text}");
}

#[tokio::test]
async fn a_lockout_ends_with_the_factors_that_it_protected() {
    let (app, mut ann) = with_ann(&[]).await;
    add_app(&app, &mut ann).await;
    let mut stranger = app.script();
    stranger.sign_in("ann", PASSWORD).await;
    for n in 0..10 {
        assert_eq!(stranger.post("/login/mfa", &[("code", "000000")]).await.status, 422, "{n}");
    }
    assert_eq!(stranger.post("/login/mfa", &[("code", "000000")]).await.status, 429);
    recover(&app, Mode::Script).await;
    let mut owner = app.script();
    owner.sign_in("ann", NEW).await;
    let (_, codes) = add_app(&app, &mut owner).await;
    let mut elsewhere = app.script();
    elsewhere.sign_in("ann", NEW).await;
    let answer = elsewhere.post("/login/mfa", &[("code", &codes[0])]).await;
    assert_eq!(answer.location().as_deref(), Some("/dashboard"), "{answer:?}");
}
