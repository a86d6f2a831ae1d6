//! The list of users as a CSV download.

use axum::Extension;
use axum::extract::{Form, State};
use axum::response::Response;
use futures_util::TryStreamExt as _;
use serde::Deserialize;
use tower_sessions::Session;

use super::download::{self, page_with};
use crate::datetime::rfc3339;
use crate::paths;
use crate::routes::form::RequestId;
use crate::services::RequestContext;
use crate::services::admin::{UsersExport, UsersQuery};
use crate::state::AppState;
use crate::store::users::User;

const COLUMNS: [&str; 8] =
    ["Account", "Username", "Email", "Role", "State", "Two-step sign-in", "Registered", "Last sign-in"];

/// The filters of the page with the export button.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filters {
    q: String,
    state: String,
    role: String,
    sort: String,
}

/// Handles "Download as CSV" on the users page.
pub async fn answer(
    State(state): State<AppState>,
    Extension(by): Extension<RequestContext>,
    Extension(id): Extension<RequestId>,
    session: Session,
    Form(filters): Form<Filters>,
) -> Response {
    let Filters { q, state: account_state, role, sort } = &filters;
    let query = UsersQuery { q, state: account_state, role, sort };
    match state.admin().export_users(query, &by).await {
        Ok(export) => file(export),
        Err(error) => {
            let filters = [("q", q.as_str()), ("state", account_state), ("role", role), ("sort", sort)];
            let page = page_with(paths::ADMIN_USERS, &filters);
            download::error_response(error, paths::ADMIN_USERS_EXPORT, page, &session, &id).await
        }
    }
}

fn file(export: UsersExport) -> Response {
    let at = export.at;
    let rows = export.batches().map_ok(|(users, two_step)| {
        let cells = |user: User| cells(two_step.contains(&user.id), user);
        users.into_iter().map(cells).collect()
    });
    download::csv_file("users", at, &COLUMNS, rows)
}

fn cells(two_step: bool, user: User) -> Vec<String> {
    vec![
        user.id.to_string(),
        user.username,
        user.email,
        user.role.as_str().to_owned(),
        user.state.as_str().to_owned(),
        if two_step { "on" } else { "off" }.to_owned(),
        rfc3339(user.registered_at),
        user.last_sign_in_at.map(rfc3339).unwrap_or_default(),
    ]
}
