//! The file `.env`: a value arrives as it was written, or its line is reported.

use portal::config::env::Env;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::runner::{Cost, Verdict, hold};

const CANARY: &str = "hunter2";
const PIECES: &[&str] = &[CANARY, "a", "é", " ", "\t", "'", "\"", "$", "${HOME}", "#", " #", "\\", "=", ";", "export "];

#[derive(Clone, Copy, Debug)]
enum Style {
    Bare,
    /// With one quotation mark, at the start.
    Open,
    Single,
    Double,
}

/// Returns the line, and the value that it stands for where the rule is short.
fn line(style: Style, value: &str) -> (String, Option<String>) {
    match style {
        Style::Bare => {
            // A comment begins with a `#` after a space.
            let shown = value.replace('\t', " ");
            let end = shown.find(" #").unwrap_or(value.len());
            let plain = !value.trim_start().starts_with(['\'', '"']);
            (value.to_owned(), plain.then(|| value[..end].trim().to_owned()))
        }
        Style::Open => (format!("'{}", value.replace('\'', "")), None),
        Style::Single => (format!("'{value}'"), (!value.contains('\'')).then(|| value.to_owned())),
        Style::Double => {
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
            (format!("\"{escaped}\""), Some(value.to_owned()))
        }
    }
}

#[test]
fn a_value_arrives_as_it_was_written_or_its_line_is_reported_without_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(".env");
    let styles = select(&[Style::Bare, Style::Open, Style::Single, Style::Double][..]);
    hold(Cost::Call, (styles, vec(select(PIECES), 0..8)), |(style, pieces)| {
        let (line, expected) = line(style, &pieces.concat());
        let text = format!("PORTAL_OTP_TRIES=6\nPORTAL_NAME={line}\nPORTAL_OTP_TRIES=7\n");
        std::fs::write(&file, text).expect("written");
        match Env::from_process(&file) {
            Ok(env) => {
                prop_assert_eq!(env.get("PORTAL_OTP_TRIES"), Some("7"), "the next line is read: {}", line);
                if let Some(expected) = expected {
                    prop_assert_eq!(env.get("PORTAL_NAME").unwrap_or_default(), expected);
                }
                Ok(Verdict::Accepted)
            }
            Err(problems) => {
                let start = format!("{}: line 2: PORTAL_NAME: ", file.display());
                prop_assert!(problems.len() == 1 && problems[0].starts_with(&start), "{:?}", problems);
                prop_assert!(!problems[0].contains(CANARY), "{:?}", problems);
                prop_assert!(expected.is_none(), "{}", line);
                Ok(Verdict::Refused)
            }
        }
    });
}
