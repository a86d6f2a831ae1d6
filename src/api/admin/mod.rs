//! The views and actions of the admin area, one file each. Other users get a 404.

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
pub use overview::{BucketView, ChartView, FigureView, OverviewView};
pub use settings::{LimitView, SettingView, SettingsView};
pub use users::{UserActionView, UserCodeView, UserRowView, UserSessionView, UserView, UsersView};

/// The data of an admin page.
#[derive(Clone, Debug)]
pub enum AdminView {
    Overview(OverviewView),
    Audit(AuditView),
    Users(UsersView),
    User(Box<UserView>),
    UserAction(UserActionView),
    Invitations(InvitationsView),
    Otps(OtpsView),
    Mail(MailView),
    Settings(SettingsView),
}

/// Links to the newer and the older page of a list, if they exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    pub newer: Option<String>,
    pub older: Option<String>,
}
