//! The mailbox of a development portal.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use portal::http::dev_mailbox;
use portal::mail::{Message, Transport};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::harness::mail::outbox::{ADDRESS, CODE, Outbox};

struct Page {
    status: StatusCode,
    policy: Option<String>,
    body: String,
}

async fn get(router: &Router, path: &str) -> Page {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let answer = router.clone().oneshot(request).await.expect("an answer");
    let policy = answer.headers().get(header::CONTENT_SECURITY_POLICY);
    let policy = policy.map(|policy| policy.to_str().expect("text").to_owned());
    let status = answer.status();
    let body = answer.into_body().collect().await.expect("a body").to_bytes();
    Page { status, policy, body: String::from_utf8(body.to_vec()).expect("text") }
}

/// A mailbox in a folder that does not exist yet, and its parent folder.
fn mailbox() -> (Router, TempDir) {
    let above = tempfile::tempdir().expect("a folder");
    (dev_mailbox::routes(above.path().join("mail"), "/pkg/portal.css".to_owned()), above)
}

async fn deliver(outbox: &Outbox, above: &TempDir, message: &Message) {
    outbox.write(message).await;
    let worker = outbox.worker(Transport::file(above.path().join("mail")));
    assert_eq!(worker.deliver_due().await.expect("no error").sent, 1);
}

#[tokio::test]
async fn an_empty_mailbox_says_how_to_fill_it() {
    let (router, _above) = mailbox();
    let page = get(&router, "/dev/mailbox").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("No emails yet.") && page.body.contains("href=\"/register\""), "{}", page.body);
}

#[tokio::test]
async fn a_new_user_finds_the_newest_code_first() {
    let (outbox, (router, above)) = (Outbox::new().await, mailbox());
    deliver(&outbox, &above, &outbox.notice()).await;
    outbox.clock.advance(std::time::Duration::from_secs(60));
    deliver(&outbox, &above, &outbox.code()).await;
    let page = get(&router, "/dev/mailbox").await;
    assert!(page.body.contains("href=\"/pkg/portal.css\""));
    let place = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("{text}: {}", page.body));
    assert!(place("042193 is your Portal code") < place("You already have a Portal account"));
    assert!(page.body.contains(&format!("\n{CODE}\n")), "the code as plain text: {}", page.body);
    assert!(page.body.contains(ADDRESS) && page.body.contains("2026-11-23T14:28:59Z"), "{}", page.body);
}

#[tokio::test]
async fn the_html_part_is_shown_under_a_restrictive_policy() {
    let (outbox, (router, above)) = (Outbox::new().await, mailbox());
    deliver(&outbox, &above, &outbox.code()).await;
    let list = get(&router, "/dev/mailbox").await.body;
    let link =
        list.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|link| link.starts_with("/dev/mailbox/"));
    let page = get(&router, link.expect("a link to the HTML part")).await;
    assert!(page.status == StatusCode::OK && page.body.contains(CODE));
    let policy = page.policy.expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline';"), "{policy}");
}

#[tokio::test]
async fn an_email_is_stored_as_it_would_be_sent_and_never_half_written() {
    let (outbox, (_router, above)) = (Outbox::new().await, mailbox());
    deliver(&outbox, &above, &outbox.code()).await;
    let mut names: Vec<String> = std::fs::read_dir(above.path().join("mail"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .collect();
    names.sort_unstable();
    let stem = format!("20261123T142759000Z-{}", outbox.row().await.id);
    assert_eq!(names, [format!("{stem}.eml"), format!("{stem}.json")]);
    let eml = std::fs::read(above.path().join("mail").join(&names[0])).expect("the file");
    let mail = mail_parser::MessageParser::default().parse(&eml).expect("an email");
    assert_eq!(mail.subject(), Some("042193 is your Portal code"));
}

#[tokio::test]
async fn markup_in_an_email_is_escaped_in_the_list() {
    let (mut outbox, (router, above)) = (Outbox::new().await, mailbox());
    outbox.portal_name = "<img src=x>".to_owned();
    deliver(&outbox, &above, &outbox.code()).await;
    let page = get(&router, "/dev/mailbox").await;
    assert!(!page.body.contains("<img"), "{}", page.body);
}

#[tokio::test]
async fn no_path_leads_outside_the_folder() {
    let (outbox, (router, above)) = (Outbox::new().await, mailbox());
    deliver(&outbox, &above, &outbox.code()).await;
    std::fs::write(
        above.path().join("secret.json"),
        "{\"to\":\"\",\"subject\":\"\",\"text\":\"\",\"html\":\"secret\",\"at\":\"\"}",
    )
    .expect("a file");
    for path in ["..%2Fsecret", "%2e%2e%2fsecret", "..%5Csecret", "%00", "x", "20261123T142759000Z-..%2F..%2Fsecret"] {
        let page = get(&router, &format!("/dev/mailbox/{path}")).await;
        assert!(page.status == StatusCode::NOT_FOUND && !page.body.contains("secret"), "{path}");
    }
}
