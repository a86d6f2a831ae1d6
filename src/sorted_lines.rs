//! Searching long lists that are compiled into the program: one entry per line, sorted
//! by bytes, each line with a line break at its end. A search reads only a few pages of
//! the list into memory.

use std::cmp::Ordering;

/// Returns whether a list contains this line.
#[must_use]
pub fn contains(mut lines: &[u8], sought: &[u8]) -> bool {
    while !lines.is_empty() {
        let (before, after) = lines.split_at(lines.len() / 2);
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let end = before.len() + after.iter().position(|byte| *byte == b'\n').unwrap_or(after.len());
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
    fn only_lines_of_the_list_are_found_wherever_they_are() {
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
