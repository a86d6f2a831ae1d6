//! Data of the admin pages.

pub(in crate::http) mod audit;
mod chart;
mod invitations;
mod mail;
mod otps;
mod overview;
mod query;
mod settings;
mod users;

use axum::http::Uri;

use super::LoadError;
use crate::api::admin::AdminView;
use crate::paths;
use crate::services::RequestContext;
use crate::state::AppState;

/// Loads the data of the admin page at this URL.
pub(super) async fn load(state: &AppState, uri: &Uri, by: &RequestContext) -> Result<AdminView, LoadError> {
    match uri.path() {
        paths::ADMIN => Ok(AdminView::Overview(overview::load(state, uri, by).await?)),
        paths::ADMIN_SETTINGS => Ok(AdminView::Settings(settings::load(state, by).await?)),
        paths::ADMIN_AUDIT => Ok(AdminView::Audit(audit::load(state, uri, by).await?)),
        paths::ADMIN_OTPS => Ok(AdminView::Otps(otps::load(state, uri, by).await?)),
        paths::ADMIN_MAIL => Ok(AdminView::Mail(mail::load(state, uri, by).await?)),
        paths::ADMIN_INVITATIONS => Ok(AdminView::Invitations(invitations::load(state, uri, by).await?)),
        paths::ADMIN_USERS => Ok(AdminView::Users(users::list(state, uri, by).await?)),
        path => match path.strip_prefix(paths::ADMIN_USERS).and_then(|rest| rest.strip_prefix('/')) {
            Some(below) => users::below(state, below, by).await,
            None => Err(LoadError::NotFound),
        },
    }
}
