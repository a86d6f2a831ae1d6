//! The file `.env`, read by the program.

use std::path::Path;

use crate::harness::process::run;

/// Runs `check-config` in a folder with this `.env`. Returns its output, or its errors.
fn check(bytes: &[u8]) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(".env"), bytes).expect("written");
    check_in(folder.path())
}

fn check_in(folder: &Path) -> Result<String, String> {
    let output = run(folder, &["check-config"], &[("HOME", "/root")]);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

#[test]
fn spaces_apostrophes_dollars_and_a_byte_order_mark_are_taken() {
    for (line, shown) in [
        ("PORTAL_NAME=My Portal", "My Portal"),
        ("PORTAL_NAME=Joe's portal", "Joe's portal"),
        ("PORTAL_NAME=a\\b", "a\\b"),
        ("PORTAL_NAME=\"My Portal\"", "My Portal"),
        ("PORTAL_NAME='My $ Portal'", "My $ Portal"),
        ("MAIL_FROM=Portal <a@x.example>", "Portal <a@x.example>"),
        ("MAIL_FROM=\"Foo, Inc.\" <a@x.example>", "\"Foo, Inc.\" <a@x.example>"),
        ("DATABASE_URL=sqlite://p$word.db", "SQLite, p$word.db"),
        ("DATABASE_URL=\"sqlite://p$word$.db\"", "SQLite, p$word$.db"),
        ("SMTP_URL=smtps://u:pa$word@mail.example.com", "SMTP, mail.example.com:465, TLS"),
    ] {
        for text in [format!("{line}\n"), format!("\u{feff}{line}\r\n"), format!("# a comment\n\nexport {line}")] {
            let said = check(text.as_bytes()).unwrap_or_else(|errors| panic!("{text:?}: {errors}"));
            assert!(said.contains(shown) && said.contains(".env file"), "{text:?}: {said}");
            assert!(!said.contains("which is not replaced"), "{text:?}: {said}");
        }
    }
}

#[test]
fn a_refusal_names_the_line_and_the_variable_and_never_the_value() {
    for (line, refusal) in [
        (&b"hunter2"[..], "line 3: is not NAME=value"),
        (b"MY NAME=hunter2", "line 3: the text before the = is not the name"),
        (b"PORTAL_NAME='hunter2", "line 3: PORTAL_NAME: the quotation mark at the start"),
        (b"PORTAL_NAME=\"hunter2", "line 3: PORTAL_NAME: the quotation mark at the start"),
        (b"PORTAL_NAME=hunter2 M\xfcller", "line 3: PORTAL_NAME: is not UTF-8"),
    ] {
        let said = check(&[b"# a comment\nLEPTOS_ENV=DEV\n", line, b"\n"].concat()).expect_err(refusal);
        assert!(said.starts_with(&format!("portal: .env: {refusal}")) && said.lines().count() == 1, "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    let said = check(b"\xff\xfeP\0=\0").expect_err("UTF-16");
    assert!(said.starts_with("portal: .env: line 1: is not UTF-8; save the file as UTF-8"), "{said}");
    let said = check(b"a\nPORTAL_NAME='x\nb\n").expect_err("three mistakes");
    assert_eq!(said.lines().count(), 3, "all of them are reported at once: {said}");
}

#[test]
fn a_malformed_setting_is_reported_with_its_line() {
    let said = check(b"\nPORTAL_OTP_TRIES=five\nPORTAL_NO_SUCH=1\nSMTP_URL=hunter2\nPORTAL_CODES_PER_ADDRESS=x\n");
    let said = said.expect_err("four mistakes");
    for (name, line) in
        [("PORTAL_OTP_TRIES", 2), ("PORTAL_NO_SUCH", 3), ("SMTP_URL", 4), ("PORTAL_CODES_PER_ADDRESS", 5)]
    {
        let found = said.lines().find(|said| said.starts_with(&format!("portal: {name}: "))).expect(name);
        assert!(found.ends_with(&format!("(.env, line {line})")), "{found}");
    }
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_variable_that_compose_would_replace_causes_a_warning() {
    for line in ["PORTAL_NAME=${HOME}", "PORTAL_NAME=\"x$HOME\"", "OWN=1\nPORTAL_NAME=$OWN"] {
        let said = check(line.as_bytes()).unwrap_or_else(|errors| panic!("{line}: {errors}"));
        let warning =
            said.lines().find(|line| line.contains("which is not replaced")).unwrap_or_else(|| panic!("{said}"));
        let number = line.lines().count();
        assert!(warning.starts_with(&format!("Warning: .env: line {number}: PORTAL_NAME: ")), "{warning}");
    }
    for line in ["PORTAL_NAME='$HOME'", "PORTAL_NAME=\"\\$HOME\"", "PORTAL_NAME=$UNKNOWN", "OTHER=$HOME"] {
        let said = check(line.as_bytes()).unwrap_or_else(|errors| panic!("{line}: {errors}"));
        assert!(!said.contains("which is not replaced"), "{line}: {said}");
    }
}

#[test]
fn a_file_that_cannot_be_read_stops_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join(".env")).expect("a folder in its place");
    let said = check_in(folder.path()).expect_err("a folder");
    assert!(said.starts_with("portal: .env: ") && said.contains("directory"), "{said}");
}
