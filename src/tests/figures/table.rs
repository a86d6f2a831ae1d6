//! Figures, their floors and targets, and the table of results.

use crate::say;

/// Something to measure, with its floor and target.
#[derive(Clone, Copy)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    unit: Unit,
    /// The minimum; worse values fail.
    floor: f64,
    /// The goal.
    target: f64,
}

/// The unit of a figure. For a ratio more is better, for anything else less.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    /// One side as a fraction of the other.
    Ratio,
    /// One side as a multiple of the other.
    Multiple,
    Milliseconds,
    /// Of something that must not happen.
    Count,
    /// How often one of two cases is recognized by the time that it takes: 0.5 by chance, 1 always.
    Recognition,
    /// 1,000 bytes.
    Kilobytes,
    /// 1,000,000 bytes.
    Megabytes,
}

/// A measured figure.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) figure: Figure,
    measured: f64,
}

impl Figure {
    pub(crate) const fn new(name: &'static str, unit: Unit, floor: f64, target: f64) -> Self {
        Self { name, unit, floor, target }
    }

    /// The row that shows it.
    pub(crate) fn is(self, measured: f64) -> Row {
        Row { figure: self, measured }
    }
}

impl Unit {
    /// A bound. The measured value is shown with one more digit, so that the two
    /// are easy to tell apart.
    fn show(self, value: f64, more: usize) -> String {
        let percent = 2 + more;
        match self {
            Self::Ratio | Self::Recognition => format!("{value:.percent$}"),
            Self::Count => format!("{value:.0}"),
            Self::Multiple => format!("{value:.percent$} ×"),
            Self::Milliseconds => format!("{value:.more$} ms"),
            Self::Kilobytes => format!("{value:.more$} kB"),
            Self::Megabytes => format!("{value:.more$} MB"),
        }
    }
}

impl Row {
    pub(crate) fn meets_floor(&self) -> bool {
        self.meets(self.figure.floor)
    }

    fn meets(&self, bound: f64) -> bool {
        match self.figure.unit {
            Unit::Ratio => self.measured >= bound,
            Unit::Multiple
            | Unit::Milliseconds
            | Unit::Count
            | Unit::Recognition
            | Unit::Kilobytes
            | Unit::Megabytes => self.measured <= bound,
        }
    }

    fn verdict(&self) -> &'static str {
        if self.meets(self.figure.target) {
            "meets the target"
        } else if self.meets_floor() {
            "meets the floor"
        } else {
            "MISSES THE FLOOR"
        }
    }
}

/// The middle one of these values; for an even number the upper one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints a line for each row.
pub(crate) fn print(rows: &[Row]) {
    let width = rows.iter().map(|row| row.figure.name.chars().count()).max().unwrap_or(0);
    say(format_args!("\n{:width$} {:>10} {:>8} {:>8}", "figure", "measured", "floor", "target"));
    for row in rows {
        let Figure { name, unit, floor, target } = row.figure;
        let [measured, floor, target] = [unit.show(row.measured, 1), unit.show(floor, 0), unit.show(target, 0)];
        say(format_args!("{name:width$} {measured:>10} {floor:>8} {target:>8}  {}", row.verdict()));
    }
}
