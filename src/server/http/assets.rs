//! Stylesheet, script and module: their names, read once, and their delivery.

use std::path::{Path, PathBuf};

use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::Next;
use axum::response::Response;
use tower_http::services::ServeDir;

use crate::app::Assets;

/// The folder of the built files below the site's root, and in their URLs.
pub const PACKAGE: &str = "pkg";

/// Finds out how the build named its files: with a hash of their content when
/// `hash.txt` lies beside the program.
#[must_use]
pub fn names() -> Assets {
    let listed =
        std::env::current_exe().ok().and_then(|exe| std::fs::read_to_string(exe.with_file_name("hash.txt")).ok());
    names_from(listed.as_deref().unwrap_or_default())
}

fn names_from(listed: &str) -> Assets {
    let name = |kind: &str, extension: &str| {
        let hash = listed.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == kind);
        match hash {
            Some((_, hash)) => format!("/{PACKAGE}/portal.{}.{extension}", hash.trim()),
            None => format!("/{PACKAGE}/portal.{extension}"),
        }
    };
    Assets { css: name("css", "css"), js: name("js", "js"), wasm: name("wasm", "wasm") }
}

/// The built files, compressed ahead where the build did so.
#[must_use]
pub fn package(root: &Path) -> ServeDir {
    files(root.join(PACKAGE))
}

/// The files of `public`.
#[must_use]
pub fn public(root: &Path) -> ServeDir {
    // A post to an address that leads nowhere is answered like any other.
    files(root.to_owned()).call_fallback_on_method_not_allowed(true)
}

fn files(folder: PathBuf) -> ServeDir {
    ServeDir::new(folder).precompressed_br().precompressed_gzip().append_index_html_on_directories(false)
}

/// A file whose name changes with its content never changes: browsers may keep it.
pub async fn cache_by_hash(request: Request, next: Next) -> Response {
    let hashed = request.uri().path().rsplit('/').next().is_some_and(|file| file.matches('.').count() >= 2);
    let mut response = next.run(request).await;
    let policy = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    if response.status().is_success() {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(policy));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::names_from;

    #[test]
    fn names_carry_the_hash_of_the_build_or_none() {
        let hashed = names_from("js: abc\nwasm: def\ncss: ghi\n");
        assert_eq!(
            (hashed.css.as_str(), hashed.js.as_str(), hashed.wasm.as_str()),
            ("/pkg/portal.ghi.css", "/pkg/portal.abc.js", "/pkg/portal.def.wasm")
        );
        assert_eq!(names_from("").css, "/pkg/portal.css");
    }
}
