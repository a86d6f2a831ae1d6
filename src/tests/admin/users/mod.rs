//! `/admin/users`: search, details, actions and export.

mod actions;
mod demoted;
mod detail;
mod ended;
mod export;
mod last;
mod list;
mod refusals;

use portal::paths;

use super::{administrator, id_of};
use crate::harness::app::PASSWORD;
use crate::harness::totp::Phone;
use crate::harness::{Answer, Client, Mode, TestApp};

const CHANGE: &str = "/admin/users/change";

/// Two administrators, ann who is signed in and zoe, and the user bob.
async fn with_bob(mode: Mode) -> (TestApp, Client) {
    let app = TestApp::new().await;
    app.account("zoe", "zoe@admin.example").await;
    app.execute("UPDATE account SET role = 'administrator'").await;
    app.account("bob", "bob@x.example").await;
    let ann = administrator(&app, mode, "ann").await;
    (app, ann)
}

/// Presses the button on an action's page.
async fn change(client: &mut Client, id: &str, action: &str, reason: &str) -> Answer {
    client.post(CHANGE, &[("id", id), ("user_action", action), ("reason", reason)]).await
}

/// Adds an authenticator app to the signed-in account; returns its recovery codes.
pub(super) async fn enroll(app: &TestApp, client: &mut Client) -> Vec<String> {
    assert_eq!(client.post(paths::TOTP, &[]).await.location().as_deref(), Some(paths::ACCOUNT_SECURITY));
    let phone = Phone::of(&client.get(paths::ACCOUNT_SECURITY).await.body);
    let answer = client.post(paths::TOTP_CONFIRM, &[("code", &phone.code(app.clock.now()))]).await;
    assert_eq!(answer.location().as_deref(), Some(paths::RECOVERY_CODES));
    let page = client.get(paths::RECOVERY_CODES).await.body;
    page.split("<code>").skip(1).filter_map(|rest| rest.split('<').next()).map(str::to_owned).collect()
}

/// Adds `many` accounts, named `n00001` and on, each registered a second after the previous one.
async fn crowd(app: &TestApp, many: usize) {
    app.execute(&format!(
        "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {many})
         INSERT INTO account (id, username, username_key, email, email_key, password_hash, role, created_at,
                              verified_at, password_changed_at, session_epoch)
         SELECT randomblob(16), printf('N%05d', i), printf('n%05d', i), printf('m%05d@x.example', i),
                printf('m%05d@x.example', i), 'none', 'user', i * 1000, 0, 0, 0 FROM numbers"
    ))
    .await;
}

/// Returns the usernames on a page of the list, top to bottom.
fn names(page: &str) -> Vec<String> {
    let links = page.split("<a href=\"/admin/users/").skip(1);
    let names = links.filter_map(|link| link.split_once('>')?.1.split('<').next());
    names.map(str::to_owned).collect()
}

/// Returns the target of a pager link.
fn way(page: &str, rel: &str) -> Option<String> {
    let nav = page.split_once("aria-label=\"Pages\"")?.1.split("</nav>").next()?;
    let link = nav.split("<a ").skip(1).find(|link| link.contains(&format!("rel=\"{rel}\"")))?;
    Some(link.split_once("href=\"")?.1.split('"').next()?.replace("&amp;", "&"))
}
