//! The admin pages, which only administrators can see.

mod admin_cli;
mod audit_command;
mod audit_export;
mod audit_log;
mod audit_tampering;
mod denied;
mod downloads;
mod invitations;
mod mail_queue;
mod otps;
mod overview;
mod retention;
mod rows;
mod settings;
mod users;

use crate::harness::app::PASSWORD;
use crate::harness::{Client, Mode, TestApp};

/// Creates an administrator, and signs them in.
pub(super) async fn administrator(app: &TestApp, mode: Mode, username: &str) -> Client {
    app.account(username, &format!("{username}@admin.example")).await;
    app.execute(&format!("UPDATE account SET role = 'administrator' WHERE username = '{username}'")).await;
    let mut client = app.client(mode);
    assert_eq!(client.sign_in(username, PASSWORD).await.location().as_deref(), Some("/dashboard"));
    client
}

/// Returns the id of an account, as it appears in URLs.
pub(super) async fn id_of(app: &TestApp, username: &str) -> String {
    let hex = app.text(&format!("SELECT hex(id) FROM account WHERE username = '{username}'")).await;
    uuid::Uuid::try_parse(&hex).expect("an id").to_string()
}
