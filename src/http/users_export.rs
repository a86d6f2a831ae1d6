//! The list of users as a CSV download.

use axum::extract::Form;
use axum::response::Response;
use futures_util::TryStreamExt as _;

use super::download::{self, Download, Fields};
use crate::datetime::rfc3339;
use crate::paths;
use crate::routes::admin::users::filter;
use crate::routes::query::Query;
use crate::services::admin::UsersExport;
use crate::store::users::User;

const COLUMNS: [&str; 8] =
    ["Account", "Username", "Email", "Role", "State", "Two-step sign-in", "Registered", "Last sign-in"];

/// Handles "Download as CSV" on the users page.
pub async fn answer(download: Download, Form(fields): Form<Fields>) -> Response {
    let query = Query::posted(paths::ADMIN_USERS, fields);
    match download.state.admin().export_users(filter(&query), &download.by).await {
        Ok(export) => file(export),
        Err(error) => download.failed(error, query.here()).await,
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
