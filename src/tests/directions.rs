//! Which module may import which. The picture is in `lib.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules, lowest first, each with the modules that it may import. Every one of them is above in the list, so
/// there can be no import cycle.
const MODULES: &[(&str, &[&str])] = &[
    ("paths", &[]),
    ("sorted_lines", &[]),
    ("fair_semaphore", &[]),
    ("domain", &[]),
    ("islands", &["domain", "paths"]),
    ("datetime", &["domain"]),
    ("clock", &["domain"]),
    ("rng", &["domain"]),
    ("crypto", &["domain", "fair_semaphore", "rng"]),
    ("limits", &["crypto", "domain"]),
    ("store", &["clock", "crypto", "datetime", "domain", "fair_semaphore", "limits", "rng"]),
    ("mail", &["clock", "crypto", "datetime", "domain", "paths", "rng", "store"]),
    ("config", &["crypto", "domain", "limits", "mail", "rng", "store"]),
    ("telemetry", &["config"]),
    ("services", &["clock", "config", "crypto", "domain", "limits", "mail", "paths", "rng", "sorted_lines", "store"]),
    ("state", &["services"]),
    ("ui", &["datetime", "domain", "islands", "paths"]),
    (
        "routes",
        &[
            "config", "crypto", "datetime", "domain", "islands", "limits", "mail", "paths", "services", "state",
            "store", "ui",
        ],
    ),
    ("app", &["routes", "ui"]),
    (
        "http",
        &[
            "app",
            "clock",
            "config",
            "crypto",
            "datetime",
            "domain",
            "fair_semaphore",
            "islands",
            "limits",
            "mail",
            "paths",
            "routes",
            "services",
            "state",
            "store",
            "ui",
        ],
    ),
    (
        "cli",
        &[
            "clock",
            "config",
            "crypto",
            "datetime",
            "domain",
            "http",
            "mail",
            "paths",
            "rng",
            "services",
            "state",
            "store",
            "telemetry",
        ],
    ),
];

/// Crates that a module must not use.
const CRATES: &[(&str, &[&str])] = &[
    ("domain", &["axum", "http", "leptos", "sea_orm", "tokio", "tower_sessions"]),
    ("islands", &["axum", "sea_orm", "tokio", "tower_sessions"]),
    ("ui", &["axum", "sea_orm", "tokio", "tower_sessions"]),
    ("routes", &["sea_orm"]),
    ("http", &["sea_orm"]),
    ("services", &["axum", "http", "leptos", "leptos_axum", "tower_sessions"]),
    ("store", &["axum", "leptos"]),
    ("mail", &["axum", "leptos", "tower_sessions"]),
    ("crypto", &["axum", "leptos", "sea_orm", "tower_sessions"]),
    ("config", &["axum", "leptos", "sea_orm", "tower_sessions"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

/// Returns the source files of the crate, without its integration tests, each with its module and its code without
/// comments.
fn modules() -> Vec<(String, PathBuf, String)> {
    let root = root();
    let files = sources(&root).into_iter().filter(|file| !file.starts_with(root.join("tests")));
    let read = |file: PathBuf| {
        let module = file.strip_prefix(&root).expect("a file in src").components().next().expect("a name");
        let module = module.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&file).expect("a source file");
        let code: Vec<_> = text.lines().map(|line| line.split("//").next().unwrap_or(line)).collect();
        (module, file, code.join("\n"))
    };
    files.map(read).filter(|(module, ..)| !["lib", "main"].contains(&module.as_str())).collect()
}

/// Returns the first segments of all paths in `code` that start with `start`.
fn named<'c>(code: &'c str, start: &'c str) -> impl Iterator<Item = &'c str> {
    let ends = |char: char| !char.is_ascii_alphanumeric() && char != '_';
    code.split(start).skip(1).map(move |rest| rest.split(ends).next().unwrap_or_default())
}

#[test]
fn modules_import_only_modules_below_them() {
    let allowed: BTreeMap<_, _> = MODULES.iter().copied().collect();
    let mut broken = BTreeSet::new();
    let mut read = 0;
    for (module, file, code) in modules() {
        let Some(allowed) = allowed.get(module.as_str()) else {
            broken.insert(format!("{module} is not in the list of modules"));
            continue;
        };
        // In a file directly in `src`, `super` is the crate as well.
        let direct = file.parent() == Some(&root()) || file.ends_with(format!("{module}/mod.rs"));
        let by_super =
            named(&code, "super::").filter(|_| direct).filter(|name| MODULES.iter().any(|(it, _)| it == name));
        for name in named(&code, "crate::").chain(by_super) {
            read += 1;
            let is_module = name.starts_with(|first: char| first.is_ascii_lowercase());
            if is_module && name != module && !allowed.contains(&name) {
                broken.insert(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(read > 1_000, "only {read} imports were found: is the test looking in the right place?");
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_list_of_modules_has_no_cycle() {
    for (index, (module, allowed)) in MODULES.iter().enumerate() {
        for other in *allowed {
            assert!(MODULES[..index].iter().any(|(lower, _)| lower == other), "{module} imports {other}");
        }
    }
}

#[test]
fn modules_do_not_use_crates_of_other_layers() {
    let mut broken = Vec::new();
    for (module, file, code) in modules() {
        let Some((_, forbidden)) = CRATES.iter().find(|(name, _)| *name == module) else { continue };
        for line in code.lines().map(str::trim_start) {
            let used = line.strip_prefix("pub use ").or(line.strip_prefix("use ")).unwrap_or_default();
            if forbidden.iter().any(|name| used.strip_prefix(name).is_some_and(|rest| rest.starts_with("::"))) {
                broken.push(format!("{}: {line}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn feature_gates_are_only_in_lib_rs() {
    for (_, file, code) in modules() {
        assert!(!code.contains("cfg(feature") && !code.contains("cfg(not(feature"), "{}", file.display());
    }
}

#[test]
fn models_stay_inside_the_store() {
    for (module, file, code) in modules() {
        assert!(module == "store" || !code.contains("store::entity"), "{}", file.display());
    }
}

/// A signed-in user's session may end while a request waits for the writer. `AccountTransaction` and
/// `AdminTransaction` check it again, so no other service opens a write transaction for a signed-in user without that check.
#[test]
fn changes_by_signed_in_users_begin_with_a_transaction_that_checks_the_session() {
    const BEGIN: [&str; 2] = ["services/account_transaction.rs", "services/admin/mod.rs"];
    const ASKS: [&str; 4] =
        [".member()?", ".recently_authenticated(", ".authenticated_with_all_factors(", ".administrator()?"];
    let (mut asking, mut broken) = (0, Vec::new());
    for (module, file, code) in modules() {
        if module != "services" || BEGIN.iter().any(|own| file.ends_with(own)) {
            continue;
        }
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        if ASKS.iter().any(|ask| code.contains(ask)) || code.contains("begin_own") {
            asking += 1;
            if code.contains("store.write()")
                && !code.contains(".own_account(&tx, ")
                && !code.contains(".own_account(db, ")
            {
                broken.push(file);
            }
        }
    }
    assert!(asking > 10, "only {asking} files were found: is the test looking in the right place?");
    assert!(broken.is_empty(), "{broken:#?}");
}
