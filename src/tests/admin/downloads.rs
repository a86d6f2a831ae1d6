//! CSV downloads while they are being read.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, USER_AGENT};
use http_body_util::BodyExt as _;
use portal::http::router;
use tower::ServiceExt as _;

use super::{administrator, audit_export, id_of, rows};
use crate::harness::{Client, Mode, TestApp};

/// Most rows that are read at once.
const BATCH: usize = 500;
/// More than three times as many.
const MANY: usize = 1_700;

/// Presses a download button; nothing of the file is read yet.
async fn press(app: &TestApp, client: &Client, path: &str) -> Body {
    let cookies: Vec<_> = client.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::post(path)
        .header(ACCEPT, "text/html")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(COOKIE, cookies.join("; "))
        .header(USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0")
        .extension(ConnectInfo(client.peer))
        .body(Body::empty())
        .expect("a request");
    let answer = router::build(&app.state).oneshot(request).await.expect("the router never fails");
    assert_eq!(answer.status(), 200);
    answer.into_body()
}

/// Returns one column of the next chunk of the file, or nothing at the end.
async fn piece(file: &mut Body, column: usize) -> Option<Vec<String>> {
    let frame = file.frame().await?.expect("a complete file");
    let bytes = frame.into_data().expect("a chunk of the file");
    let text = std::str::from_utf8(&bytes).expect("UTF-8");
    let cell = |line: &str| line.trim_matches('"').split("\",\"").nth(column).expect("a cell").to_owned();
    let cells: Vec<_> = text.split_terminator("\r\n").map(cell).collect();
    assert!((1..=BATCH).contains(&cells.len()), "{} rows in one chunk", cells.len());
    Some(cells)
}

/// Returns the same column of the remaining chunks.
async fn rest(file: &mut Body, column: usize) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(cells) = piece(file, column).await {
        all.extend(cells);
    }
    all
}

#[tokio::test]
async fn the_log_is_read_while_it_is_downloaded_and_each_row_appears_once() {
    let app = TestApp::new().await;
    let ann = administrator(&app, Mode::Form, "ann").await;
    let id = id_of(&app, "ann").await;
    audit_export::fill(&app, &id, MANY).await;
    let mut file = press(&app, &ann, "/admin/audit/export").await;
    assert_eq!(piece(&mut file, 0).await.expect("the header"), ["Row"]);
    let mut numbers = piece(&mut file, 0).await.expect("the first rows");
    // The rows deleted now are after the ones read next, and the new rows are before the first.
    let kept = MANY + 1 - numbers.len() - BATCH;
    app.execute(&format!("DELETE FROM audit WHERE seq <= {kept}")).await;
    audit_export::fill(&app, &id, 1).await;
    numbers.extend(rest(&mut file, 0).await);
    let expected: Vec<_> = (kept + 1..=MANY + 1).rev().map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test]
async fn the_users_are_read_while_they_are_downloaded_and_each_appears_once() {
    let app = TestApp::new().await;
    let ann = administrator(&app, Mode::Form, "ann").await;
    add_accounts(&app, "n", MANY).await;
    let mut file = press(&app, &ann, "/admin/users/export").await;
    assert_eq!(piece(&mut file, 1).await.expect("the header"), ["Username"]);
    let mut names = piece(&mut file, 1).await.expect("the first rows");
    // As above; ann is the first of all until these are added.
    let kept = names.len() - 1 + BATCH;
    app.execute(&format!("DELETE FROM account WHERE username > 'n{kept:05}'")).await;
    add_accounts(&app, "a", 3).await;
    names.extend(rest(&mut file, 1).await);
    let expected = (1..=kept).map(|number| format!("n{number:05}"));
    assert_eq!(names, std::iter::once("ann".to_owned()).chain(expected).collect::<Vec<_>>());
}

/// Adds `many` accounts, named by this letter and their number.
async fn add_accounts(app: &TestApp, letter: &str, many: usize) {
    let name = format!("printf('{letter}%05d', i)");
    let email = format!("printf('{letter}%05d@x.example', i)");
    let given = [
        ("username", name.clone()),
        ("username_key", name),
        ("email", email.clone()),
        ("email_key", email),
        ("role", "'user'".to_owned()),
    ];
    rows::put(app, "account", u64::try_from(many).expect("a count that fits"), &given).await;
}
