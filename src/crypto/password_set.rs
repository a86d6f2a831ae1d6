//! Sets of leaked passwords, as files that are searched on disk.
//!
//! A file holds a truncated SHA-1 digest of each password: SHA-1 because the lists of Have I Been Pwned consist of such
//! digests. All numbers are big-endian:
//!
//! | bytes | content |
//! |---|---|
//! | 8 | `MAGIC` |
//! | 8 | the number of digests |
//! | 8 | the number of prefix bits `p`, chosen so that a prefix has 64 digests at most on average |
//! | 8 for each prefix, and 8 | the index: the number of digests with a lower prefix |
//! | 3 for each digest | the 24 bits that follow the prefix, in ascending order |
//!
//! A search reads two numbers of the index, and then the digests with one prefix, which are about 200 bytes. Nothing
//! is kept in memory, whatever the size of the file. Of the passwords that are not in the set, at most 2 · 64 / 2^24 are
//! found nevertheless, one in 131,072: a search looks for two digests ([`Digests`]).

mod builder;
mod digests;
mod sorter;

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

pub use builder::{BuildError, Built, build};
pub use digests::Digests;

/// How every file starts. The digit is the version of the format.
const MAGIC: [u8; 8] = *b"pwdset1\n";
const HEADER: u64 = 24;
/// The size of a number in the index.
const INDEX_ENTRY: u64 = 8;
/// The size of a digest without its prefix.
const SUFFIX: u64 = 3;
/// The average number of digests with the same prefix is at most this.
const PER_PREFIX: u64 = 64;
/// Enough for 2^38 digests.
const PREFIX_BITS_MAX: u32 = 32;
/// The size of the buffer of a search: 256 digests, more than any prefix of a regular file has.
const BUFFER: usize = 3 * 256;

/// A set of passwords. Cheap to clone; a file stays open as long as the process lives.
#[derive(Clone)]
pub struct PasswordSet {
    content: Content,
    layout: Layout,
}

#[derive(Clone)]
enum Content {
    Memory(&'static [u8]),
    File(Arc<File>),
}

/// Where the parts of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    count: u64,
    prefix_bits: u32,
}

/// Why a file is not a set of passwords.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("is not a file that `portal passwords build` wrote")]
    Foreign,
    #[error("is incomplete; copy or build it again")]
    Incomplete,
}

impl PasswordSet {
    /// Opens a file. Reads only its header.
    ///
    /// # Errors
    /// The file cannot be read, or is not a complete set of passwords.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Self::new(Content::File(file.into()), length)
    }

    /// Returns a set that is part of the program.
    ///
    /// # Errors
    /// As [`PasswordSet::open`].
    pub fn in_memory(bytes: &'static [u8]) -> Result<Self, OpenError> {
        Self::new(Content::Memory(bytes), bytes.len() as u64)
    }

    fn new(content: Content, length: u64) -> Result<Self, OpenError> {
        let mut header = [[0; 8]; 3];
        content.read(header.as_flattened_mut(), 0).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => OpenError::Foreign,
            _ => error.into(),
        })?;
        let [magic, count, prefix_bits] = header;
        let (count, prefix_bits) = (u64::from_be_bytes(count), u64::from_be_bytes(prefix_bits));
        let prefix_bits = u32::try_from(prefix_bits).ok().filter(|bits| *bits <= PREFIX_BITS_MAX);
        let Some(prefix_bits) = prefix_bits.filter(|_| magic == MAGIC) else { return Err(OpenError::Foreign) };
        let layout = Layout { count, prefix_bits };
        if layout.length() == Some(length) { Ok(Self { content, layout }) } else { Err(OpenError::Incomplete) }
    }

    /// Returns the number of passwords.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.layout.count
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.layout.count == 0
    }

    /// Returns whether the set has a password with one of these digests.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn contains(&self, digests: &Digests) -> io::Result<bool> {
        for digest in digests.iter() {
            if self.has(digest)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn has(&self, digest: u64) -> io::Result<bool> {
        let (prefix, suffix) = self.layout.split(digest);
        let mut bounds = [[0; 8]; 2];
        self.content.read(bounds.as_flattened_mut(), HEADER + prefix * INDEX_ENTRY)?;
        let [mut next, end] = bounds.map(u64::from_be_bytes);
        if end > self.layout.count {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the index of the password file is damaged"));
        }
        let mut buffer = [0; BUFFER];
        while next < end {
            let wanted = usize::try_from((end - next) * SUFFIX).unwrap_or(BUFFER).min(BUFFER);
            let part = &mut buffer[..wanted];
            self.content.read(part, self.layout.suffixes() + next * SUFFIX)?;
            if part.as_chunks().0.contains(&suffix) {
                return Ok(true);
            }
            next += wanted as u64 / SUFFIX;
        }
        Ok(false)
    }
}

impl Content {
    fn read(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        match self {
            Self::File(file) => file.read_exact_at(buffer, at),
            Self::Memory(bytes) => {
                let from = usize::try_from(at).ok().and_then(|at| bytes.get(at..)?.get(..buffer.len()));
                buffer.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
        }
    }
}

impl Layout {
    /// Returns the number of prefix bits for up to `count` digests.
    fn prefix_bits_for(count: u64) -> u32 {
        count.div_ceil(PER_PREFIX).max(1).next_power_of_two().trailing_zeros().min(PREFIX_BITS_MAX)
    }

    fn prefixes(self) -> u64 {
        1 << self.prefix_bits
    }

    /// Returns where the digests without their prefixes begin.
    fn suffixes(self) -> u64 {
        HEADER + (self.prefixes() + 1) * INDEX_ENTRY
    }

    /// Returns the length of the file. `None` for a header that no file can have.
    fn length(self) -> Option<u64> {
        self.count.checked_mul(SUFFIX)?.checked_add(self.suffixes())
    }

    /// Returns the part of a digest that the file stores, as a number: the prefix and 24 bits.
    fn stored(self, digest: u64) -> u64 {
        digest >> (40 - self.prefix_bits)
    }

    /// Returns the prefix and the bits after it.
    fn split(self, digest: u64) -> (u64, [u8; 3]) {
        let stored = self.stored(digest);
        let [.., one, two, three] = stored.to_be_bytes();
        (stored >> 24, [one, two, three])
    }
}

impl fmt::Debug for PasswordSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordSet").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::{Digests, Layout, OpenError, PasswordSet, build};

    /// Builds a set of these lines.
    fn built(lines: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let (list, out) = (folder.path().join("list"), folder.path().join("set"));
        fs::write(&list, lines).expect("written");
        build(&[list], &out).expect("built");
        (folder, out)
    }

    fn contains(set: &PasswordSet, password: &str) -> bool {
        set.contains(&Digests::of(password)).expect("readable")
    }

    #[test]
    fn every_password_of_a_set_is_found_and_one_in_a_hundred_thousand_others_at_most() {
        let lines: String = (0..20_000).map(|n| format!("listed number {n}\n")).collect();
        let (_folder, out) = built(&lines);
        let set = PasswordSet::open(&out).expect("a set");
        assert_eq!(set.len(), 20_000);
        assert!((0..20_000).all(|n| contains(&set, &format!("listed number {n}"))));
        let found = (0..1_000_000).filter(|n| contains(&set, &format!("Other Number {n}"))).count();
        assert!(found <= 25, "{found} of 1,000,000, but 1 in 131,072 is expected at most");
    }

    #[test]
    fn a_set_of_one_password_and_of_many_with_one_prefix_can_be_searched() {
        let (_folder, out) = built("tumble rinse obelisk\n");
        let set = PasswordSet::open(&out).expect("a set");
        assert!(contains(&set, "tumble rinse obelisk") && !contains(&set, "tumble rinse obelise"));
        // 1,000 digests of one prefix, more than the buffer of a search holds.
        let same: String = (0..1_000).map(|n| format!("0{n:06X}{:033X}:1\n", 0)).collect();
        let (_folder, out) = built(&same);
        let set = PasswordSet::open(&out).expect("a set");
        assert_eq!(set.len(), 1_000);
        assert!((0..1_000_u64).all(|n| set.has(n << 36).expect("readable")));
        assert!(!set.has(1_000 << 36).expect("readable"));
    }

    #[test]
    fn a_file_of_another_kind_and_an_incomplete_one_are_refused() {
        let (_folder, out) = built("tumble rinse obelisk\n");
        let whole = fs::read(&out).expect("read");
        for length in [0, 7, 23] {
            fs::write(&out, &whole[..length]).expect("written");
            assert!(matches!(PasswordSet::open(&out), Err(OpenError::Foreign)), "{length}");
        }
        for incomplete in [&whole[..24], &whole[..whole.len() - 1], &[&whole[..], b"x"].concat()] {
            fs::write(&out, incomplete).expect("written");
            assert!(matches!(PasswordSet::open(&out), Err(OpenError::Incomplete)));
        }
        fs::write(&out, "password\n".repeat(100)).expect("written");
        assert!(matches!(PasswordSet::open(&out), Err(OpenError::Foreign)));
        let numbers = |count: u64, bits: u64| [*b"pwdset1\n", count.to_be_bytes(), bits.to_be_bytes()].concat();
        for header in [numbers(u64::MAX, 4), numbers(1, 33), numbers(1, u64::MAX)] {
            fs::write(&out, header).expect("written");
            assert!(PasswordSet::open(&out).is_err());
        }
    }

    #[test]
    fn a_damaged_index_is_an_error_and_not_a_long_search() {
        let (_folder, out) = built("tumble rinse obelisk\n");
        let mut bytes = fs::read(&out).expect("read");
        bytes[24 + 8..24 + 16].fill(0xff);
        fs::write(&out, bytes).expect("written");
        let set = PasswordSet::open(&out).expect("the header is right");
        assert!(set.contains(&Digests::of("tumble rinse obelisk")).is_err());
    }

    #[test]
    fn a_prefix_has_at_most_64_digests_on_average() {
        for (count, bits) in [(0, 0), (64, 0), (65, 1), (198_261, 12), (1_000_000_000, 24), (u64::MAX, 32)] {
            assert_eq!(Layout::prefix_bits_for(count), bits, "{count}");
        }
    }
}
