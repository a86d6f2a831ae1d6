//! The life cycle of the program: start, refusal to start, stop, backup.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use super::harness::app::PASSWORD;
use super::harness::process::{Served, browser, mailed_code, register, run, solved_challenge};

#[tokio::test]
async fn with_no_configuration_a_new_user_reaches_the_dashboard() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[]).await;
    let browser = browser();
    let post = |path: &str, fields: &'static [(&'static str, &'static str)]| {
        browser.post(served.url(path)).header("accept", "text/html").form(fields).send()
    };
    assert_eq!(register(&browser, &served, "ann", "ann@x.example").await.headers()["location"], "/verify");
    let code = mailed_code(&browser, &served).await;
    let verified =
        browser.post(served.url("/verify")).header("accept", "text/html").form(&[("code", code)]).send().await;
    assert_eq!(verified.expect("an answer").headers()["location"], "/login");
    let fields = &[("identifier", "ann"), ("password", PASSWORD)];
    assert_eq!(post("/login", fields).await.expect("an answer").headers()["location"], "/dashboard");
    let page = browser.get(served.url("/dashboard")).send().await.expect("an answer");
    assert!(page.text().await.expect("text").contains("ann@x.example"));
    assert!(folder.path().join("data/portal.db").exists(), "the database was created at the first start");
}

#[tokio::test]
async fn files_that_the_program_writes_are_readable_only_by_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[]).await;
    let browser = browser();
    register(&browser, &served, "ann", "ann@x.example").await;
    mailed_code(&browser, &served).await;
    assert!(run(folder.path(), &["backup", "copy.db"], &[]).status.success());
    let mut seen = Vec::new();
    let mut folders = vec![folder.path().join("data")];
    seen.push(folder.path().join("copy.db"));
    while let Some(path) = folders.pop() {
        for entry in std::fs::read_dir(&path).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path.clone());
            }
            seen.push(path);
        }
        seen.push(path);
    }
    let names: Vec<_> = seen.iter().filter_map(|path| path.file_name()?.to_str()).collect();
    assert!(
        ["portal.db", "portal.db-wal", "secret.key", "copy.db"].iter().all(|name| names.contains(name)),
        "{names:?}"
    );
    assert!(names.iter().any(|name| name.ends_with(".eml")), "{names:?}");
    for path in seen {
        let mode = std::fs::metadata(&path).expect("the file's metadata").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is open to others: {mode:o}", path.display());
    }
}

#[tokio::test]
async fn the_program_uses_no_huge_pages_for_its_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[]).await;
    let read = |file| std::fs::read_to_string(format!("/proc/{}/{file}", served.child.id())).expect("a file in /proc");
    // Whatever the setting of the whole system is; proc_pid_status(5).
    assert!(read("status").lines().any(|line| line.starts_with("THP_enabled:") && line.ends_with('0')));
    let huge: Vec<_> =
        read("smaps").lines().filter(|line| line.starts_with("AnonHugePages:")).map(str::to_owned).collect();
    assert!(!huge.is_empty() && huge.iter().all(|line| line.ends_with(" 0 kB")), "{huge:?}");
}

#[tokio::test]
async fn sigterm_finishes_the_request_in_flight_and_exits_cleanly() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut served = Served::start(folder.path(), &[]).await;
    let url = served.url("/register");
    let captcha = solved_challenge(&browser(), &served, "/register").await;
    let in_flight = tokio::spawn(async move {
        let fields =
            [("username", "ann"), ("email", "ann@x.example"), ("password", PASSWORD), ("captcha", captcha.as_str())];
        browser().post(url).header("accept", "text/html").form(&fields).send().await
    });
    // A debug build hashes for a few tens of milliseconds, so the request is in flight.
    tokio::time::sleep(Duration::from_millis(10)).await;
    served.signal("-TERM");
    let answer = in_flight.await.expect("the task");
    // Either it was answered, or the server had stopped listening before it arrived.
    if let Ok(answer) = answer {
        assert_eq!(answer.headers()["location"], "/verify");
    }
    let status = tokio::task::spawn_blocking(move || served.child.wait()).await.expect("the task").expect("a status");
    assert!(status.success(), "{status}");
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    assert!(log.contains("stopped"), "{log}");
}

#[tokio::test]
async fn the_log_names_the_socket_and_the_public_url() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = [("PUBLIC_URL", "https://portal.example.com"), ("PORTAL_DEV_MAILBOX", "public")];
    let served = Served::start(folder.path(), &settings).await;
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    let address = served.origin.trim_start_matches("http://");
    assert!(log.contains(&format!("listening on {address}, for https://portal.example.com")), "{log}");
}

#[tokio::test]
async fn signals_that_other_programs_use_to_reload_do_not_end_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[]).await;
    let log = || std::fs::read_to_string(folder.path().join("log")).expect("the log");
    for name in ["HUP", "USR1", "USR2"] {
        served.signal(&format!("-{name}"));
        let line = format!("SIG{name} was ignored");
        for _ in 0..200 {
            if log().contains(&line) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(log().contains(&line), "{}", log());
        assert_eq!(browser().get(served.url("/livez")).send().await.expect("an answer").status(), 200, "{name}");
    }
}

#[tokio::test]
async fn a_second_signal_to_stop_does_not_wait_for_a_slow_client() {
    for second in ["-TERM", "-INT", "-QUIT"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut served = Served::start(folder.path(), &[]).await;
        // A client that sends half a body.
        let mut socket =
            tokio::net::TcpStream::connect(served.origin.trim_start_matches("http://")).await.expect("it listens");
        let head = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                    Content-Length: 10\r\n\r\nab";
        socket.write_all(head.as_bytes()).await.expect("it is read");
        // Another connection is answered, so this one was accepted before.
        browser().get(served.url("/livez")).send().await.expect("an answer");
        served.signal("-TERM");
        let log = || std::fs::read_to_string(folder.path().join("log")).expect("the log");
        for _ in 0..200 {
            if log().contains("stopping") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(served.child.try_wait().expect("a status").is_none(), "it waits for the rest of the body");
        served.signal(second);
        let ended = tokio::task::spawn_blocking(move || served.child.wait());
        let ended = tokio::time::timeout(Duration::from_secs(5), ended).await.expect("it ends at once");
        assert!(ended.expect("the task").expect("a status").success());
        assert!(log().contains("asked to stop a second time") && log().contains("stopped"), "{}", log());
    }
}

#[tokio::test]
async fn in_production_it_does_not_start_without_required_settings_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [&["serve"][..], &["check-config"], &[]] {
        let output = run(folder.path(), arguments, &[("LEPTOS_ENV", "PROD")]);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        for name in ["SMTP_URL", "SECRET_KEY", "PUBLIC_URL"] {
            assert!(said.lines().any(|line| line.starts_with(&format!("portal: {name}: "))), "{said}");
        }
    }
    assert!(!folder.path().join("data").exists(), "no file was created");
}

#[tokio::test]
async fn check_config_prints_the_effective_settings_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = [("SMTP_URL", "smtps://user:hunter2@smtp.example.com:465"), ("PORTAL_OTP_LIFETIME", "240")];
    let output = run(folder.path(), &["check-config"], &settings);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success()
            && said.contains("PORTAL_OTP_LIFETIME                          240")
            && said.contains("SMTP"),
        "{said}"
    );
    assert!(!said.contains("hunter2"));
}

#[tokio::test]
async fn a_port_in_use_is_reported_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("a socket address").to_string();
    let output = run(folder.path(), &["serve"], &[("LEPTOS_SITE_ADDR", &address)]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains(&format!("LEPTOS_SITE_ADDR: {address}")), "{said}");
}

#[tokio::test]
async fn a_backup_made_while_serving_is_a_database_that_serves() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::start(folder.path(), &[]).await;
    register(&browser(), &served, "ann", "ann@x.example").await;
    assert!(run(folder.path(), &["backup", "copy.db"], &[]).status.success());
    assert!(!run(folder.path(), &["backup", "copy.db"], &[]).status.success(), "a file is never overwritten");
    let restored = Served::start(folder.path(), &[("DATABASE_URL", "sqlite://copy.db")]).await;
    let ready = browser().get(restored.url("/readyz")).send().await.expect("an answer");
    assert_eq!(ready.status(), 200);
}

#[tokio::test]
async fn migrate_can_run_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    for _ in 0..2 {
        assert!(run(folder.path(), &["migrate"], &[]).status.success());
    }
}
