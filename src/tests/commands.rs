//! What the commands tell an operator: the settings in effect, what is missing, and why something does not work.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::harness::postgres::Postgres;
use super::harness::process::{Served, browser, portal, portal_in, run};

fn output(mut command: Command) -> (bool, String, String) {
    let output = command.output().expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

/// A command that runs without the rights of root, who may write everywhere.
fn unprivileged(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let prefix = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"].map(str::to_owned);
    let is_root = rustix::process::geteuid().is_root();
    portal_in(if is_root { &prefix } else { &[] }, folder, settings)
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("the mode is set");
}

#[tokio::test]
async fn health_succeeds_only_while_the_portal_is_ready() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut served = Served::start(folder.path(), &[]).await;
    let address = served.origin.trim_start_matches("http://").to_owned();
    let port = address.rsplit(':').next().expect("a port");
    // Another setting may be wrong, or a secret unreadable: the check has to work all the same.
    let health = |arguments: &[&str], address: &str| {
        let settings = [("LEPTOS_SITE_ADDR", address), ("SECRET_KEY_FILE", "/nowhere/key"), ("LEPTOS_ENV", "PROD")];
        let mut command = portal(folder.path(), &settings);
        command.arg("health").args(arguments);
        output(command)
    };
    for reached in [&address, &format!("localhost:{port}"), &format!("0.0.0.0:{port}"), &format!(":{port}")] {
        assert_eq!(health(&[], reached), (true, "ready\n".to_owned(), String::new()), "{reached}");
        assert_eq!(health(&["--live"], reached), (true, "ok\n".to_owned(), String::new()), "{reached}");
    }
    served.signal("-TERM");
    served.child.wait().expect("it ends");
    for arguments in [&[][..], &["--live"]] {
        let (well, _, said) = health(arguments, &address);
        assert!(!well && said.starts_with(&format!("portal: http://{address}/")) && said.contains("refused"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    let (well, _, said) = health(&[], "nonsense");
    assert!(!well && said.starts_with("portal: LEPTOS_SITE_ADDR: "), "{said}");
}

#[test]
fn health_fails_with_the_answer_of_a_portal_that_is_not_ready() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut request = [0; 1_024];
        let read = stream.read(&mut request).expect("a request");
        let answer = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 31\r\n\r\nthe database cannot be written\n";
        stream.write_all(answer.as_bytes()).expect("an answer");
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let folder = tempfile::tempdir().expect("a folder");
    let said = run(folder.path(), &["health"], &[("LEPTOS_SITE_ADDR", &address)]);
    assert!(!said.status.success());
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said, format!("portal: http://{address}/readyz: 503: the database cannot be written\n"));
    assert!(server.join().expect("the server").starts_with("GET /readyz HTTP/1.1\r\n"));
}

#[test]
fn no_command_panics_when_nothing_reads_its_output() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [&["check-config"][..], &["check-config", "--markdown"], &["keys", "status"], &["admin", "list"]] {
        let mut command = portal(folder.path(), &[("PORTAL_LOG", "error")]);
        let mut child =
            command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.is_empty(), "{arguments:?}: {}: {said}", output.status);
    }
    // Neither is there a reader for the reason of a failure.
    let mut command = portal(folder.path(), &[("PORTAL_OTP_TRIES", "0")]);
    let mut child = command.arg("check-config").stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}

#[tokio::test]
async fn the_portal_serves_when_nothing_reads_its_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let served = Served::run_unread(folder.path()).await;
    for _ in 0..3 {
        assert_eq!(browser().get(served.url("/login")).send().await.expect("an answer").status(), 200);
    }
}

#[test]
fn check_config_shows_the_mail_server_and_the_database_server() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, value, shown) in [
        ("SMTP_URL", "smtps://me:hunter2@mail.example.com", "SMTP, mail.example.com:465, TLS, with a password"),
        (
            "SMTP_URL",
            "smtp://me:hunter2@mail.example.com:2587",
            "SMTP, mail.example.com:2587, STARTTLS, with a password",
        ),
        ("SMTP_URL", "smtp://localhost?tls=none", "SMTP, localhost:25, not encrypted, without a password"),
        ("DATABASE_URL", "postgres://me:hunter2@db.example.com/portal", "PostgreSQL, db.example.com:5432"),
        ("LEPTOS_SITE_ROOT", "site", "Site folder           site"),
    ] {
        let said = run(folder.path(), &["check-config"], &[(name, value)]);
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.contains(shown) && !said.contains("hunter2"), "{value}: {said}");
    }
}

#[tokio::test]
async fn missing_site_files_are_named_by_check_config_and_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("nowhere/pkg/portal.");
    let expected = format!("LEPTOS_SITE_ROOT: {}", missing.display());
    let settings = [("LEPTOS_SITE_ROOT", "nowhere")];
    let said = run(folder.path(), &["check-config"], &settings);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = said.lines().find(|line| line.contains(&expected)).unwrap_or_else(|| panic!("{said}"));
    assert!(line.starts_with("Warning: ") && line.contains("does not exist") && line.contains("hash.txt"), "{line}");
    let served = Served::start(folder.path(), &settings).await;
    drop(served);
    let log = std::fs::read_to_string(folder.path().join("log")).expect("the log");
    let lines: Vec<_> = log.lines().filter(|line| line.contains(&expected)).collect();
    assert!(lines.len() == 1 && lines[0].contains("ERROR"), "{log}");
}

#[test]
fn a_database_that_cannot_be_written_is_reported_with_path_owner_and_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path();
    set_mode(place, 0o755);
    let closed = place.join("closed");
    std::fs::create_dir(&closed).expect("a folder");
    let file = place.join("file.db");
    std::fs::write(&file, "").expect("a file");
    let open = place.join("open");
    std::fs::create_dir_all(open.join("portal.db-wal")).expect("a folder");
    set_mode(&file, 0o400);
    set_mode(&closed, 0o555);
    set_mode(&open, 0o777);
    let is_root = rustix::process::geteuid().is_root();
    let (owner, user) = if is_root {
        ("root".to_owned(), "uid 65534".to_owned())
    } else {
        let user = format!("uid {}", rustix::process::geteuid().as_raw());
        (user.clone(), user)
    };
    let denied = |path: &Path, mode: &str| {
        format!(
            "portal: DATABASE_URL: {}: Permission denied (os error 13): it belongs to {owner} with mode {mode}, and \
             this process runs as {user}\n",
            path.display()
        )
    };
    for (database, expected) in [
        (closed.join("portal.db"), denied(&closed, "555")),
        (closed.join("deeper/portal.db"), denied(&closed, "555")),
        (file.clone(), denied(&file, "400")),
        (place.to_owned(), format!("portal: DATABASE_URL: {}: is a folder, but must be a file\n", place.display())),
        (
            open.join("portal.db"),
            format!(
                "portal: DATABASE_URL: {}: is a folder, but must be a file\n",
                open.join("portal.db-wal").display()
            ),
        ),
    ] {
        let url = format!("sqlite://{}", database.display());
        // The key would be generated in the folder.
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let settings = [
            ("DATABASE_URL", url.as_str()),
            ("SECRET_KEY", key),
            ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
            ("PORTAL_LOG", "off"),
        ];
        for arguments in [&["check-config"][..], &["serve"], &["migrate"], &["admin", "list"], &["keys", "status"]] {
            let mut command = unprivileged(place, &settings);
            command.args(arguments);
            let (well, _, said) = output(command);
            assert!(!well && said == expected, "{arguments:?} {url}: {said}");
        }
    }
    let mut backup = unprivileged(place, &[("SECRET_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]);
    backup.args(["backup", "closed/copy.db"]);
    let (well, _, said) = output(backup);
    assert!(!well && said.starts_with("portal: closed: Permission denied") && said.contains(&user), "{said}");
    let secret = place.join("key");
    std::fs::write(&secret, "").expect("a file");
    set_mode(&secret, if is_root { 0o600 } else { 0 });
    let mut command = unprivileged(place, &[("SECRET_KEY_FILE", "key")]);
    command.arg("check-config");
    let (well, _, said) = output(command);
    assert!(!well && said.starts_with("portal: SECRET_KEY_FILE: key: Permission denied"), "{said}");
    assert!(said.contains(&format!("belongs to {owner}")) && said.contains(&format!("runs as {user}")), "{said}");
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("notes.txt"), "not a database, but long enough to be read as one".repeat(20))
        .expect("a file");
    let said = run(folder.path(), &["migrate"], &[("DATABASE_URL", "sqlite://notes.txt")]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.starts_with("portal: DATABASE_URL: notes.txt: ") && said.contains("not a database"), "{said}");
}

#[test]
fn a_postgresql_server_that_cannot_be_reached_is_named_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    // Bound, but not listening.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let url = format!("postgres://portal:hunter2@{free}/portal");
    let said = run(folder.path(), &["keys", "status"], &[("DATABASE_URL", &url)]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains(&format!("database: {free}: Connection refused")) && !said.contains("hunter2"), "{said}");
}

#[test]
fn a_postgresql_database_that_does_not_exist_is_reported_as_the_server_does() {
    let Some(server) = Postgres::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let said = run(folder.path(), &["keys", "status"], &[("DATABASE_URL", &server.url("missing"))]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let expected = format!("portal: database: 127.0.0.1:{}: database \"missing\" does not exist\n", server.port);
    assert_eq!(said, expected);
}

#[test]
fn a_pgbouncer_that_refuses_the_connection_is_recognized() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            // The start message.
            let _ = stream.read(&mut [0; 1_024]);
            let text = b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: extra_float_digits\0\0";
            let length = u32::try_from(text.len() + 4).expect("a length").to_be_bytes();
            let _ = stream.write_all(&[b"E", &length[..], text].concat());
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("postgres://portal:hunter2@{address}/portal?sslmode=disable");
    let said = run(folder.path(), &["keys", "status"], &[("DATABASE_URL", &url)]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let lines: Vec<_> = said.lines().collect();
    assert!(lines[0].contains(&format!("{address}: unsupported startup parameter: extra_float_digits")), "{said}");
    assert!(lines[1].contains("pool_mode = session") && lines[1].contains("ignore_startup_parameters"), "{said}");
}
