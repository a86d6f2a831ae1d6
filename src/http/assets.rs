//! Static files: the stylesheet, the script and the WebAssembly module, and how they are cached.

use std::path::{Path, PathBuf};

use axum::extract::Request;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
use tower_http::services::ServeDir;

use super::access_log::SkipAccessLog;
use crate::app::Assets;
use crate::config::settings::LEPTOS_SITE_ROOT;

/// The folder of the built files under the site root, and the first segment of their URLs.
pub const PACKAGE: &str = "pkg";
/// The file beside the executable with the hashes in the names of the built files.
const HASH_FILE: &str = "hash.txt";

/// Returns the URLs of the built files. Their names contain the content hashes in `hash.txt` beside the executable.
///
/// A file without a hash in its name was built after `hash.txt`, because a build with hashes renames all files.
#[must_use]
pub fn names(root: &Path) -> Assets {
    let listed = hash_file().and_then(|file| std::fs::read_to_string(file).ok());
    names_from(listed.as_deref().unwrap_or_default(), &root.join(PACKAGE))
}

fn hash_file() -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.with_file_name(HASH_FILE))
}

/// Returns why pages will have no style or no script, in one line that starts with the name of the setting.
#[must_use]
pub fn problem(root: &Path) -> Option<String> {
    let Assets { css, js, wasm } = names(root);
    let files = [css, js, wasm].map(|url| root.join(url.trim_start_matches('/')));
    let missing = files.iter().find(|file| !file.is_file())?;
    let missing = std::path::absolute(missing).unwrap_or_else(|_| missing.clone());
    let hashes = hash_file().filter(|file| !file.is_file());
    let hashes = hashes.map_or_else(String::new, |file| format!(", and neither does {}", file.display()));
    Some(format!(
        "{}: {} does not exist{hashes}, so pages have no style and no script; set the site folder of this build, and \
         put its {HASH_FILE} beside the program",
        LEPTOS_SITE_ROOT.name,
        missing.display()
    ))
}

fn names_from(listed: &str, package: &Path) -> Assets {
    let name = |kind: &str| {
        let plain = format!("portal.{kind}");
        let hash = listed.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == kind);
        match hash.filter(|_| !package.join(&plain).exists()) {
            Some((_, hash)) => format!("/{PACKAGE}/portal.{}.{kind}", hash.trim()),
            None => format!("/{PACKAGE}/{plain}"),
        }
    };
    Assets { css: name("css"), js: name("js"), wasm: name("wasm") }
}

/// Serves the built files, using precompressed variants where the build wrote them.
#[must_use]
pub fn package(root: &Path) -> ServeDir {
    files(root.join(PACKAGE))
}

/// Serves the files of `public`.
#[must_use]
pub fn public(root: &Path) -> ServeDir {
    // A POST to an unknown path gets the same 404 as any other request.
    files(root.to_owned()).call_fallback_on_method_not_allowed(true)
}

fn files(folder: PathBuf) -> ServeDir {
    ServeDir::new(folder).precompressed_br().precompressed_gzip().append_index_html_on_directories(false)
}

/// Whether the path names a file or folder that begins with a dot, such as `.env` or `.git`, which is never meant to be
/// public. `.well-known` is (RFC 8615).
#[must_use]
pub fn is_hidden(path: &str) -> bool {
    let path = percent_decode_str(path).decode_utf8_lossy();
    path.split('/').any(|component| component.starts_with('.') && component != ".well-known")
}

/// Serves no hidden file, and lets browsers cache files with a content hash in their name for a year; others are
/// revalidated.
pub async fn guard(request: Request, next: Next) -> Response {
    if is_hidden(request.uri().path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let hashed = request.uri().path().rsplit('/').next().is_some_and(|file| file.matches('.').count() >= 2);
    let mut response = next.run(request).await;
    let policy = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    if response.status().is_success() {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(policy));
    }
    served(response)
}

/// Marks a file that was sent, or that the browser already has. A page causes many of these requests.
pub fn served(mut response: Response) -> Response {
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.extensions_mut().insert(SkipAccessLog);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::{is_hidden, names_from};

    #[test]
    fn file_names_contain_the_hashes_of_the_last_build_that_has_them() {
        let site = tempfile::tempdir().expect("a folder");
        let names = |listed| {
            let names = names_from(listed, site.path());
            [names.css, names.js, names.wasm]
        };
        let listed = "js: abc\nwasm: def\ncss: ghi\n";
        assert_eq!(names(listed), ["/pkg/portal.ghi.css", "/pkg/portal.abc.js", "/pkg/portal.def.wasm"]);
        assert_eq!(names(""), ["/pkg/portal.css", "/pkg/portal.js", "/pkg/portal.wasm"]);
        std::fs::write(site.path().join("portal.css"), "").expect("a newer stylesheet");
        assert_eq!(names(listed), ["/pkg/portal.css", "/pkg/portal.abc.js", "/pkg/portal.def.wasm"]);
    }

    #[test]
    fn a_path_with_a_component_that_begins_with_a_dot_is_hidden() {
        for hidden in ["/.env", "/%2eenv", "/.git/config", "/a/.b/c", "/a/..", "/.well-known/.x", "/.well-known2"] {
            assert!(is_hidden(hidden), "{hidden}");
        }
        for public in ["/", "/favicon.svg", "/pkg/portal.abc.js", "/.well-known/security.txt", "/a.b/c"] {
            assert!(!is_hidden(public), "{public}");
        }
    }
}
