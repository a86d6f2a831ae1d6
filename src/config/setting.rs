//! The entries of the table of settings.

use super::{Config, report};

type Text = &'static str;
/// How check-config shows a setting: its label and its value in effect.
type Shown<T> = Option<(Text, fn(&Config) -> T)>;

/// A setting that is a text.
#[derive(Debug)]
pub struct Setting {
    pub name: Text,
    /// The value if it is not set.
    pub default: Option<Text>,
    /// The description of a default that depends on other settings.
    default_text: Text,
    allowed: Text,
    meaning: Text,
    /// Whether the value can also be given as a file, by `{name}_FILE`.
    file: bool,
    shown_as: Shown<String>,
}

/// A setting that is one of several words.
#[derive(Debug)]
pub struct Choice<T: 'static> {
    pub name: Text,
    pub default: T,
    default_word: Text,
    /// Each word with its value and the label of the value. The first is the default.
    pub words: &'static [(Text, T, Text)],
    meaning: Text,
    shown_as: Shown<T>,
}

/// The description of a setting in docs/configuration.md, in Markdown.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: Text,
    pub default: String,
    pub allowed: String,
    pub meaning: Text,
    /// Whether the value can also be given as a file, by `{name}_FILE`.
    pub file: bool,
}

/// A text with a fixed default.
pub(super) const fn text(default: Text, allowed: Text, meaning: Text) -> Setting {
    Setting { default: Some(default), ..optional("", allowed, meaning) }
}

/// A text without a default, or with one that depends on other settings.
pub(super) const fn optional(default_text: Text, allowed: Text, meaning: Text) -> Setting {
    Setting { name: "", default: None, default_text, allowed, meaning, file: false, shown_as: None }
}

/// A text that must not be printed, and that can be given as a file.
pub(super) const fn secret(default_text: Text, allowed: Text, meaning: Text) -> Setting {
    Setting { file: true, ..optional(default_text, allowed, meaning) }
}

pub(super) const fn choice<T: Copy>(words: &'static [(Text, T, Text)], meaning: Text) -> Choice<T> {
    let (default_word, default, _) = words[0];
    Choice { name: "", default, default_word, words, meaning, shown_as: None }
}

impl Setting {
    pub(super) const fn named(self, name: Text) -> Self {
        Self { name, ..self }
    }

    pub(super) const fn shown_as(self, label: Text, value: fn(&Config) -> String) -> Self {
        Self { shown_as: Some((label, value)), ..self }
    }

    pub(super) fn shown(&self, config: &Config) -> Option<report::Setting> {
        self.shown_as.map(|(label, value)| report::Setting::new(config, label, self.name, value(config)))
    }

    pub(super) fn entry(&self) -> Entry {
        let default = self.default.map_or_else(|| self.default_text.to_owned(), |value| format!("`{value}`"));
        Entry { name: self.name, default, allowed: self.allowed.to_owned(), meaning: self.meaning, file: self.file }
    }
}

impl<T: Copy + PartialEq> Choice<T> {
    pub(super) const fn named(self, name: Text) -> Self {
        Self { name, ..self }
    }

    pub(super) const fn shown_as(self, label: Text, value: fn(&Config) -> T) -> Self {
        Self { shown_as: Some((label, value)), ..self }
    }

    pub(super) fn shown(&self, config: &Config) -> Option<report::Setting> {
        let (label, value) = self.shown_as?;
        let (_, _, value) = self.words.iter().find(|(_, of, _)| *of == value(config))?;
        Some(report::Setting::new(config, label, self.name, (*value).to_owned()))
    }

    pub(super) fn entry(&self) -> Entry {
        let default = format!("`{}`", self.default_word);
        Entry { name: self.name, default, allowed: self.list("`"), meaning: self.meaning, file: false }
    }

    /// Returns the words, each between two `quotes`: `proof, turnstile or hcaptcha`.
    pub(super) fn list(&self, quotes: &str) -> String {
        let words: Vec<_> = self.words.iter().map(|(word, ..)| format!("{quotes}{word}{quotes}")).collect();
        match words.split_last() {
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        }
    }
}
