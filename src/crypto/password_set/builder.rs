//! Building a file from lists of passwords.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::digests::{normal, sha1, truncated};
use super::sorter::{RUN, Sorted, Sorter};
use super::{HEADER, Layout, MAGIC};
use crate::domain::limits::PASSWORD_MIN;

/// Maximum number of bytes in a line. No password and no line of a digest is longer.
const LINE_MAX: u64 = 4_096;
const BUFFER: usize = 1 << 20;

/// What was built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// The number of passwords in the file.
    pub passwords: u64,
    /// The number of lines with fewer than 8 characters, which no password here has.
    pub too_short: u64,
    /// The number of lines that are longer than any password, or are not UTF-8.
    pub unreadable: u64,
}

/// Why a file was not built. An existing file is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("{}: {error}", .file.display())]
    Io { file: PathBuf, error: io::Error },
    #[error("no line is a password of at least {PASSWORD_MIN} characters or a SHA-1 digest with a count")]
    Empty,
}

/// What a line is.
enum Line {
    Digest(u64),
    TooShort,
    Unreadable,
}

/// Builds a file from lists with one password per line, or with lines `HASH:COUNT` as in the SHA-1 lists of Have I Been
/// Pwned. A file at `out` is replaced when the new one is complete, so a running server goes on with the old one.
///
/// Uses less than 100 MB of memory for any number of lines. The folder of `out` temporarily needs 8 bytes for each line,
/// and about 3 for each password in the new file.
///
/// # Errors
/// A list cannot be read, the file cannot be written, or the lists have no password.
pub fn build(lists: &[PathBuf], out: &Path) -> Result<Built, BuildError> {
    let in_file = |file: &Path| {
        let file = file.to_owned();
        move |error| BuildError::Io { file, error }
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut sorter = Sorter::new(folder, RUN).map_err(in_file(folder))?;
    let mut built = Built::default();
    for list in lists {
        let file = File::open(list).map_err(in_file(list))?;
        let mut lines = BufReader::with_capacity(BUFFER, file);
        let mut line = Vec::new();
        while next_line(&mut lines, &mut line).map_err(in_file(list))? {
            match parse(&line) {
                Line::Digest(digest) => sorter.push(digest).map_err(in_file(folder))?,
                Line::TooShort => built.too_short += 1,
                Line::Unreadable => built.unreadable += 1,
            }
        }
    }
    let (most, sorted) = sorter.finish().map_err(in_file(folder))?;
    if most == 0 {
        return Err(BuildError::Empty);
    }
    built.passwords = write(sorted, Layout::prefix_bits_for(most), folder, out).map_err(in_file(out))?;
    Ok(built)
}

/// Reads a line without its end, or the start of one that is too long. Returns `false` at the end of the list.
fn next_line(lines: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    if lines.by_ref().take(LINE_MAX).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.ends_with(b"\n") {
        line.pop();
        line.pop_if(|last| *last == b'\r');
    } else if line.len() as u64 == LINE_MAX {
        lines.skip_until(b'\n')?;
    }
    Ok(true)
}

fn parse(line: &[u8]) -> Line {
    if line.len() as u64 == LINE_MAX {
        return Line::Unreadable;
    }
    let Ok(line) = std::str::from_utf8(line) else { return Line::Unreadable };
    if let Some(digest) = counted_digest(line) {
        return Line::Digest(digest);
    }
    let normal = normal(line);
    if normal.chars().count() < PASSWORD_MIN { Line::TooShort } else { Line::Digest(truncated(&sha1(&normal))) }
}

/// Parses a line `HASH:COUNT`, and returns the first 64 bits of the hash.
fn counted_digest(line: &str) -> Option<u64> {
    let (hash, count) = line.split_once(':')?;
    let is_count = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
    let is_hash = hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_count && is_hash { u64::from_str_radix(hash.get(..16)?, 16).ok() } else { None }
}

/// Writes the file beside `out`, and then renames it. Returns the number of different digests.
fn write(mut sorted: Sorted, prefix_bits: u32, folder: &Path, out: &Path) -> io::Result<u64> {
    let file = NamedTempFile::new_in(folder)?;
    let at = |position| -> io::Result<_> {
        let mut part = file.reopen()?;
        part.seek(SeekFrom::Start(position))?;
        Ok(BufWriter::with_capacity(BUFFER, part))
    };
    let mut layout = Layout { count: 0, prefix_bits };
    let (mut index, mut suffixes) = (at(HEADER)?, at(layout.suffixes())?);
    let (mut indexed, mut last) = (0, None);
    while let Some(digest) = sorted.next()? {
        let stored = layout.stored(digest);
        if last.replace(stored) == Some(stored) {
            continue;
        }
        let (prefix, suffix) = layout.split(digest);
        while indexed <= prefix {
            index.write_all(&layout.count.to_be_bytes())?;
            indexed += 1;
        }
        suffixes.write_all(&suffix)?;
        layout.count += 1;
    }
    while indexed <= layout.prefixes() {
        index.write_all(&layout.count.to_be_bytes())?;
        indexed += 1;
    }
    index.flush()?;
    suffixes.flush()?;
    // Last, so that an incomplete file has no header.
    let header = [MAGIC, layout.count.to_be_bytes(), u64::from(prefix_bits).to_be_bytes()];
    file.as_file().write_all_at(header.as_flattened(), 0)?;
    file.as_file().sync_all()?;
    file.persist(out)?;
    Ok(layout.count)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{BuildError, Built, build};
    use crate::crypto::password_set::{Digests, PasswordSet};

    #[test]
    fn plain_and_hashed_lists_are_read_and_lines_that_are_no_password_are_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        let [plain, hashed, out] = ["plain", "hashed", "out"].map(|name| folder.path().join(name));
        let long = "x".repeat(10_000);
        let lines = format!("Grenouille\r\n short \n\n{long}\nSchokolade\ngrenouille\nno line end");
        fs::write(&plain, [b"latin \xe9\xe9\xe9\xe9\n", lines.as_bytes()].concat()).expect("written");
        // SHA-1 of "Tumble Rinse 7" in upper case, and of "password" in lower case.
        let hashes = "A077BD43252B5D0474DDF56F7BBD5DB39551F4B3:1\n5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8:9545824\r\n";
        fs::write(&hashed, hashes).expect("written");
        let built = build(&[plain, hashed], &out).expect("built");
        assert_eq!(built, Built { passwords: 5, too_short: 2, unreadable: 2 });
        let set = PasswordSet::open(&out).expect("a set");
        let contains = |password: &str| set.contains(&Digests::of(password)).expect("readable");
        for listed in ["grenouille", "GRENOUILLE", "schokolade", "no line end", "Tumble Rinse 7", "Password"] {
            assert!(contains(listed), "{listed}");
        }
        // A digest is of the password as it was typed.
        for other in ["short", "grenouill", "latin éééé", "xxxxxxxxxx", "tumble rinse 7"] {
            assert!(!contains(other), "{other}");
        }
    }

    #[test]
    fn lists_without_a_password_leave_an_existing_file_unchanged() {
        let folder = tempfile::tempdir().expect("a folder");
        let [list, out] = ["list", "out"].map(|name| folder.path().join(name));
        fs::write(&list, "short\n").expect("written");
        fs::write(&out, "before").expect("written");
        assert!(matches!(build(std::slice::from_ref(&list), &out), Err(BuildError::Empty)));
        let missing = folder.path().join("missing");
        let error = build(&[missing], &out).expect_err("no such list").to_string();
        assert!(error.contains("missing: "), "{error}");
        assert_eq!(fs::read(&out).expect("read"), b"before");
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 2, "no temporary file is left");
    }
}
