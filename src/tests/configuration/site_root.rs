//! Private files in the folder whose files everyone can download.

use std::path::Path;

use crate::harness::process::run;

/// A folder with these files, each in the folders of its path.
fn tree(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folders");
        std::fs::write(path, "").expect("a file");
    }
    folder
}

#[test]
fn a_site_root_with_private_files_stops_the_start_in_development_too() {
    let folder = tree(&["site/index.html", "keys/smtp", "db/portal.db", ".env"]);
    std::fs::write(folder.path().join("keys/smtp"), "smtps://u:p@smtp.example.com:465").expect("a file");
    std::os::unix::fs::symlink(folder.path(), folder.path().join("site/../link")).expect("a link");
    let check = |settings: &[(&str, &str)]| {
        let output = run(folder.path(), &["check-config"], settings);
        String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr }).into_owned()
    };
    let program = Path::new(env!("CARGO_BIN_EXE_portal")).parent().expect("its folder").to_str().expect("UTF-8");
    for (root, settings, what) in [
        (".", &[][..], "PORTAL_DATA_DIR, the database, .env, and every visitor"),
        ("site/..", &[], "PORTAL_DATA_DIR"),
        ("link", &[], "PORTAL_DATA_DIR"),
        ("/", &[], "the program"),
        (program, &[], "contains the program, and every visitor"),
        ("data", &[], "PORTAL_DATA_DIR, the database, and every visitor"),
        ("data/site/../..", &[], "PORTAL_DATA_DIR"),
        ("db", &[("DATABASE_URL", "sqlite://db/portal.db")], "contains the database, and every visitor"),
        ("keys", &[("SMTP_URL_FILE", "keys/smtp")], "contains the file of SMTP_URL_FILE, and every visitor"),
    ] {
        let said = check(&[settings, &[("LEPTOS_SITE_ROOT", root)]].concat());
        assert!(said.starts_with("portal: LEPTOS_SITE_ROOT: ") && said.lines().count() == 1, "{root}: {said}");
        assert!(said.contains(what), "{root}: {said}");
    }
    for (root, settings) in [
        ("site", &[][..]),
        ("target/site", &[]),
        ("site", &[("PORTAL_DATA_DIR", "site-data")]),
        ("dat", &[]),
        ("keys", &[("SMTP_URL_FILE", "./db/../keys/../.env")]),
    ] {
        let said = check(&[settings, &[("LEPTOS_SITE_ROOT", root)]].concat());
        assert!(!said.contains("every visitor can download"), "{root}: {said}");
    }
}
