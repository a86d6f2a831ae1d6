//! What the pages of the administration show.

mod audit;
mod chart;
mod overview;
mod query;
mod settings;

use axum::http::Uri;

use super::NotShown;
use crate::api::admin::AdminView;
use crate::paths;
use crate::server::services::Requester;
use crate::server::state::AppState;

/// What the page at this address shows to the administrator who asks.
pub(super) async fn load(state: &AppState, uri: &Uri, by: &Requester) -> Result<AdminView, NotShown> {
    match uri.path() {
        paths::ADMIN => Ok(AdminView::Overview(overview::load(state, uri, by).await?)),
        paths::ADMIN_SETTINGS => Ok(AdminView::Settings(settings::load(state, by).await?)),
        paths::ADMIN_AUDIT => Ok(AdminView::Audit(audit::load(state, uri, by).await?)),
        _ => Err(NotShown::NotThere),
    }
}
