//! `portal admin`: what the command line does while a portal is serving.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use portal::services::sign_up_form::TypedSignUp;
use portal::services::{AdminCli, ServiceError};

use crate::harness::TestApp;
use crate::harness::app::PASSWORD;
use crate::harness::process::{Served, browser, mailed_code, portal, register, run};

/// The exit code, the standard output and the standard error.
fn read(output: Output) -> (Option<i32>, String, Vec<String>) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let problems =
        text(&output.stderr).lines().filter(|line| line.starts_with("portal: ")).map(str::to_owned).collect();
    (output.status.code(), text(&output.stdout), problems)
}

fn admin(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, Vec<String>) {
    read(run(folder, &[&["admin"], arguments].concat(), &[]))
}

fn create(folder: &Path, name: &str, email: &str, input: &str) -> (Option<i32>, String, Vec<String>) {
    let mut command = portal(folder, &[]);
    command.args(["admin", "create", name, email]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // The command may refuse before it has read its input.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    read(child.wait_with_output().expect("it finishes"))
}

/// As [`create`], typed at a terminal; returns everything that the terminal showed.
fn create_at_a_terminal(folder: &Path, name: &str, email: &str, typed: &[&str]) -> (Option<i32>, String) {
    let line = format!("'{}' admin create {name} {email}", env!("CARGO_BIN_EXE_portal"));
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--echo", "always", "--command", &line, "/dev/null"]).env_clear();
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("a terminal");
    let (mut keys, mut screen) = (child.stdin.take().expect("its keys"), child.stdout.take().expect("its screen"));
    let mut shown = Vec::new();
    for (question, line) in ["Password (not shown): ", "Repeat the password: "].into_iter().zip(typed) {
        // A user types after the prompt appears, by which time the terminal's echo is off.
        while !shown.ends_with(question.as_bytes()) {
            let mut byte = [0];
            screen.read_exact(&mut byte).expect("a prompt");
            shown.extend(byte);
        }
        while shows_what_is_typed(child.id()) {
            std::thread::yield_now();
        }
        keys.write_all(format!("{line}\n").as_bytes()).expect("the terminal accepts input");
    }
    screen.read_to_end(&mut shown).expect("the remaining output");
    (child.wait().expect("it finishes").code(), String::from_utf8(shown).expect("UTF-8"))
}

/// Returns whether the terminal in which this `script` runs its command echoes.
fn shows_what_is_typed(script: u32) -> bool {
    let children = std::fs::read_to_string(format!("/proc/{script}/task/{script}/children")).expect("its children");
    let command = children.split_whitespace().next().expect("its command");
    let terminal = std::fs::read_link(format!("/proc/{command}/fd/0")).expect("its terminal");
    let settings = Command::new("stty").arg("-F").arg(terminal).arg("-a").output().expect("stty runs");
    !String::from_utf8_lossy(&settings.stdout).split_whitespace().any(|word| word == "-echo")
}

async fn sign_in(browser: &reqwest::Client, served: &Served, name: &str, password: &str) -> Option<String> {
    let fields = [("identifier", name), ("password", password)];
    let answer = browser.post(served.url("/login")).header("accept", "text/html").form(&fields).send().await;
    let answer = answer.expect("an answer");
    answer.headers().get("location").map(|to| to.to_str().expect("a path").to_owned())
}

async fn status(browser: &reqwest::Client, served: &Served, path: &str) -> u16 {
    browser.get(served.url(path)).send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn promoting_and_demoting_apply_to_the_next_request_and_are_in_both_logs() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[]).await;
    let ann = browser();
    register(&ann, &served, "ann", "ann@x.example").await;
    let code = mailed_code(&ann, &served).await;
    ann.post(served.url("/verify")).header("accept", "text/html").form(&[("code", code)]).send().await.expect("sent");
    assert_eq!(sign_in(&ann, &served, "ann", PASSWORD).await.as_deref(), Some("/dashboard"));
    assert_eq!(status(&ann, &served, "/admin/audit").await, 404);

    let (code, said, problems) = admin(folder.path(), &["promote", "ANN"]);
    assert_eq!((code, said.as_str()), (Some(0), "ANN is now an administrator.\n"), "{problems:?}");
    let page = ann.get(served.url("/admin/audit")).send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    let page = page.text().await.expect("text");
    assert!(page.contains("Admin role given") && page.contains("CLI"), "{page}");
    let log = ann.get(served.url("/account/security/log")).send().await.expect("an answer").text().await.expect("text");
    assert!(log.contains("Admin role given") && log.contains("By the server administrator"), "{log}");

    let (code, said, _) = admin(folder.path(), &["promote", "ann"]);
    assert_eq!((code, said.as_str()), (Some(0), "ann is already an administrator.\n"));
    let (code, said, problems) = admin(folder.path(), &["demote", "ann"]);
    assert_eq!((code, said.as_str()), (Some(1), ""));
    assert_eq!(problems, ["portal: ann: This is the last active administrator. Add another one first."]);
    assert_eq!(status(&ann, &served, "/admin/audit").await, 200);

    let (code, _, problems) = create(folder.path(), "bob", "bob@x.example", "gravel lantern octave\n");
    assert_eq!(code, Some(0), "{problems:?}");
    let (code, said, _) = admin(folder.path(), &["demote", "ann"]);
    assert_eq!((code, said.as_str()), (Some(0), "ann is no longer an administrator.\n"));
    assert_eq!(status(&ann, &served, "/admin/audit").await, 404);
    assert_eq!(status(&ann, &served, "/dashboard").await, 200, "the session continues");
    let (code, said, _) = admin(folder.path(), &["demote", "ann"]);
    assert_eq!((code, said.as_str()), (Some(0), "ann is not an administrator.\n"));

    let (_, said, _) = admin(folder.path(), &["list"]);
    let rows: Vec<_> = said.lines().collect();
    assert!(rows.len() == 2 && rows[1].starts_with("bob ") && rows[1].contains("never") && rows[1].ends_with("active"));
    let (code, said, problems) = read(run(folder.path(), &["audit", "verify"], &[]));
    assert_eq!(code, Some(0), "{problems:?}");
    assert!(said.starts_with("3 rows,"), "a command without effect logs nothing: {said}");
}

#[tokio::test]
async fn the_first_administrator_can_be_created_before_the_portal_has_ever_served() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(admin(folder.path(), &["list"]).1.contains("There are no administrators"));
    let (code, said, problems) = create(folder.path(), "ann", "ann@x.example", "gravel lantern octave\r\nmore");
    assert_eq!((code, said.as_str()), (Some(0), "Account ann created. It has the admin role.\n"), "{problems:?}");
    let served = Served::start(folder.path(), &[]).await;
    let ann = browser();
    assert_eq!(sign_in(&ann, &served, "ann", "gravel lantern octave").await.as_deref(), Some("/dashboard"));
    assert_eq!(status(&ann, &served, "/admin/audit").await, 200);
    let list = admin(folder.path(), &["list"]).1;
    assert!(list.contains("ann ") && !list.contains("never") && !list.contains("before the audit log"), "{list}");
}

#[test]
fn at_a_terminal_the_password_is_asked_for_twice_and_never_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let (right, wrong) = ("gravel lantern octave", "gravel lantern octavo");
    let (code, shown) = create_at_a_terminal(folder.path(), "ann", "ann@x.example", &[right, wrong]);
    assert!(code == Some(1) && shown.contains("portal: password: the passwords don't match"), "{code:?} {shown}");
    let (code, shown) = create_at_a_terminal(folder.path(), "ann", "ann@x.example", &[right, right]);
    assert!(code == Some(0) && shown.contains("Account ann created."), "{code:?} {shown}");
    assert!(shown.contains("Repeat the password") && !shown.contains("gravel"), "{shown}");
}

#[tokio::test]
async fn every_error_is_one_plain_line_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert_eq!(create(folder, "ann", "ann@x.example", "gravel lantern octave\n").0, Some(0));
    for name in ["nobody", "no body", "\u{202e}", ""] {
        for command in ["promote", "demote"] {
            let (code, said, problems) = admin(folder, &[command, name]);
            assert_eq!((code, said.as_str()), (Some(1), ""));
            assert_eq!(problems, [format!("portal: {name}: no such user")]);
        }
    }
    for (name, email, input, fields) in [
        ("ANN", "b@x.example", "gravel lantern octave\n", &["username"][..]),
        ("bob", "Ann@X.example", "gravel lantern octave\n", &["email"]),
        ("ann", "ann@x.example", "gravel lantern octave\n", &["username", "email"]),
        ("bob", "b@x.example", "password1\n", &["password"]),
        ("bob", "b@x.example", "bob bob bob\n", &["password"]),
        ("bob", "b@x.example", "\n", &["password"]),
        ("bob", "b@x.example", "", &["password"]),
        ("b", "b@", "short\n", &["username", "email", "password"]),
    ] {
        let (code, _, problems) = create(folder, name, email, input);
        assert_eq!(code, Some(1), "{name} {email}");
        let named: Vec<_> = problems.iter().filter_map(|line| line.split(": ").nth(1)).collect();
        assert_eq!(named, fields, "{problems:?}");
    }
    assert_eq!(admin(folder, &["list"]).1.lines().count(), 2);
    assert!(read(run(folder, &["audit", "verify"], &[])).1.starts_with("1 row,"));
}

/// As `portal admin`, within the test's own process.
fn operators(app: &TestApp) -> AdminCli<'_> {
    app.state.admin_cli()
}

#[tokio::test]
async fn an_account_that_cannot_sign_in_cannot_be_promoted() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    for closed in ["disabled_at = 1", "delete_after = 9999999999999"] {
        app.execute(&format!("UPDATE account SET {closed}")).await;
        assert!(operators(&app).promote("ann").await.is_err());
        app.execute("UPDATE account SET disabled_at = NULL, delete_after = NULL").await;
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE role = 'administrator'").await, 0);
}

#[tokio::test]
async fn the_user_gets_an_email_about_a_changed_role_and_none_if_nothing_changed() {
    let app = TestApp::new().await;
    for name in ["ann", "bob"] {
        app.account(name, &format!("{name}@x.example")).await;
        operators(&app).promote(name).await.expect("promoted");
    }
    operators(&app).promote("ann").await.expect("unchanged");
    let subjects = async || {
        let mails = app.mails_to("ann@x.example").await;
        mails.into_iter().map(|(subject, _)| subject).filter(|subject| subject.contains("administrator")).collect()
    };
    let (promoted, demoted) = ("You're now an administrator of Portal", "You're no longer an administrator of Portal");
    let seen: Vec<String> = subjects().await;
    assert_eq!(seen, [promoted]);
    operators(&app).demote("ann").await.expect("demoted");
    operators(&app).demote("ann").await.expect("unchanged");
    let seen: Vec<String> = subjects().await;
    assert_eq!(seen, [promoted, demoted]);
}

#[tokio::test]
async fn an_administrator_who_cannot_sign_in_does_not_count_but_can_be_demoted() {
    let app = TestApp::new().await;
    for name in ["ann", "bob"] {
        app.account(name, &format!("{name}@x.example")).await;
        operators(&app).promote(name).await.expect("promoted");
    }
    app.execute("UPDATE account SET disabled_at = 1 WHERE username = 'bob'").await;
    assert!(operators(&app).demote("ann").await.is_err(), "bob cannot sign in");
    operators(&app).demote("bob").await.expect("demoted");
    let demoted = "SELECT COUNT(*) FROM audit JOIN account ON account.id = target_id
        WHERE action = 'made_user' AND actor_kind = 'command_line' AND actor_id IS NULL AND username = 'bob'";
    assert_eq!(app.count(demoted).await, 1);
}

#[tokio::test]
async fn an_email_that_its_owner_may_still_recover_is_taken() {
    let app = TestApp::new().await;
    app.account("ann", "new@x.example").await;
    app.execute(
        "INSERT INTO email_change SELECT randomblob(16), id, email, 'old@x.example', 'old@x.example', created_at, created_at, NULL, NULL FROM account",
    )
    .await;
    let refused = operators(&app)
        .create(TypedSignUp { username: "bob", email: "Old@x.example", password: "gravel lantern octave" })
        .await;
    let Err(ServiceError::Fields(errors)) = refused else { panic!("{refused:?}") };
    assert!(errors.of("email").is_some_and(|message| message.contains("has an account")), "{errors:?}");
    assert_eq!(app.count("SELECT COUNT(*) FROM account").await, 1);
}

#[tokio::test]
async fn two_administrators_who_demote_each_other_at_once_leave_one() {
    let app = TestApp::new().await;
    for name in ["ann", "bob"] {
        app.account(name, &format!("{name}@x.example")).await;
        operators(&app).promote(name).await.expect("promoted");
    }
    let (first, second) = (operators(&app), operators(&app));
    let (ann, bob) = tokio::join!(first.demote("ann"), second.demote("bob"));
    assert!(ann.is_ok() != bob.is_ok());
    assert_eq!(app.count("SELECT COUNT(*) FROM account WHERE role = 'administrator'").await, 1);
}
