//! `portal keys`, run while a portal is serving.

use std::path::Path;
use std::process::Output;

use super::{NEW_KEY, OLD_KEY};
use crate::harness::process::{Served, browser, register, run};

/// Nothing listens there, so email stays in the outbox.
const SMTP: (&str, &str) = ("SMTP_URL", "smtp://127.0.0.1:1?tls=none");
const NEW: (&str, &str) = ("SECRET_KEY", NEW_KEY);
const BOTH: [(&str, &str); 3] = [SMTP, NEW, ("SECRET_KEY_PREVIOUS", OLD_KEY)];

fn keys(folder: &Path, command: &str, settings: &[(&str, &str)]) -> (bool, String, String) {
    let Output { status, stdout, stderr } = run(folder, &["keys", command], settings);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.success(), text(stdout), text(stderr))
}

#[tokio::test]
async fn an_administrator_changes_the_key_while_a_portal_is_serving() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, old) = (folder.path(), [SMTP, ("SECRET_KEY", OLD_KEY)]);
    let served = Served::start(folder, &old).await;
    register(&browser(), &served, "ann", "ann@x.example").await;
    drop(served);

    let served = Served::start(folder, &BOTH).await;
    let (fine, said, _) = keys(folder, "status", &BOTH);
    assert!(fine && said.contains("outbox.payload        0 with SECRET_KEY, 1 to re-encrypt, 0 unreadable"), "{said}");
    let (fine, said, _) = keys(folder, "rotate", &BOTH);
    assert!(fine && said.contains("outbox.payload        1 re-encrypted"), "{said}");
    assert!(said.contains("outbox.payload        1 with SECRET_KEY, 0 to re-encrypt, 0 unreadable"), "{said}");
    let (fine, said, _) = keys(folder, "rotate", &BOTH);
    assert!(fine && said.contains("outbox.payload        0 re-encrypted"), "{said}");
    register(&browser(), &served, "bob", "bob@x.example").await;
    drop(served);

    let (fine, said, _) = keys(folder, "status", &[SMTP, NEW]);
    assert!(fine && said.contains("2 with SECRET_KEY, 0 to re-encrypt, 0 unreadable"), "{said}");
    for command in ["status", "rotate"] {
        let (fine, said, problems) = keys(folder, command, &old);
        assert!(!fine && said.contains("0 with SECRET_KEY, 0 to re-encrypt, 2 unreadable"), "{said}");
        let named = problems.lines().filter(|line| line.starts_with("portal: outbox.payload: row "));
        assert_eq!(named.count(), 2, "{problems}");
    }
}

#[tokio::test]
async fn a_portal_that_starts_with_the_wrong_key_says_so_and_prints_no_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let served = Served::start(folder, &[SMTP, ("SECRET_KEY", OLD_KEY)]).await;
    register(&browser(), &served, "ann", "ann@x.example").await;
    drop(served);
    let log = || std::fs::read_to_string(folder.join("log")).expect("the log");
    let complaint = "can't be decrypted with SECRET_KEY or SECRET_KEY_PREVIOUS";
    drop(Served::start(folder, &BOTH).await);
    assert!(!log().contains(complaint), "{}", log());
    drop(Served::start(folder, &[SMTP, NEW]).await);
    assert!(log().lines().any(|line| line.contains(complaint) && line.contains("outbox.payload")), "{}", log());
    let config = run(folder, &["check-config"], &BOTH).stdout;
    let all = format!("{}{}", log(), String::from_utf8_lossy(&config));
    assert!(all.contains("Previous secret key"), "{all}");
    for key in [OLD_KEY, NEW_KEY] {
        assert!(!all.contains(key), "{all}");
    }
}
