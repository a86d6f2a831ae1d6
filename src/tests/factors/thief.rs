//! A thief who has the password of an account without a second factor adds something of their own. Afterwards the owner
//! uses each remedy that the portal offers.

use super::{
    ANN, CODES, Client, Mode, NEW, PASSWORD, Phone, TestApp, add_app, codes_in, leads_to, link_about, links_about,
    new_codes, press, recover, rows, scan, signed_in, with_ann,
};
use crate::admin::{administrator, id_of};
use crate::harness::Authenticator;
use crate::harness::passkeys::SIGN_IN;

const TABLES: [&str; 6] = ["passkey", "totp", "totp_replaced", "totp_waiting", "recovery_code", "trusted_browser"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Added {
    Passkey,
    App,
    RecoveryCodes,
    TrustedBrowser,
    PendingApp,
}

const ADDED: [Added; 5] = [Added::Passkey, Added::App, Added::RecoveryCodes, Added::TrustedBrowser, Added::PendingApp];

/// What the thief has in hand.
#[derive(Default)]
struct Loot {
    passkey: Option<Authenticator>,
    phone: Option<Phone>,
    codes: Vec<String>,
    browser: Option<Client>,
}

/// The thief signs in with Ann's password, from a browser that is new to the account, and adds something.
async fn steal(app: &TestApp, added: Added) -> (Client, Loot) {
    let mut thief = signed_in(app).await;
    let mut loot = Loot::default();
    match added {
        Added::Passkey => {
            let mut passkey = Authenticator::new(1);
            assert!(thief.add_passkey(&mut passkey).await.location().is_some());
            loot.passkey = Some(passkey);
        }
        Added::App | Added::RecoveryCodes | Added::TrustedBrowser => {
            let (phone, codes) = add_app(app, &mut thief).await;
            (loot.phone, loot.codes) = (Some(phone), codes);
        }
        Added::PendingApp => loot.phone = Some(scan(&mut thief).await),
    }
    if added == Added::RecoveryCodes {
        loot.codes = new_codes(&mut thief).await;
    }
    if added == Added::TrustedBrowser {
        app.advance(60);
        let mut browser = app.script();
        browser.sign_in("ann", PASSWORD).await;
        let answer = browser.post("/login/mfa", &[("code", &loot.codes[0]), ("trust", "on")]).await;
        assert_eq!(answer.location().as_deref(), Some("/dashboard"));
        loot.browser = Some(browser);
    }
    (thief, loot)
}

/// Asserts that nothing which the thief holds signs in, also for someone who knows this password.
async fn nothing_works(app: &TestApp, thief: &Client, loot: &Loot, password: &str, what: &str) {
    assert_ne!(thief.clone().get("/dashboard").await.status, 200, "{what}: the thief's session");
    if let Some(passkey) = &loot.passkey {
        let answer = app.script().use_passkey(SIGN_IN, &mut passkey.clone()).await;
        assert_eq!(answer.location(), None, "{what}: the passkey");
    }
    for table in TABLES {
        assert_eq!(rows(app, table).await, 0, "{what}: {table}");
    }
    if let Some(browser) = &loot.browser {
        assert_ne!(browser.clone().get("/dashboard").await.status, 200, "{what}: the trusted browser's session");
    }
    // No second step is left to which a code of the thief's could be given.
    for code in loot.codes.iter().take(1) {
        let mut client = app.script();
        client.sign_in("ann", password).await;
        let answer = client.post("/login/mfa", &[("code", code)]).await;
        assert!(!client.seen(answer).await.contains("You used a recovery code"), "{what}: a code");
    }
}

/// The owner sets a new password, and is the only one who can sign in then.
async fn owner_gets_in(app: &TestApp, mode: Mode, thief: &Client, loot: &Loot, what: &str) {
    recover(app, mode).await;
    assert_eq!(leads_to(app, NEW).await.as_deref(), Some("/dashboard"), "{what}: the owner");
    assert_ne!(leads_to(app, PASSWORD).await.as_deref(), Some("/dashboard"), "{what}: the old password");
    nothing_works(app, thief, loot, NEW, what).await;
    if let Some(phone) = &loot.phone {
        // A set-up of the thief's is not waiting for the owner, who follows the advice and adds an app.
        let mut owner = app.script();
        owner.sign_in("ann", NEW).await;
        assert!(!owner.get("/account/security").await.body.contains("class=\"secret\""), "{what}: a set-up waits");
        assert_ne!(scan(&mut owner).await.secret, phone.secret, "{what}");
    }
}

#[tokio::test]
async fn ending_the_thiefs_session_by_the_link_removes_what_it_added() {
    for added in ADDED {
        for mode in Mode::BOTH {
            let what = format!("{added:?} {mode:?}");
            let (app, _) = with_ann(&[]).await;
            let (thief, loot) = steal(&app, added).await;
            let (mut owner, answer) = press(&app, mode, &link_about(&app, "New sign-in").await).await;
            assert_eq!(answer.location().as_deref(), Some("/recover"), "{what}");
            let seen = owner.seen(answer).await;
            let removed = added != Added::PendingApp;
            assert_eq!(seen.contains("The sign-in methods that the device added have been removed"), removed, "{seen}");
            nothing_works(&app, &thief, &loot, PASSWORD, &what).await;
            owner_gets_in(&app, mode, &thief, &loot, &what).await;
        }
    }
}

#[tokio::test]
async fn the_link_in_the_notice_removes_the_factor_and_what_was_added_after_it() {
    for added in ADDED {
        let subject = match added {
            Added::Passkey => "A passkey was added",
            Added::App | Added::RecoveryCodes | Added::TrustedBrowser => "An authenticator app was added",
            // Nothing has been added yet, so there is no notice.
            Added::PendingApp => continue,
        };
        for mode in Mode::BOTH {
            let what = format!("{added:?} {mode:?}");
            let (app, mut ann) = with_ann(&[]).await;
            let (thief, loot) = steal(&app, added).await;
            let (mut owner, answer) = press(&app, mode, &link_about(&app, subject).await).await;
            assert_eq!(answer.location().as_deref(), Some("/recover"), "{what}");
            assert!(owner.seen(answer).await.contains("It has been removed"), "{what}");
            assert_ne!(ann.get("/dashboard").await.status, 200, "{what}: all sessions end");
            nothing_works(&app, &thief, &loot, PASSWORD, &what).await;
            owner_gets_in(&app, mode, &thief, &loot, &what).await;
        }
    }
}

#[tokio::test]
async fn a_recovery_alone_removes_a_thiefs_first_factor() {
    for added in ADDED {
        for mode in Mode::BOTH {
            let what = format!("{added:?} {mode:?}");
            let (app, _) = with_ann(&[]).await;
            let (thief, loot) = steal(&app, added).await;
            app.advance(71 * super::HOUR);
            owner_gets_in(&app, mode, &thief, &loot, &what).await;
        }
    }
}

#[tokio::test]
async fn an_account_that_an_administrator_disables_is_of_no_use_to_the_thief() {
    for added in ADDED {
        let what = format!("{added:?}");
        let (app, _) = with_ann(&[]).await;
        let (thief, loot) = steal(&app, added).await;
        let mut eve = administrator(&app, Mode::Script, "eve").await;
        let id = id_of(&app, "ann").await;
        let mut change = async |action: &str| {
            let fields = [("id", id.as_str()), ("user_action", action), ("reason", "Because.")];
            assert!(eve.post("/admin/users/change", &fields).await.location().is_some(), "{what}: {action}");
        };
        change("disable").await;
        assert_ne!(thief.clone().get("/dashboard").await.status, 200, "{what}");
        if let Some(passkey) = &loot.passkey {
            assert_eq!(app.script().use_passkey(SIGN_IN, &mut passkey.clone()).await.location(), None, "{what}");
        }
        for password in [PASSWORD, NEW] {
            assert_eq!(leads_to(&app, password).await, None, "{what}");
        }
        for table in ["totp_waiting", "trusted_browser"] {
            assert_eq!(rows(&app, table).await, 0, "{what}: {table}");
        }
        change("enable").await;
        owner_gets_in(&app, Mode::Script, &thief, &loot, &what).await;
    }
}

#[tokio::test]
async fn undoing_a_change_of_the_email_removes_what_its_session_added() {
    for added in ADDED {
        let what = format!("{added:?}");
        let (app, _) = with_ann(&[]).await;
        let (mut thief, loot) = steal(&app, added).await;
        thief.post("/account/email", &[("email", "thief@z.example")]).await;
        let code = app.code_for("thief@z.example").await;
        let answer = thief.post("/account/email/verify", &[("code", &code)]).await;
        assert_eq!(answer.location().as_deref(), Some("/account"), "{what}");
        let link = link_about(&app, "email address was changed").await;
        press(&app, Mode::Script, &link).await;
        assert_eq!(app.texts("SELECT email FROM account").await, [ANN], "{what}");
        nothing_works(&app, &thief, &loot, PASSWORD, &what).await;
        owner_gets_in(&app, Mode::Script, &thief, &loot, &what).await;
    }
}

#[tokio::test]
async fn a_session_that_began_with_the_thiefs_passkey_is_a_descendant() {
    let (app, _) = with_ann(&[]).await;
    let (_, mut loot) = steal(&app, Added::Passkey).await;
    let passkey = loot.passkey.as_mut().expect("a passkey");
    app.advance(super::HOUR);
    let mut later = app.script();
    assert!(later.use_passkey(SIGN_IN, passkey).await.location().is_some());
    let mut second = Authenticator::new(2);
    assert!(later.add_passkey(&mut second).await.location().is_some());
    app.advance(super::HOUR);
    let mut last = app.script();
    assert!(last.use_passkey(SIGN_IN, &mut second).await.location().is_some());
    new_codes(&mut last).await;
    press(&app, Mode::Form, &link_about(&app, "New sign-in").await).await;
    for table in TABLES {
        assert_eq!(rows(&app, table).await, 0, "{table}");
    }
    for client in [&mut later, &mut last] {
        assert_ne!(client.get("/dashboard").await.status, 200);
    }
}

#[tokio::test]
async fn a_link_removes_nothing_that_another_session_added_or_that_came_before() {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    let mut own = Authenticator::new(1);
    ann.add_passkey(&mut own).await;
    app.advance(60);
    // Someone else signs in with a recovery code, and adds two passkeys.
    let mut other = app.script();
    other.sign_in("ann", PASSWORD).await;
    other.post("/login/mfa", &[("code", &codes[0])]).await;
    let mut earlier = Authenticator::new(2);
    assert!(other.add_passkey(&mut earlier).await.location().is_some());
    app.advance(60);
    assert!(other.add_passkey(&mut Authenticator::new(3)).await.location().is_some());
    let notices = links_about(&app, "A passkey was added").await;
    press(&app, Mode::Script, &notices[2]).await;
    assert_eq!((rows(&app, "passkey").await, rows(&app, "totp").await), (2, 1));
    for passkey in [&mut own, &mut earlier] {
        assert!(app.script().use_passkey(SIGN_IN, passkey).await.location().is_some());
    }
    assert_eq!(rows(&app, "recovery_code").await, 11, "the used one and the one that replaced it stay");
    let mails = app.mails_to(ANN).await;
    let (_, text) = mails.iter().rev().find(|(subject, _)| subject.contains("were removed")).expect("a notice");
    assert!(text.contains("Removed: passkey") && text.contains("These sign-in methods remain"), "{text}");
    assert!(text.contains("authenticator app (added 23 November 2026)"), "{text}");
}

#[tokio::test]
async fn a_browser_that_the_thief_trusts_is_removed_and_all_access_with_it() {
    let (app, mut ann) = with_ann(&[]).await;
    let (_, codes) = add_app(&app, &mut ann).await;
    app.advance(80 * super::HOUR);
    let trusting = async |code: &str| {
        let mut browser = app.script();
        browser.sign_in("ann", PASSWORD).await;
        let answer = browser.post("/login/mfa", &[("code", code), ("trust", "on")]).await;
        assert_eq!(answer.location().as_deref(), Some("/dashboard"));
        browser
    };
    let mut own = trusting(&codes[0]).await;
    app.advance(60);
    let mut thief = trusting(&codes[1]).await;
    press(&app, Mode::Form, &links_about(&app, "New sign-in").await[1]).await;
    assert_eq!((rows(&app, "trusted_browser").await, rows(&app, "totp").await), (0, 1), "all access was revoked");
    for browser in [&mut own, &mut thief] {
        assert_ne!(browser.get("/dashboard").await.status, 200);
    }
    let removed = app.texts("SELECT detail FROM security_event WHERE kind = 'factors_removed'").await;
    assert!(removed.len() == 1 && removed[0].contains("trusted browser Firefox on Linux (added"), "{removed:?}");
}

#[tokio::test]
async fn the_code_that_replaced_a_stolen_one_goes_with_the_thiefs_session() {
    for mode in Mode::BOTH {
        let (app, mut ann) = with_ann(&[]).await;
        let (_, codes) = add_app(&app, &mut ann).await;
        app.advance(60);
        let mut thief = app.client(mode);
        thief.sign_in("ann", PASSWORD).await;
        thief.post("/login/mfa", &[("code", &codes[0])]).await;
        let replacement = codes_in(&thief.get(CODES).await.body);
        assert_eq!(replacement.len(), 1);
        press(&app, mode, &link_about(&app, "New sign-in").await).await;
        for (code, works) in [(&replacement[0], false), (&codes[1], true)] {
            let mut client = app.client(mode);
            client.sign_in("ann", PASSWORD).await;
            let to = client.post("/login/mfa", &[("code", code)]).await.location();
            assert_eq!(to.as_deref() == Some("/dashboard"), works, "{mode:?} {code}");
        }
    }
}

#[tokio::test]
async fn the_link_works_once_and_for_72_hours() {
    for (hours, works) in [(72 * super::HOUR - 1, true), (72 * super::HOUR, false)] {
        let (app, mut ann) = with_ann(&[]).await;
        add_app(&app, &mut ann).await;
        let token = link_about(&app, "An authenticator app was added").await;
        app.advance(hours);
        let answer = app.script().post("/from-mail", &[("token", &token)]).await;
        let to = if works { "/recover" } else { "/from-mail" };
        assert_eq!(answer.location().as_deref(), Some(to));
        assert_eq!(rows(&app, "totp").await, i64::from(!works));
        let answer = app.script().post("/from-mail", &[("token", &token)]).await;
        assert_eq!(answer.location().as_deref(), Some("/from-mail"));
    }
}

#[tokio::test]
async fn every_notice_about_a_new_factor_has_a_link_and_promises_nothing_of_the_password() {
    let (app, mut ann) = with_ann(&[]).await;
    add_app(&app, &mut ann).await;
    add_app(&app, &mut ann).await;
    ann.add_passkey(&mut Authenticator::new(1)).await;
    ann.post(CODES, &[]).await;
    let subjects = ["app was added", "app was replaced", "A passkey was added", "New recovery codes"];
    let mails = app.mails_to(ANN).await;
    for subject in subjects {
        let (_, text) = mails.iter().find(|(it, _)| it.contains(subject)).unwrap_or_else(|| panic!("{subject}"));
        assert!(text.contains("/from-mail?token="), "{text}");
        assert!(text.contains("use the link above, then reset your password"), "{text}");
    }
    // Where no link removes what someone else may have added, the email says that a new password does not.
    ann.post("/account/security/totp/off", &[]).await;
    let mails = app.mails_to(ANN).await;
    let (_, text) = mails.iter().find(|(subject, _)| subject.contains("app was removed")).expect("a notice");
    assert!(text.contains("It doesn't remove passkeys or authenticator apps"), "{text}");
}
