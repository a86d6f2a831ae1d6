//! What administrators see and do: one file a part of the area. To everybody
//! else none of it is there.

pub mod audit;
pub mod invitations;
pub mod mail;
pub mod otps;
pub mod overview;
pub mod settings;
pub mod users;

pub use audit::{AuditEntryView, AuditView};
pub use invitations::{InvitationState, InvitationView, InvitationsView};
pub use mail::{MailView, QueuedMailView};
pub use otps::{OtpRowView, OtpsView};
pub use overview::{ChartView, FigureView, OverviewView, PieceView};
pub use settings::{LimitView, SettingView, SettingsView};
pub use users::{UserCodeView, UserDeedView, UserRowView, UserSessionView, UserView, UsersView};

/// What a page of the administration shows.
#[derive(Clone, Debug)]
pub enum AdminView {
    Overview(OverviewView),
    Audit(AuditView),
    Users(UsersView),
    User(Box<UserView>),
    UserDeed(UserDeedView),
    Invitations(InvitationsView),
    Otps(OtpsView),
    Mail(MailView),
    Settings(SettingsView),
}

/// The ways to the neighbours of a page of a list, each if there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    pub newer: Option<String>,
    pub older: Option<String>,
}
