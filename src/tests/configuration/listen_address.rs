//! The forms of `LEPTOS_SITE_ADDR`.

use super::{load, mistakes};

#[test]
fn a_host_or_nothing_may_precede_the_port() {
    let development = [("LEPTOS_ENV", "DEV"), ("PORTAL_DEV_MAILBOX", "public")];
    for (text, expected) in [
        ("127.0.0.1:3000", "127.0.0.1:3000"),
        ("[::1]:3000", "[::1]:3000"),
        ("localhost:3000", "127.0.0.1:3000"),
        (":3000", "0.0.0.0:3000"),
        ("*:3000", "0.0.0.0:3000"),
        (" 127.0.0.1:3000 ", "127.0.0.1:3000"),
    ] {
        let loaded = load(&[&development[..], &[("LEPTOS_SITE_ADDR", text)]].concat());
        let address = loaded.unwrap_or_else(|lines| panic!("{text}: {lines:?}")).site.address;
        assert_eq!(address.to_string(), expected, "{text}");
    }
}

#[test]
fn other_forms_are_refused_with_an_example() {
    for text in
        ["3000", "0.0.0.0", "127.0.0.1:99999", "::1:3000", "localhost", "localhost:http", "[::1]", "unix:/run/p.sock"]
    {
        let lines = mistakes(&[("LEPTOS_SITE_ADDR", text)]);
        assert!(
            lines.len() == 1 && lines[0].starts_with("LEPTOS_SITE_ADDR: must be an IP address and a port"),
            "{lines:?}"
        );
        assert!(lines[0].contains("such as 127.0.0.1:3000"), "{lines:?}");
    }
    for text in ["unix:/run/portal.sock", "/run/portal.sock", "http://127.0.0.1:3000"] {
        let lines = mistakes(&[("LEPTOS_SITE_ADDR", text)]);
        assert!(lines[0].contains("Unix sockets and URLs are not supported"), "{lines:?}");
    }
    let lines = mistakes(&[("LEPTOS_SITE_ADDR", "no-such-host.invalid:3000")]);
    assert!(lines[0].starts_with("LEPTOS_SITE_ADDR: no-such-host.invalid: "), "{lines:?}");
}
