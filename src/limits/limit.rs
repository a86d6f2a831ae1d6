//! A limit as a setting: its name, default, range and meaning.

use std::fmt::Display;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::Quota;
use crate::crypto::hash_queue;

pub(super) const MINUTE: u64 = 60;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

const SECONDS: &str = " seconds";

/// A setting whose value is a whole number.
#[derive(Debug)]
pub struct Limit {
    pub name: &'static str,
    /// The section of docs/configuration.md.
    pub heading: &'static str,
    /// In Markdown.
    pub meaning: &'static str,
    pub lowest: u64,
    pub highest: u64,
    unit: &'static str,
    default: u64,
    /// Whether the default is multiplied by the number of cores.
    per_core: bool,
    /// A limit that is declared before this one, and a divisor. This limit defaults to the whole divided by it, rounded
    /// up, and cannot exceed the whole.
    pub part_of: Option<(&'static str, u64)>,
}

pub(super) const fn seconds(name: &'static str, default: u64, range: RangeInclusive<u64>) -> Limit {
    Limit { unit: SECONDS, ..count(name, default, range) }
}

pub(super) const fn per_hour(name: &'static str, default: u64) -> Limit {
    Limit { unit: " per hour", ..count(name, default, 1..=1_000_000) }
}

pub(super) const fn per_second(name: &'static str, default: u64, range: RangeInclusive<u64>) -> Limit {
    Limit { unit: " per second", ..count(name, default, range) }
}

pub(super) const fn count(name: &'static str, default: u64, range: RangeInclusive<u64>) -> Limit {
    let (lowest, highest) = (*range.start(), *range.end());
    Limit { name, heading: "", meaning: "", lowest, highest, unit: "", default, per_core: false, part_of: None }
}

impl Limit {
    pub(super) const fn described(self, heading: &'static str, meaning: &'static str) -> Self {
        Self { heading, meaning, ..self }
    }

    pub(super) const fn per_core(self) -> Self {
        Self { per_core: true, ..self }
    }

    pub(super) const fn part_of(self, divisor: u64, whole: &'static str) -> Self {
        Self { part_of: Some((whole, divisor)), ..self }
    }

    /// Returns the default on this machine.
    #[must_use]
    pub fn default_number(&self) -> u64 {
        if self.per_core { self.default * hash_queue::cores().number() } else { self.default }
    }

    /// Returns the default as text: `86400 (1 day)`.
    #[must_use]
    pub fn default_text(&self) -> String {
        let number = self.default;
        let units = [(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")];
        match units.into_iter().find(|&(unit, _)| number >= unit && number.is_multiple_of(unit)) {
            Some((unit, name)) if self.unit == SECONDS => {
                let count = number / unit;
                format!("{number} ({count} {name}{})", if count == 1 { "" } else { "s" })
            }
            _ if self.per_core => format!("{number} per core"),
            _ => number.to_string(),
        }
    }

    /// Returns the range with its unit: `600 to 604800 seconds`.
    pub fn range(&self, highest: impl Display) -> String {
        format!("{} to {highest}{}", self.lowest, self.unit)
    }
}

/// The type of a limit in the code. The number is within the limit's range.
pub(super) trait Amount {
    fn from_number(number: u64) -> Self;
    fn number(self) -> u64;
}

impl Amount for Duration {
    fn from_number(number: u64) -> Self {
        Self::from_secs(number)
    }
    fn number(self) -> u64 {
        self.as_secs()
    }
}

impl Amount for Quota {
    fn from_number(number: u64) -> Self {
        Self::per_hour(u32::from_number(number))
    }
    fn number(self) -> u64 {
        self.most.into()
    }
}

impl Amount for u32 {
    fn from_number(number: u64) -> Self {
        Self::try_from(number).unwrap_or(Self::MAX)
    }
    fn number(self) -> u64 {
        self.into()
    }
}

impl Amount for NonZeroU32 {
    fn from_number(number: u64) -> Self {
        Self::new(u32::from_number(number)).unwrap_or(Self::MIN)
    }
    fn number(self) -> u64 {
        self.get().into()
    }
}

impl Amount for usize {
    fn from_number(number: u64) -> Self {
        Self::try_from(number).unwrap_or(Self::MAX)
    }
    fn number(self) -> u64 {
        u64::try_from(self).unwrap_or(u64::MAX)
    }
}
