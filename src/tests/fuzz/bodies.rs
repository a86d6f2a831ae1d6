use std::collections::BTreeSet;
use std::convert::Infallible;

use axum::body::Body;
use percent_encoding::percent_decode;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::door::Door;
use super::runner::{Cost, Verdict, hold, run};
use super::texts::{odd, rubbish};
use crate::harness::Mode;

const FORM: &str = "application/x-www-form-urlencoded";
const PATHS: [&str; 7] =
    ["/register", "/verify", "/verify/resend", "/verify/email", "/verify/username", "/login", "/logout"];
const NAMES: &[&str] =
    &["username", "email", "password", "code", "identifier", "remember", "next", "role", "verified", "id"];
const ODD_NAMES: &[&str] = &[
    "email[]",
    "email%5B0%5D",
    "email%5b",
    "%65mail",
    "e%6Dail",
    "a%00b",
    "a\0",
    "em+ail",
    "%",
    "%5",
    "%zz",
    "%ff",
    "",
    "%C3%A9",
    "a.b",
    "a;email",
];
/// The largest body that the portal accepts, according to the contract.
const BYTES_MAX: usize = 65_536;

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![
        8 => select(NAMES).prop_map(str::to_owned),
        3 => "[a-z]{2,4}",
        2 => select(ODD_NAMES).prop_map(str::to_owned),
    ];
    // Too short for a password, so no request here costs a hash.
    let value = prop_oneof![
        4 => "[a-z0-9+ ]{0,6}",
        2 => select(&["%00", "%ff%fe", "%zz", "%", "%F0%9F%98%80", "a%40x.ex", "<b>", "%3Cb", "a=b", "[]"][..]).prop_map(str::to_owned),
        1 => odd().prop_map(|text| text.replace('&', "")),
    ];
    let form = vec((name, value, select(&["&", "&", "&", "&&"][..])), 0..6).prop_map(|fields| {
        fields.into_iter().map(|(name, value, and)| format!("{name}={value}{and}")).collect::<String>()
    });
    let many = (28_usize..38).prop_map(|n| (0..n).map(|n| format!("f{n}=1&")).collect::<String>());
    let padding = prop_oneof![6 => Just(0_usize), 1 => BYTES_MAX - 60..BYTES_MAX + 60];
    let raw = prop_oneof![5 => Just(None), 1 => (any::<Index>(), any::<u8>()).prop_map(Some)];
    (prop_oneof![6 => form, 1 => many, 1 => rubbish(6)], padding, raw).prop_map(|(text, padding, raw)| {
        let mut bytes = text.into_bytes();
        if let Some((at, byte)) = raw {
            bytes.insert(at.index(bytes.len() + 1), byte);
        }
        if padding > bytes.len() + 8 {
            bytes.extend_from_slice(b"&pad=");
            bytes.resize(padding, b'x');
        }
        bytes
    })
}

/// Returns the names of a form's fields, parsed by hand (WHATWG URL, section 5.1).
fn names(body: &[u8]) -> Vec<String> {
    let fields = body.split(|&byte| byte == b'&').filter(|field| !field.is_empty());
    let name = |field: &[u8]| {
        let name = field.split(|&byte| byte == b'=').next().unwrap_or_default();
        let spaced: Vec<u8> = name.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
        percent_decode(&spaced).decode_utf8_lossy().into_owned()
    };
    fields.map(name).collect()
}

/// Returns the status that the contract requires for a body, or `None` when a form accepts it.
fn refusal(body: &[u8]) -> Option<u16> {
    let names = names(body);
    let once = names.iter().collect::<BTreeSet<_>>().len() == names.len();
    let plain = std::str::from_utf8(body).is_ok()
        && names.len() <= 32
        && names.iter().all(|name| !name.contains(['[', ']', '\0']));
    match body.len() > BYTES_MAX {
        true => Some(413),
        false => (!once || !plain).then_some(400),
    }
}

#[test]
fn a_body_is_refused_only_for_its_size_or_its_shape_and_never_causes_a_server_error() {
    let door = Door::open();
    let cases = (
        bodies(),
        select(&PATHS[..]),
        any::<bool>(),
        prop_oneof![2 => Just(None), 1 => (1_usize..9_000).prop_map(Some)],
    );
    hold(Cost::Request, cases, |(body, path, script, chunk)| {
        let expected = refusal(&body);
        let sent = match chunk {
            None => Body::from(body),
            // Without a `Content-Length`.
            Some(size) => {
                let chunks: Vec<_> = body.chunks(size).map(|chunk| Ok::<_, Infallible>(chunk.to_vec())).collect();
                Body::from_stream(futures::stream::iter(chunks))
            }
        };
        let mut guest = door.guest(if script { Mode::Script } else { Mode::Form });
        let status = door.wait(guest.post_raw(path, FORM, sent)).status;
        prop_assert!(!status.is_server_error(), "{} {}", path, status);
        let refused = Some(status.as_u16()).filter(|status| matches!(status, 400 | 413 | 415));
        prop_assert_eq!(refused, expected, "{} {}", path, status);
        Ok(if expected.is_none() { Verdict::Accepted } else { Verdict::Refused })
    });
    assert!(door.lives());
}

#[test]
fn a_field_is_read_the_same_in_every_encoding_and_shown_again_as_text() {
    let door = Door::open();
    let value = vec(prop_oneof![2 => odd(), 1 => "[ -~]{1,4}"], 1..8).prop_map(|parts| parts.concat());
    run(Cost::Request, (value, any::<u64>()), |(value, how)| {
        let encoded: String = value.bytes().enumerate().map(|(n, byte)| encode(byte, how >> (n % 64))).collect();
        let mut guest = door.guest(Mode::Form);
        let page = door.wait(async {
            let answer = guest.post_raw("/login", FORM, format!("identifier={encoded}&password=").into()).await;
            guest.seen(answer).await
        });
        let shown = page.split("<input").find(|input| input.contains("name=\"identifier\"")).expect("the field");
        let shown =
            shown.split_once("value=\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(text, _)| text);
        prop_assert_eq!(plain(shown), value);
        Ok(())
    });
}

/// One of the ways to write a byte in a form.
fn encode(byte: u8, how: u64) -> String {
    match (byte, how & 3) {
        (b' ', 0) => "+".to_owned(),
        (b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'*', 0 | 1) => char::from(byte).to_string(),
        (_, 2) => format!("%{byte:02x}"),
        _ => format!("%{byte:02X}"),
    }
}

/// The text that an attribute's markup represents.
fn plain(markup: &str) -> String {
    let quotes = markup.replace("&quot;", "\"").replace("&#x27;", "'").replace("&#39;", "'");
    quotes.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
