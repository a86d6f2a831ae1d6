//! Parses `.env` files by the rules that systemd and Docker share: a value may contain spaces and `$`, and quotation
//! marks around it are removed. Problems are reported with the line and the variable, but never with the value, which
//! may be a secret.

use std::fmt;

/// A variable that the file sets.
pub(super) struct Assignment<'t> {
    /// The number of the line that it begins on.
    pub line: usize,
    pub name: &'t str,
    pub value: String,
    /// The names after a `$`, such as `HOME`, which other programs would replace. Not those in single quotes.
    pub references: Vec<&'t str>,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("is not NAME=value")]
    NoValue,
    #[error("the text before the = is not the name of a variable")]
    Name,
    #[error("the quotation mark at the start of the value has no counterpart")]
    Unclosed,
    #[error("is not UTF-8; save the file as UTF-8")]
    Encoding,
}

/// A line that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadLine<'t> {
    pub line: usize,
    pub name: Option<&'t str>,
    pub problem: Problem,
}

impl fmt::Display for BadLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if let Some(name) = self.name {
            write!(f, "{name}: ")?;
        }
        self.problem.fmt(f)
    }
}

/// Returns the text of a file, without a byte order mark.
///
/// # Errors
/// The first line that is not UTF-8. The first bytes of a file in UTF-16 are not.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, BadLine<'_>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let name = std::str::from_utf8(&before[start..]).ok().and_then(|text| Some(name_of(text.split_once('=')?.0)));
        BadLine { line, name: name.flatten(), problem: Problem::Encoding }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Parses the content of a file, line by line.
pub(super) fn parse(text: &str) -> impl Iterator<Item = Result<Assignment<'_>, BadLine<'_>>> {
    let mut lines = Lines { rest: text, number: 0 };
    std::iter::from_fn(move || lines.next_assignment())
}

struct Lines<'t> {
    rest: &'t str,
    /// The number of the line before `rest`.
    number: usize,
}

impl<'t> Lines<'t> {
    fn next_line(&mut self) -> &'t str {
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.number += 1;
        line
    }

    fn next_assignment(&mut self) -> Option<Result<Assignment<'t>, BadLine<'t>>> {
        while !self.rest.is_empty() {
            let rest = self.rest;
            let line = self.next_line().trim();
            if !line.is_empty() && !line.starts_with(['#', ';']) {
                return Some(self.assignment(line, rest));
            }
        }
        None
    }

    /// Parses the line `line` at the start of `from_here`. A value in quotation marks may end on a later line.
    fn assignment(&mut self, line: &'t str, from_here: &'t str) -> Result<Assignment<'t>, BadLine<'t>> {
        let number = self.number;
        let bad = |name, problem| BadLine { line: number, name, problem };
        let (Some((name, _)), Some((_, value))) = (line.split_once('='), from_here.split_once('=')) else {
            return Err(bad(None, Problem::NoValue));
        };
        let name = name_of(name).ok_or(bad(None, Problem::Name))?;
        let start = value.trim_start_matches([' ', '\t']);
        let first_line = value.split('\n').next().unwrap_or_default();
        let (value, references) = match start.chars().next().filter(|first| matches!(first, '\'' | '"')) {
            Some(quote) => match quoted(&start[1..], quote) {
                Some(found) => {
                    let (consumed, rest) = start.split_at(1 + found.length);
                    self.rest = rest;
                    self.number = number - 1 + consumed.matches('\n').count();
                    (found.value, found.references)
                }
                None if start[1..].lines().next().is_some_and(|line| line.contains(quote)) => unquoted(first_line),
                None => return Err(bad(Some(name), Problem::Unclosed)),
            },
            None => unquoted(first_line),
        };
        Ok(Assignment { line: number, name, value, references })
    }
}

/// Returns the name of a variable, which may follow `export`, as in a shell script.
fn name_of(text: &str) -> Option<&str> {
    let text = text.trim();
    let name = text.strip_prefix("export").filter(|name| name.starts_with([' ', '\t'])).unwrap_or(text).trim();
    let of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let is_name = name.bytes().all(of_a_name) && name.starts_with(|first: char| !first.is_ascii_digit());
    is_name.then_some(name)
}

/// Reads a value without quotation marks: to the end of the line, or to a `#` after a space.
fn unquoted(line: &str) -> (String, Vec<&str>) {
    let comment = line.match_indices('#').find(|&(at, _)| line[..at].ends_with([' ', '\t']));
    let value = comment.map_or(line, |(at, _)| &line[..at]).trim();
    let references = value.match_indices('$').filter_map(|(at, _)| reference(&value[at + 1..]));
    (value.to_owned(), references.collect())
}

struct Quoted<'t> {
    value: String,
    references: Vec<&'t str>,
    /// Number of bytes, with the closing quotation mark and what follows it on its line.
    length: usize,
}

/// Reads a value in quotation marks, and the rest of the line after it. Returns `None` if the closing quotation mark is
/// missing, or if text other than a comment follows it: then the marks do not enclose the value. In double quotes a backslash makes `"`, `\`, `$` and a backtick
/// ordinary characters, as in a shell; every other backslash is one itself.
fn quoted(text: &str, quote: char) -> Option<Quoted<'_>> {
    let mut value = String::new();
    let mut references = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if char == quote {
            let after = text[at + 1..].split_inclusive('\n').next().unwrap_or_default();
            let ends = after.trim().is_empty() || after.trim().starts_with('#');
            return ends.then_some(Quoted { value, references, length: at + 1 + after.len() });
        }
        let escaped = chars.peek().map(|&(_, next)| next).filter(|next| matches!(next, '"' | '\\' | '$' | '`'));
        match escaped.filter(|_| quote == '"' && char == '\\') {
            Some(next) => {
                chars.next();
                value.push(next);
            }
            None => {
                value.push(char);
                references.extend((quote == '"' && char == '$').then(|| reference(&text[at + 1..])).flatten());
            }
        }
    }
    None
}

/// Returns the name that follows a `$`, with or without braces.
fn reference(text: &str) -> Option<&str> {
    let text = text.strip_prefix('{').unwrap_or(text);
    let end = text.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(text.len());
    Some(&text[..end]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Problem, decode, parse};

    fn value(line: &str) -> String {
        let assignment = parse(line).next().expect("a line").map_err(|bad| bad.to_string());
        let assignment = assignment.unwrap_or_else(|bad| panic!("{line}: {bad}"));
        assert_eq!(assignment.name, "NAME", "{line}");
        assignment.value
    }

    #[test]
    fn a_value_is_taken_as_systemd_and_docker_take_it() {
        for (line, expected) in [
            ("NAME=value", "value"),
            ("NAME=My Portal", "My Portal"),
            ("NAME=Portal <a@x.example>", "Portal <a@x.example>"),
            ("NAME=Joe's portal", "Joe's portal"),
            ("NAME=six\" screen", "six\" screen"),
            ("NAME=pa$word", "pa$word"),
            ("NAME=pa$$word$", "pa$$word$"),
            ("NAME=pa${HOME}x", "pa${HOME}x"),
            ("NAME=a\\b\\\\c", "a\\b\\\\c"),
            ("NAME=a#b", "a#b"),
            ("NAME=#b", "#b"),
            ("NAME=a=b=", "a=b="),
            ("NAME=value # a comment", "value"),
            ("NAME= # a comment", ""),
            ("NAME=", ""),
            ("NAME=value\r\nOTHER=x", "value"),
            ("  export NAME = value  ", "value"),
            ("NAME='pa$word # \"x\" \\n'", "pa$word # \"x\" \\n"),
            ("NAME=\"pa$word # it's\"", "pa$word # it's"),
            ("NAME=\"a \\\"b\\\" \\\\ \\$c \\n\" # a comment", "a \"b\" \\ $c \\n"),
            ("NAME=\"\"\r\n", ""),
            ("NAME=\"Foo, Inc.\" <a@x.example>", "\"Foo, Inc.\" <a@x.example>"),
            ("NAME='a'b # a comment", "'a'b"),
            ("NAME='two\nlines'\n", "two\nlines"),
            ("NAME=Müller", "Müller"),
        ] {
            assert_eq!(value(line), expected, "{line}");
        }
    }

    #[test]
    fn a_mistake_has_its_line_and_variable_and_the_next_lines_are_still_read() {
        let text = "# a comment\n\n; another\nnothing hunter2\nMY-NAME=hunter2\nA='hunter2\nB=\"\nhunter2\" x\nC=1\n";
        let mut read = Vec::new();
        let mut bad = Vec::new();
        for line in parse(text) {
            match line {
                Ok(assignment) => read.push((assignment.line, assignment.name, assignment.value)),
                Err(line) => bad.push((line.line, line.name, line.problem)),
            }
        }
        assert_eq!(
            bad,
            [
                (4, None, Problem::NoValue),
                (5, None, Problem::Name),
                (6, Some("A"), Problem::Unclosed),
                (7, Some("B"), Problem::Unclosed),
                (8, None, Problem::NoValue),
            ]
        );
        assert_eq!(read, [(9, "C", "1".to_owned())]);
    }

    #[test]
    fn lines_are_counted_through_a_value_of_several_lines() {
        let lines: Vec<_> = parse("A='1\n2\n3'\nB=4\n").filter_map(Result::ok).map(|it| (it.line, it.name)).collect();
        assert_eq!(lines, [(1, "A"), (4, "B")]);
    }

    #[test]
    fn names_that_other_programs_would_replace_are_found() {
        for (line, expected) in [
            ("NAME=a$HOME/x${DB_PASSWORD}", &["HOME", "DB_PASSWORD"][..]),
            ("NAME=\"a$HOME\\$USER\"", &["HOME"]),
            ("NAME='a$HOME'", &[]),
            ("NAME=a$ $- # $HOME", &[]),
        ] {
            let found = parse(line).next().and_then(Result::ok).expect("a line").references;
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_removed_and_other_encodings_are_refused() {
        assert_eq!(decode("\u{feff}NAME=1".as_bytes()), Ok("NAME=1"));
        let bad = decode(b"A=1\nNAME=M\xfcller\n").expect_err("Latin-1");
        assert_eq!((bad.line, bad.name, bad.problem), (2, Some("NAME"), Problem::Encoding));
        let bad = decode(b"\xff\xfeN\0=\0").expect_err("UTF-16");
        assert_eq!((bad.line, bad.name, bad.problem), (1, None, Problem::Encoding));
    }
}
