//! What administrators see and do: one file a part of the area. To everybody
//! else none of it is there.

pub mod audit;
pub mod overview;
pub mod settings;

pub use audit::{AuditEntryView, AuditView};
pub use overview::{ChartView, FigureView, OverviewView, PieceView};
pub use settings::{LimitView, SettingView, SettingsView};

/// What a page of the administration shows.
#[derive(Clone, Debug)]
pub enum AdminView {
    Overview(OverviewView),
    Audit(AuditView),
    Settings(SettingsView),
}

/// The ways to the neighbours of a page of a list, each if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    pub newer: Option<String>,
    pub older: Option<String>,
}
