//! `docs/asvs.md` has one row for each requirement, and names only tests that exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Document, files, is_a, report, root};

/// Where the two standards begin in the document.
const PARTS: [&str; 2] = ["\n## OWASP ASVS 5.0.0\n", "\n## NIST SP 800-63B-4\n"];
/// How the text of a row begins that is not, or not only, held by tests.
const WORDS: &[&str] =
    &["Not met", "Partly met", "Not tested:", "By construction:", "Document:", "Operator:", "Not applicable:"];
/// In place of a test.
const NONE: &str = "–";
/// The benchmarks are a program of their own.
const BENCHMARKS: &str = "src/tests/figures";

/// A row of a table of requirements.
struct Row<'d> {
    /// The number of the requirement, with its level in the tables of the ASVS.
    number: &'d str,
    how: &'d str,
    tests: &'d str,
}

/// Returns the rows of one part of the document.
fn rows(part: &str) -> Vec<Row<'_>> {
    let numbered =
        |line: &&str| line.strip_prefix("| ").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let read = |line| {
        let cells: Vec<_> = str::trim_matches(line, '|').split('|').map(str::trim).collect();
        let [number, requirement, how, tests] = cells[..] else { panic!("not four cells: {line}") };
        assert!(!requirement.is_empty() && !how.is_empty() && !tests.is_empty(), "an empty cell: {line}");
        Row { number, how, tests }
    };
    part.lines().filter(numbered).map(read).collect()
}

/// Returns the parts of the document about the ASVS and about NIST.
fn parts(document: &Document) -> [&str; 2] {
    let (_, rest) = document.text.split_once(PARTS[0]).expect("the part about the ASVS");
    let (asvs, nist) = rest.split_once(PARTS[1]).expect("the part about NIST");
    [asvs, nist]
}

fn document() -> Document {
    Document::read(root().join("docs/asvs.md"))
}

/// Returns what is wrong with the numbers of the rows, compared with the list of requirements.
fn differences(listed: &str, found: &[&str]) -> Vec<String> {
    let listed = listed.lines().filter(|line| !line.starts_with('#'));
    let listed: BTreeSet<_> = listed.map(|line| line.replace(' ', " L")).collect();
    let mut times = BTreeMap::new();
    for number in found {
        *times.entry((*number).to_owned()).or_insert(0) += 1;
    }
    let missing = listed.iter().filter(|number| !times.contains_key(*number)).map(|number| format!("{number}: no row"));
    let odd = times.iter().filter_map(|(number, times)| match times {
        _ if !listed.contains(number) => Some(format!("{number}: no such requirement")),
        1 => None,
        _ => Some(format!("{number}: {times} rows")),
    });
    missing.chain(odd).collect()
}

#[test]
fn every_requirement_of_levels_1_and_2_has_one_row() {
    let document = document();
    let numbers: Vec<_> = rows(parts(&document)[0]).iter().map(|row| row.number).collect();
    report(numbers.len(), &differences(include_str!("asvs-5.0.0.txt"), &numbers));
}

#[test]
fn every_row_names_a_test_or_says_why_there_is_none() {
    let document = document();
    let rows: Vec<_> = parts(&document).into_iter().flat_map(rows).collect();
    let silent = rows.iter().filter(|row| row.tests == NONE && !WORDS.iter().any(|word| row.how.starts_with(word)));
    let problems: Vec<_> = silent.map(|row| format!("{}: {}", row.number, row.how)).collect();
    report(rows.len(), &problems);
}

/// Returns the paths of all Rust tests, as `cargo test` prints them.
fn rust_tests() -> BTreeSet<String> {
    let benchmarks = root().join(BENCHMARKS);
    let sources =
        files(&root().join("src")).into_iter().filter(|path| is_a(path, "rs") && !path.starts_with(&benchmarks));
    sources.map(Document::read).flat_map(|source| tests_in(&source.path, &source.text)).collect()
}

/// Returns the paths of the tests in a source file.
fn tests_in(file: &Path, text: &str) -> Vec<String> {
    let below = ["src/tests", "src"].into_iter().find_map(|folder| file.strip_prefix(root().join(folder)).ok());
    let below = below.expect("a file in src").with_extension("");
    let mut module: Vec<_> = below.iter().filter_map(|name| name.to_str()).collect();
    if module.last().is_some_and(|name| ["lib", "main", "mod"].contains(name)) {
        module.pop();
    }
    let (mut tests, mut inner, mut marked) = (Vec::new(), None, false);
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(" {")) {
            inner = Some(name);
        } else if line == "}" {
            inner = None;
        }
        let line = line.trim_start();
        marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        let name = line.trim_start_matches("async ").strip_prefix("fn ").and_then(|rest| rest.split(['(', '<']).next());
        if let (true, Some(name)) = (marked, name) {
            tests.push(module.iter().copied().chain(inner).chain([name]).collect::<Vec<_>>().join("::"));
            marked = false;
        }
    }
    tests
}

/// Returns whether a browser test, or a group of them, has this title.
fn has_title(source: &str, title: &str) -> bool {
    let quoted = ['\'', '"', '`'].map(|quote| format!("{quote}{title}{quote}"));
    let begins = ["test(", "test.describe("];
    begins.iter().any(|begin| quoted.iter().any(|title| source.contains(&format!("{begin}{title}"))))
}

/// Returns what is wrong with an entry of the last column, if anything.
fn problem(entry: &str, rust_tests: &BTreeSet<String>) -> Option<&'static str> {
    let (name, rest) = entry.strip_prefix('`').and_then(|rest| rest.split_once('`')).unwrap_or_default();
    match rest.strip_prefix(": ") {
        None if rest.is_empty() && rust_tests.contains(name) => None,
        None => Some("no such test"),
        Some(title) => {
            let path = root().join("end2end/tests").join(name);
            let known = path.is_file() && has_title(&Document::read(path).text, title);
            (!known).then_some("no browser test with this title")
        }
    }
}

#[test]
fn every_test_that_a_row_names_exists() {
    let (document, rust_tests) = (document(), rust_tests());
    assert!(rust_tests.len() > 700, "only {} tests were found: does the test read the sources?", rust_tests.len());
    let (mut checked, mut problems) = (0, Vec::new());
    for row in parts(&document).into_iter().flat_map(rows).filter(|row| row.tests != NONE) {
        for entry in row.tests.split("<br>") {
            checked += 1;
            problems.extend(problem(entry, &rust_tests).map(|problem| format!("{}: {entry}: {problem}", row.number)));
        }
    }
    report(checked, &problems);
}

#[test]
fn a_missing_a_doubled_and_an_unknown_requirement_are_found() {
    let listed = "# a comment\n1.1.1 2\n1.1.2 1\n1.1.3 1\n";
    assert_eq!(differences(listed, &["1.1.1 L2", "1.1.2 L1", "1.1.3 L1"]), [""; 0]);
    assert_eq!(
        differences(listed, &["1.1.1 L2", "1.1.1 L2", "1.1.3 L2"]),
        ["1.1.2 L1: no row", "1.1.3 L1: no row", "1.1.1 L2: 2 rows", "1.1.3 L2: no such requirement"]
    );
}

#[test]
fn a_test_that_does_not_exist_is_found() {
    let rust_tests = rust_tests();
    let this = "`documents::asvs::a_test_that_does_not_exist_is_found`";
    let browser = "`sign-out.spec.ts`: a link cannot sign a user out";
    for known in
        [this, "`crypto::sealed::tests::a_value_decrypts_only_with_its_key_in_its_row_for_its_purpose`", browser]
    {
        assert_eq!(problem(known, &rust_tests), None, "{known}");
    }
    for unknown in [
        "`documents::a_test_that_does_not_exist_is_found`",
        "`documents::asvs::rust_tests`",
        "documents::asvs::a_test_that_does_not_exist_is_found",
        "`sign-out.spec.ts`: a link cannot sign a user",
        "`sign-in.spec.ts`: a link cannot sign a user out",
        "",
    ] {
        assert!(problem(unknown, &rust_tests).is_some(), "{unknown}");
    }
}
