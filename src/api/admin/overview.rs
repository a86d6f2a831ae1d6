//! How the portal is doing, as administrators see it.

use crate::domain::{Span, Timestamp};

/// Figures and charts over a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverviewView {
    pub span: Span,
    /// When the span began.
    pub since: Timestamp,
    pub figures: Vec<FigureView>,
    pub charts: Vec<ChartView>,
    /// The numbers that are drawn, the newest piece of the span first.
    pub pieces: Vec<PieceView>,
}

/// A number and what it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureView {
    pub name: &'static str,
    pub value: String,
    /// What else there is to know about it; empty for nothing.
    pub words: String,
}

/// A drawing of numbers over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartView {
    /// For the elements that belong to it.
    pub id: &'static str,
    pub title: &'static str,
    /// What it shows, for those who do not see it and for those who do.
    pub words: String,
    pub width: u32,
    pub height: u32,
    /// The content of its SVG; nothing when there is nothing to draw.
    pub drawing: Option<String>,
    /// What looks how: a class of the drawing, and its words.
    pub key: Vec<(&'static str, &'static str)>,
}

/// An hour or a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceView {
    /// When it began, in UTC.
    pub when: String,
    /// In the order of [`PieceView::COLUMNS`].
    pub numbers: [u64; 5],
}

impl PieceView {
    pub const COLUMNS: [&'static str; 5] =
        ["Registrations begun", "Of these finished", "Wrong passwords", "Wrong codes", "Second steps failed"];
}
