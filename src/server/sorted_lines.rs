//! Long lists that are part of the program: sorted by their octets, one entry a
//! line, each ended by a line break. Only the pages that a search touches are
//! read into memory.

use std::cmp::Ordering;

/// Whether a list has this line.
#[must_use]
pub fn contains(mut lines: &[u8], sought: &[u8]) -> bool {
    while !lines.is_empty() {
        let (before, after) = lines.split_at(lines.len() / 2);
        let start = before.iter().rposition(|octet| *octet == b'\n').map_or(0, |at| at + 1);
        let end = before.len() + after.iter().position(|octet| *octet == b'\n').unwrap_or(after.len());
        match lines[start..end].cmp(sought) {
            Ordering::Equal => return true,
            Ordering::Greater => lines = &lines[..start],
            Ordering::Less => lines = lines.get(end + 1..).unwrap_or_default(),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn a_line_is_found_wherever_it_stands_and_nothing_else_is() {
        let lines = b"a\nbb\nc\n";
        for line in ["a", "bb", "c"] {
            assert!(contains(lines, line.as_bytes()), "{line}");
        }
        for other in ["", "b", "aa", "d", "a\nbb"] {
            assert!(!contains(lines, other.as_bytes()), "{other:?}");
        }
        assert!(!contains(b"", b"a"));
    }
}
