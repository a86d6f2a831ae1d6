//! The tags of a page, as a browser parses them.

#[derive(Debug)]
pub(super) struct Tag {
    pub(super) name: String,
    /// Names in lower case, values unchanged.
    pub(super) attributes: Vec<(String, String)>,
}

impl Tag {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Every start tag of a page; the contents of a script are not markup.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (tag, after) = tag(rest);
            rest = if tag.name == "script" { after.find("</script").map_or("", |end| &after[end..]) } else { after };
            found.push(tag);
        }
    }
    found
}

/// Parses a tag from its name on; returns the rest of the text.
fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(text.len());
    let mut tag = Tag { name: text[..end].to_ascii_lowercase(), attributes: Vec::new() };
    let mut rest = &text[end..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        let Some(end) = rest.find(|c: char| c.is_ascii_whitespace() || "=>/".contains(c)) else { return (tag, "") };
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            (value, rest) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                _ => after.split_at(after.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(after.len())),
            };
        }
        tag.attributes.push((name, value.to_owned()));
    }
}

#[test]
fn tags_are_found_however_they_are_written() {
    let html = "<!doctype html><p ONCLICK='a > b' hidden><!-- <b style=x> --><script nonce=\"n\">\"<i onload=1>\"</script>\
                <img/src=x onerror=y><STYLE>p{}</STYLE>";
    let found: Vec<_> = tags(html).iter().map(|tag| format!("{} {:?}", tag.name, tag.attributes)).collect();
    assert_eq!(
        found,
        [
            r#"p [("onclick", "a > b"), ("hidden", "")]"#,
            r#"script [("nonce", "n")]"#,
            r#"img [("src", "x"), ("onerror", "y")]"#,
            "style []"
        ]
    );
}
