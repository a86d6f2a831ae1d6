//! Enforces the layering in `lib.rs`: which module may use which.

use std::fs;
use std::path::{Path, PathBuf};

/// A module, and what no file of it may import. Server function bodies import
/// inside the function, which is why only unindented lines count in `api`.
const RULES: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "crate::api",
            "crate::components",
            "crate::pages",
            "crate::server",
            "leptos",
            "axum",
            "http",
            "sea_orm",
            "tokio",
        ],
    ),
    ("components", &["crate::pages", "crate::server", "axum", "sea_orm"]),
    ("pages", &["crate::server", "axum", "sea_orm"]),
    (
        "server/services",
        &[
            "leptos",
            "leptos_axum",
            "axum",
            "http",
            "tower_sessions",
            "crate::api",
            "crate::pages",
            "crate::components",
            "crate::http",
            "crate::cli",
        ],
    ),
    (
        "server/store",
        &["crate::services", "crate::http", "crate::mail", "crate::api", "leptos", "axum"],
    ),
    (
        "server/crypto",
        &["crate::services", "crate::store", "crate::http", "crate::api", "leptos", "axum"],
    ),
    ("server/mail", &["crate::services", "crate::http", "crate::api", "leptos", "axum"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

/// Returns the path that a `use` line names, whatever its visibility.
fn imported(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line
        .strip_prefix("pub(crate) ")
        .or(line.strip_prefix("pub(super) "))
        .or(line.strip_prefix("pub "))
        .unwrap_or(line);
    rest.strip_prefix("use ")
}

fn names(path: &str, room: &str) -> bool {
    path.strip_prefix(room).is_some_and(|rest| rest.starts_with("::") || rest.starts_with(';') || rest.starts_with(' '))
}

#[test]
fn no_module_imports_what_its_layer_may_not_use() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut broken = Vec::new();
    let mut read = 0;
    for (room, forbidden) in RULES {
        for file in sources(&root.join(room)) {
            let text = fs::read_to_string(&file).expect("a source file");
            for path in text.lines().filter_map(imported) {
                read += 1;
                if forbidden.iter().any(|other| names(path, other)) {
                    broken.push(format!("{}: use {path}", file.display()));
                }
            }
        }
    }
    assert!(read > 100, "only {read} imports were found: is the test looking in the right place?");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn api_imports_the_server_only_inside_function_bodies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
    for file in sources(&root) {
        let text = fs::read_to_string(&file).expect("a source file");
        let outside = text.lines().filter(|line| !line.starts_with(' ')).filter_map(imported);
        for path in outside {
            assert!(!names(path, "crate::server") && !names(path, "axum"), "{}: use {path}", file.display());
        }
    }
}

#[test]
fn feature_gates_are_only_in_lib_rs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in
        sources(&root).into_iter().filter(|file| !file.ends_with("src/lib.rs") && !file.starts_with(root.join("tests")))
    {
        let text = fs::read_to_string(&file).expect("a source file");
        assert!(!text.contains("cfg(feature") && !text.contains("cfg(not(feature"), "{}", file.display());
    }
}

#[test]
fn models_stay_inside_the_store() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server");
    for file in sources(&root).into_iter().filter(|file| !file.starts_with(root.join("store"))) {
        let text = fs::read_to_string(&file).expect("a source file");
        assert!(!text.contains("store::entity"), "{}", file.display());
    }
}
