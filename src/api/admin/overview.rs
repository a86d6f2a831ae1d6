//! The view of the overview: figures and charts.

use crate::domain::{TimeRange, Timestamp};

/// Figures and charts for a time range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverviewView {
    pub span: TimeRange,
    /// The start of the time range.
    pub since: Timestamp,
    pub figures: Vec<FigureView>,
    pub charts: Vec<ChartView>,
    /// The numbers of the charts, newest bucket first.
    pub buckets: Vec<BucketView>,
}

/// A number with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureView {
    pub name: &'static str,
    pub value: String,
    /// A detail about it; may be empty.
    pub words: String,
}

/// A chart of numbers over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartView {
    /// The prefix of its elements' ids.
    pub id: &'static str,
    pub title: &'static str,
    /// What it shows, as text. Also its accessible description.
    pub words: String,
    pub width: u32,
    pub height: u32,
    /// The content of its SVG; `None` if there is nothing to draw.
    pub drawing: Option<String>,
    /// The legend: classes of the drawing and their labels.
    pub key: Vec<(&'static str, &'static str)>,
}

/// A bucket of the charts: an hour or a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketView {
    /// When it started, in UTC.
    pub when: String,
    /// In the order of [`BucketView::COLUMNS`].
    pub numbers: [u64; 5],
}

impl BucketView {
    pub const COLUMNS: [&'static str; 5] =
        ["Registrations started", "Of these completed", "Wrong passwords", "Wrong codes", "Failed second steps"];
}
