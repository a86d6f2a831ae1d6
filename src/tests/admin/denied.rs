//! `/admin` returns 404 to everyone except administrators.

mod behind;
mod enrollment;

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::Request;
use axum::http::header::ACCEPT_ENCODING;
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use portal::app;
use portal::paths;
use portal::services::{AuthenticatedUser, RequestContext};
use portal::store::lineage::Lineage;

use super::{administrator, id_of};
use crate::harness::app::PASSWORD;
use crate::harness::client::without_random;
use crate::harness::{Answer, Client, Mode, TestApp};
use crate::two_step::{enrolled, half};

/// Every URL of the area, both functions and pages, so that a new one is included automatically.
fn urls(id: &str) -> Vec<String> {
    let pages = generate_route_list(app::routes).into_iter().map(|route| route.path().to_owned());
    let functions = server_fn_paths().map(|(path, _)| path.to_owned());
    let downloads = paths::ADMIN_DOWNLOADS.into_iter().map(str::to_owned);
    let area =
        |path: &String| path.strip_prefix(paths::ADMIN).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let mut all: Vec<_> = pages
        .chain(functions)
        .chain(downloads)
        .filter(area)
        .map(|path| path.replace("{id}", id).replace("{action}", "disable"))
        .collect();
    all.sort_unstable();
    all.dedup();
    assert!(all.contains(&paths::ADMIN_AUDIT.to_owned()), "{all:?}");
    all
}

/// A request as the auth middleware passes it on, from a signed-in user or an anonymous visitor.
pub(super) fn request_of(member: Option<AuthenticatedUser>) -> RequestContext {
    RequestContext {
        ip: IpAddr::from([192, 0, 2, 7]),
        user_agent: String::new(),
        flow: None,
        invitation: None,
        recovery: None,
        device: None,
        trusted: Vec::new(),
        member,
        second_step: None,
    }
}

/// A user who just signed in, as the auth middleware saw them if they are an administrator.
pub(super) async fn member(app: &TestApp, username: &str) -> AuthenticatedUser {
    app.form().sign_in(username, PASSWORD).await;
    let session = format!(
        "SELECT hex(handle) FROM session WHERE account_id = (SELECT id FROM account WHERE username = '{username}')"
    );
    let session_version = app.count(&format!("SELECT session_epoch FROM account WHERE username = '{username}'")).await;
    AuthenticatedUser {
        account_id: id_of(app, username).await.parse().expect("an id"),
        session: uuid::Uuid::try_parse(&app.text(&session).await).expect("a session"),
        session_version: i32::try_from(session_version).expect("a session version"),
        authenticated_at: app.clock.now(),
        second_factor_at: None,
        has_factor: false,
        ancestors: Lineage::default(),
        must_enroll: false,
        administrator: true,
    }
}

/// Every kind of visitor who is not an administrator, with a description of each.
async fn others(app: &TestApp, mode: Mode) -> Vec<(&'static str, Client)> {
    app.account("user", "user@x.example").await;
    let mut user = app.client(mode);
    user.sign_in("user", PASSWORD).await;
    enrolled(app, mode).await;
    let before_second_step = half(app, mode).await;
    app.execute("UPDATE account SET role = 'administrator' WHERE username = 'ann'").await;
    let demoted = administrator(app, mode, "demoted").await;
    assert_eq!(demoted.clone().get(paths::ADMIN_AUDIT).await.status, 200);
    app.execute("UPDATE account SET role = 'user' WHERE username = 'demoted'").await;
    vec![
        ("anonymous", app.client(mode)),
        ("before the second step", before_second_step),
        ("a user", user),
        ("a demoted administrator", demoted),
    ]
}

async fn head(mut client: Client, address: &str) -> Answer {
    let request = Request::builder().method("HEAD").uri(address).header(ACCEPT_ENCODING, "gzip");
    client.send(request, Body::empty()).await
}

fn names(answer: &Answer) -> Vec<String> {
    answer.headers.keys().map(ToString::to_string).collect()
}

#[tokio::test]
async fn every_admin_url_is_a_404_to_everyone_else() {
    for mode in Mode::BOTH {
        let app = TestApp::new().await;
        let others = others(&app, mode).await;
        let id = id_of(&app, "user").await;
        for (who, client) in others {
            let nowhere = (client.clone().get("/nowhere").await, client.clone().post("/nowhere", &[]).await);
            let head_of_nowhere = head(client.clone(), "/nowhere").await;
            for address in urls(&id) {
                let got = client.clone().get(&address).await;
                let names_of_head = names(&head(client.clone(), &address).await);
                assert_eq!(names_of_head, names(&head_of_nowhere), "HEAD, {who} at {address}");
                let posted = client.clone().post(&address, &[("id", &id), ("reason", "Because.")]).await;
                for (answer, nowhere) in [(got, &nowhere.0), (posted, &nowhere.1)] {
                    assert_eq!(answer.status, 404, "{who} at {address}");
                    if nowhere.status != 404 {
                        // Before the second step, every post redirects to it, except for these.
                        continue;
                    }
                    assert_eq!(without_random(&answer.body), without_random(&nowhere.body), "{who} at {address}");
                    assert_eq!(names(&answer), names(nowhere), "{who} at {address}");
                }
            }
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, 0);
    }
}

#[tokio::test]
async fn an_unknown_admin_url_is_a_404_to_administrators_too() {
    let app = TestApp::new().await;
    let mut ann = administrator(&app, Mode::Form, "ann").await;
    for address in ["/admin/nowhere", "/adminx", "/admin/users/nobody"] {
        assert_eq!(ann.get(address).await.status, 404, "{address}");
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The auth middleware checks first, and every method behind it checks again,
/// so that a new caller cannot bypass the check.
#[test]
fn every_admin_method_checks_its_caller() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/services/admin");
    let mut methods = 0;
    for file in sources(&folder) {
        let text = fs::read_to_string(&file).expect("a source file");
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        for method in product.split("\n    pub async fn ").skip(1) {
            let body = method.split("\n    }").next().unwrap_or_default();
            let (name, _) = body.split_once(['(', '<']).expect("its name");
            if name == "commit" {
                // The action has already begun by then, with its own check.
                continue;
            }
            methods += 1;
            let asks = ["by.administrator()?", "self.begin(by)", "self.begin_reauthenticated(by)"];
            assert!(asks.iter().any(|ask| body.contains(ask)), "{}: {name} does not check its caller", file.display());
        }
    }
    assert!(methods > 2, "is the test looking in the right place?");
}
