//! Keeps private files out of the folder whose files everyone can download.

use std::path::{Path, PathBuf};

use super::Mistakes;
use super::database::DatabaseConfig;
use super::env::{DOT_ENV, Env};
use super::reference;
use super::settings::{LEPTOS_SITE_ROOT, PORTAL_DATA_DIR};
use super::site::SiteConfig;

/// Reports a site root that contains the data folder, the database, `.env`, a file with a secret, or the program.
pub fn check(env: &Env, site: &SiteConfig, database: &DatabaseConfig, mistakes: &mut Mistakes) {
    let root = resolve(&site.root);
    let secret_files = reference::settings().filter(|setting| setting.file).filter_map(|setting| {
        let variable = format!("{}_FILE", setting.name);
        let file = env.get(&variable)?.into();
        Some((format!("the file of {variable}"), file))
    });
    let private: Vec<(String, PathBuf)> = [
        (PORTAL_DATA_DIR.name.to_owned(), Some(site.data_dir.clone())),
        ("the database".to_owned(), database.sqlite_file().map(PathBuf::from)),
        (DOT_ENV.to_owned(), Some(PathBuf::from(DOT_ENV)).filter(|file| file.exists())),
        ("the program".to_owned(), std::env::current_exe().ok()),
    ]
    .into_iter()
    .filter_map(|(what, path)| Some((what, path?)))
    .chain(secret_files)
    .collect();
    let exposed: Vec<_> =
        private.iter().filter(|(_, path)| resolve(path).starts_with(&root)).map(|(what, _)| what.as_str()).collect();
    if !exposed.is_empty() {
        mistakes.add(
            LEPTOS_SITE_ROOT.name,
            format_args!(
                "{} contains {}, and every visitor can download files from it; use a folder that contains only the site",
                site.root.display(),
                exposed.join(", ")
            ),
        );
    }
}

/// Returns the absolute path without symbolic links and `..`, also of a file that does not exist yet.
fn resolve(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.canonicalize().unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => resolve(parent).join(name),
        (Some(parent), None) => {
            // The path ends with `..`.
            let mut above = resolve(parent);
            above.pop();
            above
        }
        (None, _) => path,
    })
}
