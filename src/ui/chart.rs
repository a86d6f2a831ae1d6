//! A bar chart over time, as an SVG that the stylesheet colors.

use std::iter;

use leptos::prelude::*;

const WIDTH: u64 = 320;
const HEIGHT: u64 = 180;
// The edges of the area with the bars. Left of it and below it are the labels.
const LEFT: u64 = 44;
const RIGHT: u64 = 312;
const TOP: u64 = 8;
const BOTTOM: u64 = 148;
/// The most grid lines, and the most labels on the horizontal axis.
const MOST: u64 = 5;

/// The look of a series. Series differ in shape, never in color alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Outlined.
    Whole,
    /// Filled, inside the outline.
    Part,
    /// Filled, for failures.
    Bad,
}

/// A series of numbers with its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub look: Look,
    pub label: &'static str,
    pub numbers: Vec<u64>,
}

/// For a screen reader the drawing is one image with a name and a description. If
/// all numbers are zero, nothing is drawn and the description says so.
#[component]
pub fn Chart(
    /// The prefix of its elements' ids.
    id: &'static str,
    title: &'static str,
    /// What it shows, as text.
    words: String,
    /// The labels at the left edges of the bars. Only some of them are drawn.
    labels: Vec<String>,
    /// Drawn over each other.
    series: Vec<Series>,
) -> impl IntoView {
    let (name, description) = (format!("{id}-title"), format!("{id}-words"));
    let highest = series.iter().flat_map(|series| &series.numbers).copied().max().unwrap_or_default();
    let words = if highest == 0 { "No data for this period.".to_owned() } else { words };
    let drawing = (highest > 0).then(|| {
        let step = step(highest);
        let lines = highest.div_ceil(step);
        let key: Vec<_> = series.iter().map(|one| view! { <KeyItem look=one.look label=one.label /> }).collect();
        let bars = series.into_iter().map(|series| view! { <Bars series end=step.saturating_mul(lines) /> });
        view! {
            <svg
                class="chart-drawing"
                viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                role="img"
                aria-labelledby=name.clone()
                aria-describedby=description.clone()
            >
                <Grid step lines />
                <Labels labels />
                <path class="chart-axis" d=format!("M{LEFT}.5 {TOP}V{BOTTOM}.5H{RIGHT}")></path>
                {bars.collect::<Vec<_>>()}
            </svg>
            <ul class="chart-key" role="list">
                {key}
            </ul>
        }
    });
    view! {
        <figure class="chart">
            <figcaption>
                <h3 id=name>{title}</h3>
                <p id=description class="quiet">
                    {words}
                </p>
            </figcaption>
            {drawing}
        </figure>
    }
}

/// An entry of the key.
#[component]
fn KeyItem(look: Look, label: &'static str) -> impl IntoView {
    view! {
        <li>
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <rect class=look.class() x="2.5" y="2.5" width="11" height="11"></rect>
            </svg>
            {label}
        </li>
    }
}

/// The horizontal lines with their numbers, from zero at the bottom.
#[component]
fn Grid(step: u64, lines: u64) -> impl IntoView {
    let line = |line: u64| {
        let (x, y) = (LEFT - 6, BOTTOM - (BOTTOM - TOP) * line / lines);
        view! {
            <path class="chart-grid" d=format!("M{LEFT} {y}.5H{RIGHT}")></path>
            <text class="chart-words" x=x y=y dy="0.35em" text-anchor="end" font-size="14">
                {short(step.saturating_mul(line))}
            </text>
        }
    };
    (0..=lines).map(line).collect::<Vec<_>>()
}

/// The labels on the horizontal axis: only some, so that they do not overlap.
#[component]
fn Labels(labels: Vec<String>) -> impl IntoView {
    let count = labels.len() as u64;
    let shown = (0_u64..).zip(labels).filter(|(place, _)| place.is_multiple_of(count.div_ceil(MOST)));
    let label = |(place, label): (u64, String)| {
        let (x, y) = (edge(place, count), BOTTOM + 20);
        view! {
            <path class="chart-axis" d=format!("M{x}.5 {BOTTOM}v5")></path>
            <text class="chart-words" x=x y=y text-anchor="middle" font-size="14">
                {label}
            </text>
        }
    };
    shown.map(label).collect::<Vec<_>>()
}

/// The bars of a series. There is none for a zero.
#[component]
fn Bars(
    series: Series,
    /// The number at the top.
    end: u64,
) -> impl IntoView {
    let Series { look, numbers, .. } = series;
    let (count, margin) = (numbers.len() as u64, look.margin());
    // An outline is sharp when it runs through the middle of pixels.
    let half = (look == Look::Whole).then_some("translate(0.5 0.5)");
    let bar = |(place, number): (u64, u64)| {
        let (left, right) = (edge(place, count) + margin, edge(place + 1, count) - margin);
        let height = (number.saturating_mul(BOTTOM - TOP) / end).max(1);
        let (y, width) = (BOTTOM - height, right.saturating_sub(left).max(1));
        view! { <rect class=look.class() x=left y=y width=width height=height transform=half></rect> }
    };
    (0_u64..).zip(numbers).filter(|(_, number)| *number > 0).map(bar).collect::<Vec<_>>()
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Whole => "chart-whole",
            Self::Part => "chart-part",
            Self::Bad => "chart-bad",
        }
    }

    /// Returns the distance to the edges of the bar.
    fn margin(self) -> u64 {
        if self == Self::Part { 3 } else { 1 }
    }
}

/// Returns the left edge of a bar among `count` bars.
fn edge(place: u64, count: u64) -> u64 {
    LEFT + (RIGHT - LEFT) * place / count
}

/// Returns the distance of the grid lines: 1, 2, 5, 10, 20, 50, 100 and so on.
fn step(highest: u64) -> u64 {
    let units = iter::successors(Some(1_u64), |unit| unit.checked_mul(10));
    let mut steps = units.flat_map(|unit| [1, 2, 5].map(|times| unit.saturating_mul(times)));
    steps.find(|step| step.saturating_mul(MOST) >= highest).unwrap_or(u64::MAX)
}

/// Formats a number in few characters: `950`, `12k`, `3M`.
fn short(number: u64) -> String {
    match number {
        0..10_000 => number.to_string(),
        10_000..10_000_000 => format!("{}k", number / 1_000),
        _ => format!("{}M", number / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::{Chart, Look, Series, short, step};

    fn html(numbers: Vec<u64>) -> String {
        let labels: Vec<_> = (0..numbers.len()).map(|hour| format!("{hour:02}:00")).collect();
        let series = vec![Series { look: Look::Bad, label: "Failures", numbers }];
        let chart = || view! { <Chart id="failures" title="Failures" words=String::new() labels series /> }.to_html();
        Owner::new().with(chart)
    }

    #[test]
    fn each_value_gets_a_bar_unless_it_is_zero() {
        let mut numbers = vec![0; 24];
        numbers[3] = 7;
        numbers[23] = 2;
        let html = html(numbers);
        assert_eq!(html.matches("chart-bad").count(), 2 + 1, "two bars and the key: {html}");
        assert!(html.contains(">05:00<") && html.contains(">8<"), "{html}");
        for forbidden in ["style", "fill=", "stroke=", "<script", "NaN"] {
            assert!(!html.contains(forbidden), "{forbidden}: {html}");
        }
    }

    #[test]
    fn nothing_is_drawn_when_all_values_are_zero() {
        let html = html(vec![0; 24]);
        assert!(html.contains("No data for this period.") && !html.contains("<svg"), "{html}");
    }

    #[test]
    fn the_grid_has_round_numbers_and_at_most_five_lines() {
        for (highest, distance) in [(1, 1), (5, 1), (6, 2), (11, 5), (45, 10), (51, 20), (60_000, 20_000)] {
            assert_eq!(step(highest), distance);
        }
        assert!(step(u64::MAX) > 0);
        assert_eq!((short(9_999), short(12_000), short(20_000_000)), ("9999".into(), "12k".into(), "20M".into()));
    }
}
