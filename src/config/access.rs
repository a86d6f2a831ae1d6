//! Why a file cannot be used, in terms that an operator can act on: whose it is, and who asks.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// Describes the error of an operation on `path`. If it was denied, names the owner and the mode of the file, or of the
/// folder that denies access to it, and the user of the process.
#[must_use]
pub fn reason(path: &Path, error: &io::Error) -> String {
    if error.kind() != ErrorKind::PermissionDenied {
        return error.to_string();
    }
    let seen = path.ancestors().find_map(|path| Some((path, fs::metadata(or_here(path)).ok()?)));
    let Some((seen, metadata)) = seen else { return error.to_string() };
    let what = if seen == path { "it".to_owned() } else { or_here(seen).display().to_string() };
    format!(
        "{error}: {what} belongs to {} with mode {:03o}, and this process runs as {}",
        user(metadata.uid()),
        metadata.mode() & 0o777,
        user(rustix::process::geteuid().as_raw()),
    )
}

/// Checks that the process can write `file`, or create it.
///
/// # Errors
/// One line: the path, and the reason.
pub fn check_writable(file: &Path) -> Result<(), String> {
    let is_missing = |path: &Path| fs::metadata(path).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    if file.is_dir() {
        return Err(format!("{}: is a folder, but must be a file", file.display()));
    }
    if !is_missing(file) {
        check(file, Access::READ_OK | Access::WRITE_OK)?;
    }
    let folder = file.ancestors().skip(1).map(or_here).find(|folder| !is_missing(folder));
    folder.map_or(Ok(()), |folder| check(&folder, Access::WRITE_OK | Access::EXEC_OK))
}

fn check(path: &Path, needed: Access) -> Result<(), String> {
    access(path, needed).map_err(|error| format!("{}: {}", path.display(), reason(path, &error.into())))
}

/// Returns the path, or `.` for the folder of a file without one.
fn or_here(path: &Path) -> PathBuf {
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() }
}

fn user(uid: u32) -> String {
    if uid == 0 { "root".to_owned() } else { format!("uid {uid}") }
}
