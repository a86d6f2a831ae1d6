//! Environment variables, with defaults from `.env`.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use secrecy::SecretString;

use super::setting::{Choice, Setting};
use super::{Mistakes, access, dot_env, reference, service_variable};
use crate::limits::Limit;

/// The file in the working directory with values that the environment does not set.
pub const DOT_ENV: &str = ".env";

/// Renamed settings: the old and the new name. The old name is accepted for one release.
pub const RENAMED: [(&str, &str); 6] = [
    ("PORTAL_LOGIN_FAILURES_PER_ADDRESS", "PORTAL_LOGIN_FAILURES_PER_IP"),
    ("PORTAL_WRONG_CODES_PER_ADDRESS", "PORTAL_WRONG_CODES_PER_IP"),
    ("PORTAL_CODES_PER_ADDRESS", "PORTAL_CODES_PER_IP"),
    ("PORTAL_UNPROVEN_PER_ADDRESS", "PORTAL_NO_JS_FORMS_PER_IP"),
    ("PORTAL_NEWCOMERS_PER_ADDRESS", "PORTAL_ANONYMOUS_SESSIONS_PER_IP"),
    ("PORTAL_CONNECTIONS_PER_ADDRESS", "PORTAL_CONNECTIONS_PER_IP"),
];

/// Variables and their values. An empty value counts as not set.
#[derive(Clone, Default)]
pub struct Env {
    values: BTreeMap<String, Value>,
    warnings: Vec<String>,
}

#[derive(Clone)]
struct Value {
    text: String,
    from: Source,
    /// The line of `.env` that set it.
    line: Option<usize>,
    /// The old name, if the operator set the variable under it.
    renamed_from: Option<&'static str>,
}

impl Value {
    const fn new(text: String, from: Source) -> Self {
        Self { text, from, line: None, renamed_from: None }
    }
}

/// Where a value was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Not set.
    Default,
    Environment,
    /// The file `.env`; the environment takes precedence.
    DotEnv,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::Environment => "environment",
            Self::DotEnv => ".env file",
        })
    }
}

/// Which variables were set, and where. Does not contain the values.
#[derive(Clone, Debug, Default)]
pub struct Sources(BTreeMap<String, Source>);

impl Sources {
    /// Returns where `name` or `{name}_FILE` was set.
    #[must_use]
    pub fn of(&self, name: &str) -> Source {
        let named = |name: &str| self.0.get(name).copied();
        named(name).or_else(|| named(&format!("{name}_FILE"))).unwrap_or(Source::Default)
    }
}

impl Env {
    /// Loads the process's environment, and the values from `file` that it does not set.
    ///
    /// # Errors
    /// A line for each problem: `file` exists but cannot be read, or a line of it is malformed; or a setting in the
    /// environment is not UTF-8.
    pub fn from_process(file: &Path) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut values = BTreeMap::new();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(text) => {
                    values.insert(name, Value::new(text, Source::Environment));
                }
                Err(_) if reference::is_known(&name) => problems.push(format!("{name}: is not UTF-8")),
                Err(_) => {}
            }
        }
        let warnings = match std::fs::read(file) {
            Ok(bytes) => add_dot_env(&bytes, &file.display().to_string(), &mut values, &mut problems),
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                problems.push(format!("{}: {}", file.display(), access::reason(file, &error)));
                Vec::new()
            }
        };
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut env = Self::with_new_names(values);
        env.warnings.extend(warnings);
        Ok(env)
    }

    /// Creates an environment for a test.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let value = |text: &str| Value::new(text.to_owned(), Source::Environment);
        Self::with_new_names(pairs.iter().map(|&(name, text)| (name.to_owned(), value(text))).collect())
    }

    /// Moves the values of [`RENAMED`] settings to the new names. If both names are set, the value
    /// of the new one is kept.
    fn with_new_names(mut values: BTreeMap<String, Value>) -> Self {
        let mut warnings = Vec::new();
        for (old, new) in RENAMED {
            let Some(value) = values.remove(old) else { continue };
            warnings.push(format!("{old} is now called {new}; the old name will be refused in the next release"));
            if values.get(new).is_none_or(|value| value.text.is_empty()) {
                values.insert(new.to_owned(), Value { renamed_from: Some(old), ..value });
            }
        }
        Self { values, warnings }
    }

    /// Returns a warning for each variable that was set under its old name, and for each value in `.env` with a `$` that
    /// other programs would replace.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns the value of `name`, if it is set and not empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Returns the line of `.env` that set `name`.
    pub(super) fn line(&self, name: &str) -> Option<usize> {
        let renamed = || self.values.values().find(|value| value.renamed_from == Some(name));
        self.values.get(name).or_else(renamed)?.line
    }

    /// Returns a line for each setting in the environment that is in quotation marks. They belong to the value:
    /// `docker run --env-file` passes them on.
    pub(super) fn in_quotes(&self) -> Vec<String> {
        let is_quoted = |text: &str| {
            let inside = |quote| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
            inside('"').or_else(|| inside('\'')).is_some()
        };
        let quoted = self.values.iter().filter(|(name, value)| {
            value.from == Source::Environment && is_quoted(&value.text) && reference::is_known(name)
        });
        quoted
            .map(|(name, _)| format!("{name}: is in quotation marks, which are part of the value; leave them out"))
            .collect()
    }

    /// Returns where each variable was set.
    #[must_use]
    pub fn sources(&self) -> Sources {
        let set = self.values.iter().filter(|(_, value)| !value.text.is_empty());
        Sources(set.map(|(name, value)| (name.clone(), value.from)).collect())
    }

    /// Returns the value of a setting, or its default.
    pub(super) fn text(&self, setting: &Setting) -> &str {
        self.get(setting.name).or(setting.default).unwrap_or_default()
    }

    /// Parses the items of a list that is separated by commas. `expected` describes them.
    pub(super) fn list<T>(
        &self,
        setting: &Setting,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
        mistakes: &mut Mistakes,
    ) -> Vec<T> {
        let items = self.text(setting).split(',').map(str::trim).filter(|item| !item.is_empty());
        items
            .filter_map(|item| {
                let problem = || format!("must be {expected}, separated by commas, not {item:?}");
                mistakes.check(setting.name, parse(item).ok_or_else(problem))
            })
            .collect()
    }

    /// Returns the value of the word that was chosen, or the default.
    pub(super) fn choice<T: Copy + PartialEq>(&self, choice: &Choice<T>, mistakes: &mut Mistakes) -> T {
        let Some(text) = self.get(choice.name) else { return choice.default };
        let Some((_, value, _)) = choice.words.iter().find(|(word, ..)| *word == text) else {
            mistakes.add(choice.name, format_args!("must be {}, not {text:?}", choice.list("")));
            return choice.default;
        };
        *value
    }

    /// Returns a secret, or the content of the file in `{name}_FILE`. Setting both is a mistake.
    pub(super) fn secret(&self, setting: &Setting, mistakes: &mut Mistakes) -> Option<SecretString> {
        let name = setting.name;
        let file_name = format!("{name}_FILE");
        match (self.get(name), self.get(&file_name)) {
            (Some(_), Some(_)) => {
                mistakes.add(name, format_args!("is set, and so is {file_name}; set only one of them"));
                None
            }
            (Some(value), None) => Some(value.trim_end().into()),
            (None, Some(path)) => {
                let reason = |error| format!("{path}: {}", access::reason(Path::new(path), &error));
                let content = std::fs::read_to_string(path).map_err(reason);
                mistakes.check(&file_name, content).map(|content| content.trim_end().into())
            }
            (None, None) => None,
        }
    }

    /// Returns the number of a limit if it is set. It must not be over `highest`.
    pub(super) fn number(&self, limit: &Limit, highest: u64, mistakes: &mut Mistakes) -> Option<u64> {
        let text = self.get(limit.name)?;
        let number = text.parse().ok().filter(|number| (limit.lowest..=highest).contains(number));
        // The name that the operator set.
        let name = self.values.get(limit.name).and_then(|value| value.renamed_from).unwrap_or(limit.name);
        let problem = || format!("must be a whole number from {}, not {text:?}", limit.range(highest));
        mistakes.check(name, number.ok_or_else(problem))
    }

    /// Adds a mistake for every unknown `PORTAL_…` variable, since most are typos. The variables of container systems
    /// are ignored.
    pub fn refuse_unknown(&self, mistakes: &mut Mistakes) {
        for name in self.values.keys().filter(|name| name.starts_with("PORTAL_")) {
            if !reference::is_known(name) && !service_variable::is_service_variable(name) {
                mistakes.add(
                    name,
                    "is not a known setting; docs/configuration.md lists all of them, and names of your own must not \
                     start with PORTAL_",
                );
            }
        }
    }
}

/// Adds the variables of `.env` that the environment does not set. Returns a warning for each value with a `$` and the
/// name of a variable that is set: programs such as Docker Compose replace it, and the portal does not.
fn add_dot_env(
    bytes: &[u8],
    file: &str,
    values: &mut BTreeMap<String, Value>,
    problems: &mut Vec<String>,
) -> Vec<String> {
    let text = match dot_env::decode(bytes) {
        Ok(text) => text,
        Err(bad) => {
            problems.push(format!("{file}: {bad}"));
            return Vec::new();
        }
    };
    let mut references = Vec::new();
    for assignment in dot_env::parse(text) {
        match assignment {
            Ok(assignment) => {
                let dot_env::Assignment { line, name, value, references: named } = assignment;
                references.push((line, name, named));
                if values.get(name).is_none_or(|value| value.from == Source::DotEnv) {
                    values.insert(name.to_owned(), Value { line: Some(line), ..Value::new(value, Source::DotEnv) });
                }
            }
            Err(bad) => problems.push(format!("{file}: {bad}")),
        }
    }
    let replaceable = references
        .into_iter()
        .filter(|(_, name, named)| reference::is_known(name) && named.iter().any(|name| values.contains_key(*name)));
    replaceable
        .map(|(line, name, _)| {
            format!(
                "{file}: line {line}: {name}: contains $ and the name of a variable, which is not replaced by its value; \
                 if that is right, put the value in single quotes"
            )
        })
        .collect()
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}
