//! The operator's file of leaked passwords: building it, and what it changes for users.

use std::fs;
use std::path::{Path, PathBuf};

use portal::crypto::password_set;

use super::harness::app::PASSWORD;
use super::harness::process::{Served, browser, run};
use super::harness::{Client, Mode, TestApp};

/// A password that the policy accepts without a file.
const NEW: &str = "gravel lantern mosaic";
const LEAKED: &str = "This password is known from a data breach. Try three or four random words.";
const RESET: &str = "Your password is on a list of leaked or common passwords";

/// A file that contains these passwords, in a folder of its own.
fn file_with(passwords: &[&str]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let (list, out) = (folder.path().join("list"), folder.path().join("leaked"));
    fs::write(&list, passwords.join("\n")).expect("written");
    password_set::build(&[list], &out).expect("built");
    let out = out.to_str().expect("UTF-8").to_owned();
    (folder, out)
}

/// A portal whose user ann has a password that was leaked later.
async fn with_leaked(settings: &[(&str, &str)]) -> (TestApp, tempfile::TempDir) {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    app.advance(3_600);
    let (folder, file) = file_with(&[PASSWORD]);
    let settings: Vec<_> = settings.iter().copied().chain([("PORTAL_PASSWORD_FILE", file.as_str())]).collect();
    (app.restart(&settings).await, folder)
}

/// Resets the password with the mailed code.
async fn reset(app: &TestApp, client: &mut Client) {
    let to = client.post("/recover", &[("email", "ann@x.example")]).await.location();
    assert_eq!(to.as_deref(), Some("/recover/verify"));
    let code = app.code_for("ann@x.example").await;
    let refused = client.post("/recover/verify", &[("code", &code), ("password", PASSWORD)]).await;
    assert!(client.seen(refused).await.contains(LEAKED));
    let to = client.post("/recover/verify", &[("code", &code), ("password", NEW)]).await.location();
    assert_eq!(to.as_deref(), Some("/login"));
}

#[tokio::test]
async fn a_correct_password_that_was_leaked_leads_to_a_reset_and_signs_in_to_nothing() {
    for mode in Mode::BOTH {
        let (app, _folder) = with_leaked(&[]).await;
        let mut client = app.client(mode);
        let answer = client.sign_in("ann@x.example", PASSWORD).await;
        assert_eq!(answer.location().as_deref(), Some("/recover"));
        let page = client.seen(answer).await;
        assert!(page.contains(RESET) && page.contains("value=\"ann@x.example\""), "{page}");
        assert_ne!(client.get("/dashboard").await.status, 200);
        assert_eq!(app.count("SELECT COUNT(*) FROM session WHERE handle IS NOT NULL").await, 0);
        reset(&app, &mut client).await;
        assert_eq!(client.sign_in("ann", NEW).await.location().as_deref(), Some("/dashboard"));
        let log = client.get("/account/security/log").await.body;
        assert_eq!(log.matches("Sign-in refused: leaked password").count(), 1, "{log}");
        assert!(!log.contains("incorrect password"), "a correct password is no failure: {log}");
    }
}

#[tokio::test]
async fn a_leaked_password_shows_the_accounts_email_only_to_a_user_who_typed_it() {
    let (app, _folder) = with_leaked(&[]).await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let answer = client.sign_in("ann", PASSWORD).await;
        let page = client.seen(answer).await;
        assert!(page.contains(RESET) && !page.contains("ann@x.example"), "{page}");
        // A wrong password gets the usual answer, whether or not it was leaked as well.
        let answer = client.sign_in("ann", "grenouille").await;
        assert!(client.seen(answer).await.contains("Incorrect username, email or password."));
    }
}

#[tokio::test]
async fn two_step_sign_in_asks_for_the_second_factor_after_the_reset() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let ann = super::two_step::enrolled(&app, mode).await;
        // Recovery turns a newer second step off.
        app.advance(73 * 3_600);
        let (_folder, file) = file_with(&[PASSWORD]);
        let app = app.restart(&[("PORTAL_PASSWORD_FILE", &file)]).await;
        let mut client = app.client(mode);
        assert_eq!(client.sign_in("ann", PASSWORD).await.location().as_deref(), Some("/recover"));
        assert_ne!(client.get("/login/mfa").await.status, 200, "no second step is pending");
        reset(&app, &mut client).await;
        assert_eq!(client.sign_in("ann", NEW).await.location().as_deref(), Some("/login/mfa"));
        let code = ann.phone.code(app.clock.now());
        let to = client.post("/login/mfa", &[("code", &code)]).await.location();
        assert_eq!(to.as_deref(), Some("/dashboard"));
    }
}

#[tokio::test]
async fn a_leaked_password_is_refused_by_every_form_that_sets_one() {
    let (_folder, file) = file_with(&[NEW]);
    let app = TestApp::with(&[("PORTAL_PASSWORD_FILE", &file)]).await;
    app.account("ann", "ann@x.example").await;
    for mode in Mode::BOTH {
        let mut client = app.client(mode);
        let answer = client.register("bob", "bob@x.example", "Gravel Lantern MOSAIC").await;
        assert!(client.seen(answer).await.contains(LEAKED), "in any letter case");
        client.sign_in("ann", PASSWORD).await;
        let change = [("current_password", PASSWORD), ("password", NEW)];
        let answer = client.post("/account/password", &change).await;
        assert!(client.seen(answer).await.contains(LEAKED));
    }
    let answer = app.script().post("/password/strength", &[("password", NEW)]).await;
    assert!(answer.body.contains("known from a data breach") && answer.body.contains("Too weak"), "{}", answer.body);
}

#[tokio::test]
async fn a_file_that_becomes_unreadable_does_not_keep_users_from_signing_in() {
    let app = TestApp::new().await;
    app.account("ann", "ann@x.example").await;
    let (_folder, file) = file_with(&[NEW]);
    let app = app.restart(&[("PORTAL_PASSWORD_FILE", &file)]).await;
    fs::OpenOptions::new().write(true).open(&file).and_then(|file| file.set_len(24)).expect("truncated");
    assert_eq!(app.form().sign_in("ann", PASSWORD).await.location().as_deref(), Some("/dashboard"));
}

/// `portal passwords build`, with its exit code, output and errors.
fn build(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = run(folder, &[&["passwords", "build"], arguments].concat(), &[("PORTAL_NO_SUCH_NAME", "1")]);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_command_builds_a_file_from_plain_and_hashed_lists() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("plain"), "tumble rinse obelisk\nshort\n").expect("written");
    fs::write(folder.join("hashed"), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r\n").expect("written");
    let (code, said, problems) = build(folder, &["plain", "hashed", "out"]);
    assert_eq!(code, Some(0), "it needs no valid configuration: {problems}");
    assert_eq!(said, "out: 2 passwords\nSkipped 1 lines with fewer than 8 characters.\n");
    let checked = run(folder, &["check-config"], &[("PORTAL_PASSWORD_FILE", "out")]);
    let shown = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(shown.contains("out, 2 passwords"), "{shown}");
}

#[test]
fn the_command_says_what_is_wrong_and_leaves_an_existing_file_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("short"), "short\n").expect("written");
    fs::write(folder.join("out"), "before").expect("written");
    let (code, _, problems) = build(folder, &["short", "out"]);
    assert!(code == Some(1) && problems.contains("portal: no line is a password"), "{problems}");
    let (code, _, problems) = build(folder, &["missing", "out"]);
    assert!(code == Some(1) && problems.contains("portal: missing: No such file"), "{problems}");
    assert_eq!(fs::read(folder.join("out")).expect("read"), b"before");
    assert_eq!(build(folder, &["out"]).0, Some(2), "no file to write");
    let checked = run(folder, &["check-config"], &[("PORTAL_PASSWORD_FILE", "out")]);
    let problems = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(problems.contains("PORTAL_PASSWORD_FILE: out: is not a file that"), "{problems}");
}

#[test]
fn the_command_builds_the_bundled_file_from_its_own_entries() {
    // Lists with a digest for each entry of the bundled file lead to the same entries, sorted.
    let bundled = include_bytes!("../crypto/password_policy/bundled_passwords.bin");
    let number =
        |at: usize| usize::try_from(u64::from_be_bytes(bundled[at..at + 8].try_into().expect("8"))).expect("fits");
    let (count, bits) = (number(8), number(16));
    let suffixes = 24 + ((1 << bits) + 1) * 8;
    let mut lines = Vec::new();
    for prefix in 0..1 << bits {
        for entry in number(24 + prefix * 8)..number(32 + prefix * 8) {
            let [a, b, c] = bundled[suffixes + entry * 3..][..3] else { panic!("an entry") };
            lines.push(format!("{prefix:03X}{a:02X}{b:02X}{c:02X}{:031X}:1", 0));
        }
    }
    assert_eq!((lines.len(), bits), (count, 12));
    lines.reverse();
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("list"), lines.join("\n")).expect("written");
    assert_eq!(build(folder.path(), &["list", "out"]).0, Some(0));
    assert!(fs::read(folder.path().join("out")).expect("read") == bundled);
}

/// A file with the size of a billion passwords, which takes no space on the disk.
fn enormous_file(folder: &Path) -> PathBuf {
    let (count, bits) = (1_000_000_000_u64, 24_u64);
    let path = folder.join("enormous");
    fs::write(&path, [*b"pwdset1\n", count.to_be_bytes(), bits.to_be_bytes()].concat()).expect("written");
    let length = 24 + ((1 << bits) + 1) * 8 + count * 3;
    fs::OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(length)).expect("enlarged");
    path
}

/// The resident memory of a server in kB, after it has looked up a hundred passwords.
async fn resident_memory(settings: &[(&str, &str)]) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), settings).await;
    let browser = browser();
    for n in 0..100 {
        let fields = [("password", format!("tumble rinse obelisk {n}"))];
        let post = browser.post(served.url("/password/strength")).header("accept", "application/json").form(&fields);
        assert_eq!(post.send().await.expect("an answer").status(), 200);
    }
    let status = fs::read_to_string(format!("/proc/{}/status", served.child.id())).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[tokio::test]
async fn a_file_of_a_billion_passwords_takes_no_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = enormous_file(folder.path());
    let without = resident_memory(&[]).await;
    let with = resident_memory(&[("PORTAL_PASSWORD_FILE", file.to_str().expect("UTF-8"))]).await;
    assert!(with < without + 5_000, "{with} kB with the file, {without} kB without it");
}
