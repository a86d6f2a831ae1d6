use axum::http::{HeaderValue, Request};
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use super::door::Door;
use super::runner::{Cost, Verdict, hold};
use super::texts::{header_bytes, odd, rubbish, spoilt};
use crate::harness::Mode;

const OWN: &str = "http://127.0.0.1:3000";

fn kinds() -> impl Strategy<Value = Vec<u8>> {
    let form = prop_oneof![
        3 => Just("application/x-www-form-urlencoded".to_owned()),
        1 => Just("Application/X-WWW-Form-Urlencoded; charset=UTF-8".to_owned()),
        1 => spoilt(Just("application/x-www-form-urlencoded".to_owned())),
    ];
    let other = select(
        &[
            "",
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=x",
            "text/plain; application/x-www-form-urlencoded",
        ][..],
    );
    header_bytes(prop_oneof![4 => form, 2 => other.prop_map(str::to_owned), 1 => rubbish(5)])
}

fn accepts() -> impl Strategy<Value = Vec<u8>> {
    let known = select(
        &["text/html", "text/html,application/xhtml+xml;q=0.9", "application/json", "*/*", "text/htmlx", "TEXT/HTML"][..],
    );
    header_bytes(prop_oneof![4 => known.prop_map(str::to_owned), 1 => odd()])
}

fn origins() -> impl Strategy<Value = Vec<u8>> {
    let known = select(&[OWN, "null", "https://evil.example", "http://127.0.0.1:3000.evil.example", ""][..]);
    header_bytes(prop_oneof![3 => known.prop_map(str::to_owned), 1 => spoilt(Just(OWN.to_owned()))])
}

fn sites() -> impl Strategy<Value = Vec<u8>> {
    let known = select(&["same-origin", "same-site", "cross-site", "none", "SAME-ORIGIN", ""][..]);
    header_bytes(prop_oneof![3 => known.prop_map(str::to_owned), 1 => spoilt(Just("same-origin".to_owned()))])
}

/// RFC 9110, section 8.3.1: type and subtype are case-insensitive, then parameters follow.
fn is_a_form(kind: Option<&Vec<u8>>) -> bool {
    let kind = kind.filter(|kind| kind.is_ascii()).and_then(|kind| std::str::from_utf8(kind).ok()).unwrap_or_default();
    let essence = kind.split_once(';').map_or(kind, |(essence, _)| essence);
    essence.trim_matches([' ', '\t']).eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[test]
fn a_post_with_any_headers_is_answered_in_the_right_format_without_a_server_error() {
    let door = Door::open();
    let said = (weighted(0.9, kinds()), of(accepts()), of(origins()), of(sites()));
    hold(Cost::Request, said, |(kind, accept, origin, site)| {
        let mut request = Request::post("/login");
        for (name, value) in
            [("content-type", &kind), ("accept", &accept), ("origin", &origin), ("sec-fetch-site", &site)]
        {
            if let Some(value) = value {
                request = request.header(name, HeaderValue::from_bytes(value).expect("a header's bytes"));
            }
        }
        let mut guest = door.guest(Mode::Form);
        let answer = door.wait(guest.send(request, "identifier=ann&password=".into()));
        prop_assert!(!answer.status.is_server_error(), "{}", answer.status);
        let status = answer.status.as_u16();
        if status == 403 {
            let foreign = |said: Option<Vec<u8>>, own: &str| said.is_some_and(|said| said != own.as_bytes());
            prop_assert!(foreign(origin, OWN) || foreign(site, "same-origin"), "nothing was foreign");
            return Ok(Verdict::Refused);
        }
        if !is_a_form(kind.as_ref()) {
            prop_assert_eq!(status, 415);
            return Ok(Verdict::Refused);
        }
        // A browser's navigation is redirected to a page, and any other request gets the error.
        let navigates =
            accept.is_some_and(|accept| accept.is_ascii() && String::from_utf8_lossy(&accept).contains("text/html"));
        prop_assert_eq!(status, if navigates { 303 } else { 422 });
        prop_assert_eq!(answer.location(), navigates.then(|| "/login".to_owned()));
        Ok(Verdict::Accepted)
    });
    assert!(door.lives());
}
