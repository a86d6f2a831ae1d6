use axum::body::Body;
use axum::http::{Method, Request, Uri};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::door::Door;
use super::runner::{Cost, Verdict, hold};
use super::texts::{odd, spoilt};
use crate::harness::Mode;

const PAGES: &[&str] = &[
    "/",
    "/register",
    "/verify",
    "/login",
    "/dashboard",
    "/livez",
    "/readyz",
    "/dev/mailbox",
    "/robots.txt",
    "/favicon.svg",
];
const PARTS: &[&str] = &[
    "/",
    "//",
    "\\",
    "/.",
    "/..",
    "/%2e%2e",
    "%2f",
    "%5c",
    "%00",
    "%ff",
    "%",
    "%zz",
    "[",
    "]",
    "{",
    "}",
    "|",
    "^",
    "\"",
    "@",
    ":",
    ";",
    "*",
    "é",
    "漢",
    "😀",
    "\u{202e}",
    "?",
    "#",
    "&",
    "=",
    "+",
    "evil.example",
    "pkg",
    "dev/mailbox/",
    "Cargo.toml",
    "etc/passwd",
    "login",
    "verify",
    "next=",
];

fn targets() -> impl Strategy<Value = Uri> {
    let mixed = vec(select(PARTS), 1..8).prop_map(|parts| format!("/{}", parts.concat()));
    let page = spoilt(select(PAGES).prop_map(str::to_owned));
    let asked = (select(PAGES), vec(prop_oneof![select(PARTS).prop_map(str::to_owned), odd()], 1..6))
        .prop_map(|(page, query)| format!("{page}?{}", query.concat()));
    let long = (select(PAGES), "[a-z/?]", 1_000_usize..2_200)
        .prop_map(|(page, part, times)| page.to_owned() + &part.repeat(times));
    let absolute = (
        select(&["http://evil.example", "https://127.0.0.1:3000", "http://[::1]", "*", "evil.example:443"][..]),
        "(/{0,2}[a-z?]{0,5})?",
    )
        .prop_map(|(start, rest)| start.to_owned() + &rest);
    // Segments that a URL parser takes for a host, or for a broken one.
    let hosts = select(&["//", "//[", "//[::1", "//:", "//@", "///", "/\\", "//evil.example", "//%"][..]);
    let doubled = (hosts, select(PAGES)).prop_map(|(host, page)| format!("{host}{page}"));
    prop_oneof![4 => mixed, 2 => doubled, 6 => page, 3 => asked, 1 => long, 2 => absolute]
        .prop_filter_map("not for HTTP", |target| Uri::try_from(target.as_bytes()).ok())
}

fn methods() -> impl Strategy<Value = Method> {
    let any = select(&["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "BREW", "G$T"][..]);
    prop_oneof![4 => Just(Method::GET), 1 => any.prop_map(|name| name.parse().expect("a method"))]
}

#[test]
fn no_target_and_no_method_causes_a_server_error_an_open_redirect_or_path_traversal() {
    let door = Door::open();
    hold(Cost::Request, (methods(), targets()), |(method, target)| {
        let request = Request::builder().method(method.clone()).uri(target.clone()).header("accept", "text/html");
        let answer = door.wait(door.guest(Mode::Form).send(request, Body::empty()));
        prop_assert!(!answer.status.is_server_error(), "{} {}: {}", method, target, answer.status);
        let odd = target.path().starts_with("//") || target.path().contains(['\\', '[', ']']);
        prop_assert!(!odd || answer.status == 400, "{} {}", target, answer.status);
        for secret in ["[package]", "root:x:", "SQLite format"] {
            prop_assert!(!answer.body.contains(secret), "{}", target);
        }
        if let Some(location) = answer.headers.get("location") {
            let location = location.to_str().expect("visible ASCII");
            prop_assert!(
                location.starts_with('/') && !location.starts_with("//") && !location.contains('\\'),
                "{}",
                location
            );
        }
        let page = PAGES.contains(&target.path()) && !target.path().contains('.') && target.host().is_none();
        if page && target.query().is_none() && method == Method::GET {
            prop_assert!(matches!(answer.status.as_u16(), 200 | 303), "{} {}", target, answer.status);
        }
        Ok(if answer.status.is_client_error() { Verdict::Refused } else { Verdict::Accepted })
    });
    assert!(door.lives());
}
