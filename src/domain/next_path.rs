//! The path to open after signing in.

/// A path on this portal. Rejects anything that a browser could read as another
/// origin, or that is not valid in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPath(String);

impl NextPath {
    /// Parses the value of `next`. Returns `None` if it is not a path on this portal.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let graphic = value.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        let rooted = value.starts_with('/') && !value.starts_with("//");
        // Once the browser resolves a dot segment, the path could start with a double slash.
        let dotted = value
            .split(['/', '?', '#'])
            .any(|part| matches!(part, "." | "..") || part.to_ascii_lowercase().contains("%2e"));
        (graphic && rooted && !dotted && value.len() <= 512).then(|| Self(value.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::NextPath;

    #[test]
    fn only_a_path_on_this_origin_is_accepted() {
        for good in ["/dashboard", "/account?tab=2", "/a/b#c"] {
            assert!(NextPath::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "dashboard",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/%2e//evil.example",
            "javascript:alert(1)",
            "/é",
        ] {
            assert!(NextPath::parse(bad).is_none(), "{bad:?}");
        }
        assert!(NextPath::parse(&format!("/{}", "a".repeat(600))).is_none());
    }
}
