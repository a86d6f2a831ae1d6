use axum::body::Body;
use axum::http::{HeaderValue, Request};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::door::Door;
use super::runner::{Cost, Verdict, hold};
use super::texts::{header_bytes, odd, rubbish, spoilt};
use crate::harness::Mode;
use crate::harness::app::PASSWORD;

/// One or two `Cookie` headers, some with the right value of `name`, intact or
/// corrupted, among other cookies.
fn headers(name: &'static str, value: &str) -> impl Strategy<Value = Vec<Vec<u8>>> {
    let right = format!("{name}={value}");
    let pair = prop_oneof![
        4 => Just(right.clone()),
        2 => spoilt(Just(right)),
        2 => "[a-z_]{1,6}=[a-zA-Z0-9%\"=]{0,8}",
        1 => select(&["", "=", ";", "portal_flow", "portal_session=", "portal_flow=x", "portal_session=AAAAAAAAAAAAAAAAAAAAAA"][..])
            .prop_map(str::to_owned),
        1 => odd(),
        1 => rubbish(6),
    ];
    let gap = select(&["; ", ";", " ; ", ", "][..]);
    let line =
        vec((pair, gap), 1..4).prop_map(|pairs| pairs.into_iter().map(|(pair, gap)| pair + gap).collect::<String>());
    vec(header_bytes(line), 1..3)
}

/// Returns the first cookie of this name, parsed by hand. A header that is not all
/// visible ASCII holds none.
fn first<'h>(headers: &'h [Vec<u8>], name: &str) -> Option<&'h str> {
    let visible = |header: &&Vec<u8>| header.iter().all(|byte| matches!(byte, b'\t' | 32..=126));
    let lines = headers.iter().filter(visible).filter_map(|header| std::str::from_utf8(header).ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn status(door: &Door, path: &str, headers: &[Vec<u8>]) -> u16 {
    let mut request = Request::get(path).header("accept", "text/html");
    for header in headers {
        request = request.header("cookie", HeaderValue::from_bytes(header).expect("a header's bytes"));
    }
    door.wait(async { door.guest(Mode::Form).send(request, Body::empty()).await.status.as_u16() })
}

#[test]
fn a_flow_is_found_only_by_its_own_cookie_and_no_cookie_causes_a_server_error() {
    let door = Door::open();
    let mut browser = door.guest(Mode::Form);
    door.wait(browser.register("ann", "ann@x.example", PASSWORD));
    let flow = browser.cookies["portal_flow"].clone();
    hold(Cost::Request, headers("portal_flow", &flow), |headers| {
        let held = first(&headers, "portal_flow") == Some(flow.as_str());
        prop_assert_eq!(status(&door, "/verify", &headers), if held { 200 } else { 303 });
        Ok(if held { Verdict::Accepted } else { Verdict::Refused })
    });
    assert!(door.lives());
}

#[test]
fn a_session_is_found_only_by_its_own_cookie_and_no_cookie_causes_a_server_error() {
    let door = Door::open();
    let mut browser = door.guest(Mode::Form);
    door.wait(async {
        door.app.account("ann", "ann@x.example").await;
        browser.sign_in("ann", PASSWORD).await;
    });
    let session = browser.cookies["portal_session"].clone();
    hold(Cost::Request, headers("portal_session", &session), |headers| {
        let status = status(&door, "/dashboard", &headers);
        let named = headers.iter().any(|header| String::from_utf8_lossy(header).contains(&session));
        prop_assert!(status == 303 || (status == 200 && named), "{}", status);
        // A single intact cookie in a well-formed header is always accepted.
        if headers == [format!("portal_session={session}; ").into_bytes()] {
            prop_assert_eq!(status, 200);
        }
        Ok(if status == 200 { Verdict::Accepted } else { Verdict::Refused })
    });
    assert!(door.lives());
}
