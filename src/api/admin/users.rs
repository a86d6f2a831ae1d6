//! The views of the users, and the actions on their accounts.

use leptos::prelude::*;

use super::{AuditEntryView, Neighbours};
use crate::islands::ApiError;
use crate::api::EventView;
use crate::domain::{Timestamp, UserAction};

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsersView {
    /// The active filters, as in the URL; empty for none.
    pub q: String,
    pub state: String,
    pub role: String,
    pub sort: String,
    pub users: Vec<UserRowView>,
    pub neighbours: Neighbours,
}

impl UsersView {
    /// Whether a filter is active.
    #[must_use]
    pub fn narrowed(&self) -> bool {
        [&self.q, &self.state, &self.role].into_iter().any(|filter| !filter.is_empty())
    }
}

/// A user in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRowView {
    pub id: String,
    pub username: String,
    pub email: String,
    pub role: &'static str,
    pub state: &'static str,
    pub two_step: bool,
    pub registered_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
}

/// A user with the details that administrators may see. It holds no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    pub id: String,
    pub username: String,
    pub email: String,
    pub role: &'static str,
    pub state: &'static str,
    /// When the account will be deleted, if its owner requested that.
    pub delete_after: Option<Timestamp>,
    pub registered_at: Timestamp,
    pub verified_at: Timestamp,
    pub password_changed_at: Timestamp,
    pub last_sign_in_at: Option<Timestamp>,
    pub last_sign_in_from: Option<String>,
    pub app_since: Option<Timestamp>,
    pub passkeys: u64,
    pub recovery_codes_left: u64,
    pub trusted_browsers: usize,
    pub sessions: Vec<UserSessionView>,
    pub codes: Vec<UserCodeView>,
    pub events: Vec<EventView>,
    /// The audit log entries about the user.
    pub entries: Vec<AuditEntryView>,
    /// The actions that are available.
    pub actions: Vec<UserAction>,
    /// Whether it is the administrator's own account.
    pub own: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSessionView {
    /// "Firefox on Linux"
    pub device: String,
    pub address: String,
    pub began_at: Timestamp,
    pub last_seen_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCodeView {
    pub purpose: String,
    pub issued_at: Timestamp,
    pub outcome: &'static str,
}

/// An action that the administrator is about to confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserActionView {
    pub id: String,
    pub username: String,
    pub action: UserAction,
    /// Why the action is not available.
    pub refusal: Option<&'static str>,
    /// Whether it is the administrator's own account.
    pub own: bool,
}

/// Carries out an action on an account. The reason is recorded in the audit log.
///
/// # Errors
/// A message for `reason`, or why the action is not available.
#[server(prefix = "", endpoint = "admin/users/change")]
pub async fn change_user(
    #[server(default)] id: String,
    #[server(default)] user_action: String,
    #[server(default)] reason: String,
) -> Result<(), ApiError> {
    use crate::paths;
    use crate::http::reply::FormRequest;
    use crate::services::ServiceError;
    let post = FormRequest::to(paths::ADMIN_USERS_CHANGE)?.keep("reason", &reason);
    let (Ok(id), Some(action)) = (uuid::Uuid::try_parse(&id), UserAction::parse(&user_action)) else {
        return post.answer(Err(ServiceError::NotFound)).await;
    };
    let post = post.on_page(paths::admin_user_action(&id.to_string(), action.as_str()));
    let outcome = post.state.admin.change_user(id, action, &reason, &post.requester).await;
    post.answer(outcome).await
}
