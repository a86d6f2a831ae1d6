use axum::http::HeaderValue;
use portal::domain::NextPath;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use url::Url;

use super::runner::{Cost, Verdict, hold};
use super::texts::{odd, spoilt};

/// Inputs that have caused open redirects.
const PARTS: &[&str] = &[
    "/",
    "//",
    "\\",
    "/\\",
    ".",
    "..",
    "/.",
    "/..",
    "%2e",
    "%2E%2e",
    "%2f",
    "%5c",
    "\t",
    "\n",
    "\r\n",
    "@",
    ":",
    "?",
    "#",
    "evil.example",
    "https:",
    "javascript:",
    "dashboard",
    "account",
    "é",
    "。",
    "%",
    ";",
    "&",
    "=",
    " ",
    "\0",
];

/// The possible URLs of the sign-in page.
const BASES: &[&str] = &["https://portal.example/login", "http://127.0.0.1:3000/", "http://[::1]:3000/login?next=/x"];

fn values() -> impl Strategy<Value = String> {
    let mixed = |n: std::ops::Range<usize>| vec(select(PARTS), n).prop_map(|parts| parts.concat());
    // A dot segment that leaves two slashes once it is resolved.
    let dots = (
        select(&[".", "..", "a/..", "%2e", "%2E.", "a/b/../..", ".."][..]),
        select(&["//", "/\\", "/", "/./"][..]),
        mixed(0..3),
    )
        .prop_map(|(dots, slashes, rest)| format!("/{dots}{slashes}{rest}"));
    prop_oneof![
        2 => dots,
        3 => mixed(1..8),
        3 => mixed(1..5).prop_map(|rest| format!("/{rest}")),
        4 => spoilt("/[a-z]{1,8}(/[a-z0-9_-]{1,6}){0,2}([?][a-z]=[a-z/:@]{0,6})?(#[a-z/]{0,4})?"),
        1 => vec(odd(), 1..5).prop_map(|parts| format!("/{}", parts.concat())),
        1 => "/[a-z]{505,517}",
    ]
}

#[test]
fn an_accepted_path_never_leaves_the_origin_and_fits_in_a_header() {
    hold(Cost::Call, values(), |value| {
        let Some(next) = NextPath::parse(&value) else { return Ok(Verdict::Refused) };
        prop_assert_eq!(next.as_str(), &value);
        prop_assert!(HeaderValue::from_str(next.as_str()).is_ok_and(|header| header.to_str().is_ok()));
        for base in BASES {
            let base = Url::parse(base).expect("a URL");
            let there = base.join(next.as_str());
            prop_assert!(there.is_ok(), "a browser cannot read it");
            let there = there.expect("checked above");
            prop_assert_eq!(there.origin(), base.origin(), "{}", there);
            prop_assert!(there.username().is_empty() && there.password().is_none());
            prop_assert!(!there.path().starts_with("//"), "the next hop would leave: {}", there);
            // Parsing the result as a path again stays on this origin as well.
            prop_assert_eq!(base.join(there.path()).map(|again| again.origin()).ok(), Some(base.origin()));
        }
        Ok(Verdict::Accepted)
    });
}

#[test]
fn every_plain_path_is_accepted() {
    let plain = "/([a-z0-9_-]{1,8}(/[a-z0-9_-]{1,8}){0,3})?([?][a-z]{1,4}=[a-z0-9]{0,4}(&[a-z]=1)?)?(#[a-z]{0,4})?";
    super::runner::run(Cost::Call, plain, |value| {
        prop_assert!(NextPath::parse(&value).is_some());
        Ok(())
    });
}
