//! The documents name only files, headings, commands, targets and settings that exist.

mod asvs;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use portal::config::env::RENAMED;
use portal::config::reference;

use super::harness::process::run;

/// Variables that look like settings of the program but belong to a build tool or a Compose file.
const OTHER_VARIABLES: &[&str] = &[
    "LEPTOS_HASH_FILES",
    "LEPTOS_OUTPUT_NAME",
    "PORTAL_VERSION",
    "PORTAL_IMAGE",
    "PORTAL_IMAGE_TAG",
    "PORTAL_TAG",
    "PORTAL_HTTP_PORT",
    "PORTAL_HOST_PORT",
    "PORTAL_UID",
    "PORTAL_GID",
];
/// How the names of settings start.
const SETTINGS: &[&str] =
    &["PORTAL_", "LEPTOS_", "PUBLIC_URL", "TRUSTED_PROXIES", "DATABASE_URL", "SMTP_URL", "MAIL_FROM", "SECRET_KEY"];
/// What separates commands on one line.
const SEPARATORS: &[&str] = &["&&", "||", "|", ";"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A Markdown file.
struct Document {
    path: PathBuf,
    text: String,
}

impl Document {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, text }
    }

    fn name(&self) -> String {
        self.path.strip_prefix(root()).unwrap_or(&self.path).display().to_string()
    }

    /// Returns the text without code blocks, and the lines of shell and unit-file blocks.
    fn split(&self) -> (String, Vec<&str>) {
        let (mut prose, mut code) = (String::new(), Vec::new());
        let mut block = None;
        for line in self.text.lines() {
            match (line.trim_start().strip_prefix("```"), block) {
                (Some(language), None) => block = Some(language.trim()),
                (Some(_), Some(_)) => block = None,
                (None, Some("sh" | "ini")) => code.push(line.split(" #").next().unwrap_or(line)),
                (None, Some(_)) => {}
                (None, None) => {
                    prose.push_str(line);
                    prose.push('\n');
                }
            }
        }
        assert_eq!(block, None, "{}: a code block does not end", self.name());
        (prose, code)
    }

    /// Returns the words of each command in a code block or in backticks.
    fn commands(&self) -> Vec<Vec<String>> {
        let (prose, code) = self.split();
        let spans = prose.split("\n\n").flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
        let mut commands = Vec::new();
        for text in spans.chain(code) {
            let words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
            commands.extend(words.split(|word| SEPARATORS.contains(&word.as_str())).map(<[String]>::to_vec));
        }
        commands
    }

    /// Returns the anchors of the headings, as GitHub and GitLab make them.
    fn anchors(&self) -> BTreeSet<String> {
        let mut anchors = BTreeSet::new();
        for heading in self.split().0.lines().filter(|line| line.starts_with('#')) {
            let heading = heading.trim_start_matches('#').trim().to_lowercase();
            let kept = heading.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
            let anchor: String = kept.map(|char| if char == ' ' { '-' } else { char }).collect();
            let repeated = (1..).map(|count| format!("{anchor}-{count}"));
            let free = std::iter::once(anchor.clone()).chain(repeated).find(|name| !anchors.contains(name));
            anchors.extend(free);
        }
        anchors
    }

    /// Returns the targets of links and pictures that are not URLs.
    fn links(&self) -> Vec<String> {
        let (prose, _) = self.split();
        // Without text in backticks.
        let prose: String = prose.split("\n\n").flat_map(|paragraph| paragraph.split('`').step_by(2)).collect();
        let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).map(str::to_owned).collect()
    }
}

/// Returns the files in a folder and in the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn is_a(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

/// The documents for users, operators and developers.
fn documents() -> Vec<Document> {
    let mut paths: Vec<_> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].iter().map(|name| root().join(name)).collect();
    paths.extend(files(&root().join("docs")).into_iter().filter(|path| is_a(path, "md")));
    paths.sort();
    paths.into_iter().map(Document::read).collect()
}

/// Reports all problems at once.
fn report(checked: usize, problems: &[String]) {
    assert!(checked > 20, "only {checked} found: does the test read the documents?");
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[test]
fn every_relative_link_leads_to_a_file_and_a_heading() {
    let (mut checked, mut problems) = (0, Vec::new());
    for document in documents() {
        for link in document.links() {
            checked += 1;
            let (file, anchor) = link.split_once('#').map_or((link.as_str(), None), |(file, at)| (file, Some(at)));
            let folder = document.path.parent().expect("a folder");
            let path = if file.is_empty() { document.path.clone() } else { folder.join(file) };
            if !path.exists() {
                problems.push(format!("{}: {link}: no such file", document.name()));
            } else if anchor.is_some_and(|anchor| !Document::read(path).anchors().contains(anchor)) {
                problems.push(format!("{}: {link}: no such heading", document.name()));
            }
        }
    }
    report(checked, &problems);
}

/// The help of the program's commands, by the words of the command.
#[derive(Default)]
struct Help(BTreeMap<Vec<String>, String>);

impl Help {
    fn of(&mut self, words: &[String]) -> &str {
        self.0.entry(words.to_vec()).or_insert_with(|| {
            let arguments: Vec<_> = words.iter().map(String::as_str).chain(["--help"]).collect();
            let output = run(root(), &arguments, &[]);
            assert!(output.status.success(), "portal {}", arguments.join(" "));
            String::from_utf8(output.stdout).expect("UTF-8")
        })
    }

    /// Returns what is wrong with the arguments of `portal`, if anything.
    fn problem(&mut self, arguments: &[String]) -> Option<String> {
        let mut command = Vec::new();
        for word in arguments {
            let help = self.of(&command);
            if word.starts_with("--") {
                if !help.split_whitespace().any(|known| known == word) {
                    return Some(format!("no option {word}"));
                }
                continue;
            }
            let Some((_, list)) = help.split_once("Commands:\n") else { continue };
            let list = list.lines().take_while(|line| !line.is_empty());
            let known = list.filter_map(|line| line.split_whitespace().next()).any(|known| known == word);
            // After `help` follows a command; a placeholder such as `COMMAND` names none.
            if word == "help" || !is_word(word) {
                return None;
            }
            if !known {
                return Some(format!("no command {word}"));
            }
            command.push(word.clone());
        }
        None
    }
}

/// Returns the arguments of the program, if a command runs it.
fn portal_arguments(words: &[String]) -> Option<&[String]> {
    let first = words.iter().position(|word| !word.contains('=') || word.contains("/portal/portal"))?;
    let path = |word: &String| word.ends_with("/portal/portal") || word.ends_with("/release/portal");
    let program = if words[first] == "portal" { first } else { words.iter().position(path)? };
    let arguments = &words[program + 1..];
    // The program's file, as in `install -m 755 target/release/portal /opt/portal/portal`.
    if words[first] == "install" { None } else { Some(arguments) }
}

#[test]
fn every_portal_command_exists() {
    let (mut checked, mut problems, mut help) = (0, Vec::new(), Help::default());
    for document in documents() {
        for words in document.commands() {
            let Some(arguments) = portal_arguments(&words) else { continue };
            checked += 1;
            if let Some(problem) = help.problem(arguments) {
                problems.push(format!("{}: {}: {problem}", document.name(), words.join(" ")));
            }
        }
    }
    report(checked, &problems);
}

#[test]
fn every_make_target_exists() {
    let makefile = fs::read_to_string(root().join("Makefile")).expect("the Makefile");
    let rules = makefile.lines().filter_map(|line| line.split_once(':'));
    let targets: BTreeSet<_> = rules.map(|(target, _)| target).filter(|target| is_word(target)).collect();
    let (mut checked, mut problems) = (0, Vec::new());
    for document in documents() {
        for words in document.commands() {
            let mut words = words.iter().skip_while(|word| word.contains('='));
            if words.next().is_none_or(|first| first != "make") {
                continue;
            }
            checked += 1;
            for target in words.filter(|word| is_word(word)).filter(|word| !targets.contains(word.as_str())) {
                problems.push(format!("{}: make {target}: no such target", document.name()));
            }
        }
    }
    report(checked, &problems);
}

#[test]
fn every_setting_that_a_document_names_exists() {
    let (mut checked, mut problems) = (0, Vec::new());
    let of_a_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    for document in documents() {
        let words = document.text.split(|char| !of_a_name(char));
        let names = words.filter(|word| SETTINGS.iter().any(|start| word.starts_with(start)));
        // `PORTAL_` is what is left of `PORTAL_…`.
        for name in names.filter(|name| *name != "PORTAL_" && !OTHER_VARIABLES.contains(name)) {
            checked += 1;
            if !reference::is_known(name) && !RENAMED.iter().any(|(old, _)| *old == name) {
                problems.push(format!("{}: {name}: no such setting", document.name()));
            }
        }
    }
    report(checked, &problems);
}

/// Returns the text of all source files of a folder and the folders in it.
fn sources(folder: &Path) -> String {
    let sources = files(folder).into_iter().filter(|path| is_a(path, "rs"));
    sources.map(|path| Document::read(path).text).collect()
}

#[test]
fn every_function_and_type_that_a_document_names_exists() {
    let sources = sources(&root().join("src"));
    let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let (mut checked, mut problems) = (0, Vec::new());
    for document in documents() {
        for words in document.commands() {
            // `Type::function` or `module::function`, with or without parentheses.
            let [span] = &*words else { continue };
            let Some((path, name)) = span.trim_end_matches("()").rsplit_once("::") else { continue };
            let owner = path.rsplit("::").next().unwrap_or(path);
            if name.is_empty() || !is_name(name) || !is_name(owner) {
                continue;
            }
            checked += 1;
            let is_function = name.starts_with(|first: char| first.is_ascii_lowercase());
            let exists = if is_function {
                ["fn", "const", "mod"].iter().any(|keyword| sources.contains(&format!("{keyword} {name}")))
            } else {
                sources.contains(name)
            };
            if !exists || !sources.contains(owner) {
                problems.push(format!("{}: {span}", document.name()));
            }
        }
    }
    report(checked, &problems);
}
