use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request};
use ipnet::IpNet;
use portal::config::Config;
use portal::config::env::Env;
use portal::http::request_context;
use portal::rng::Rng;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::door::Door;
use super::runner::{Cost, Verdict, hold};
use super::texts::{header_bytes, odd, spoilt};
use crate::harness::Mode;
use crate::harness::mail::log::Listener;

/// Only a few IP addresses, so that they often match each other and the networks.
const ADDRESSES: &[&str] = &[
    "10.0.0.1",
    "10.0.0.2",
    "10.1.2.3",
    "192.0.2.7",
    "198.51.100.9",
    "::1",
    "2001:db8::1",
    "2001:db8:1::1",
    "::ffff:10.0.0.1",
    "::ffff:192.0.2.7",
    "127.0.0.1",
];
const NETWORKS: &[&str] = &["10.0.0.0/8", "10.0.0.1", "127.0.0.0/8", "::1", "2001:db8::/48", "192.0.2.0/24"];

/// The headers as they arrive, each a comma-separated list of hops.
fn headers() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let hop = prop_oneof![
        8 => select(ADDRESSES).prop_map(str::to_owned),
        2 => spoilt(select(ADDRESSES).prop_map(str::to_owned)),
        1 => select(&["", "unknown", "192.0.2.7:80", "[::1]", "010.0.0.1", "0x0a000001", "10.0.0"][..]).prop_map(str::to_owned),
        1 => odd(),
    ];
    let line = vec((hop, select(&[",", ", ", " ,\t"][..])), 0..4).prop_map(|hops| {
        let mut line: String = hops.iter().flat_map(|(hop, comma)| [hop.as_str(), comma]).collect();
        line.truncate(line.trim_end_matches([',', ' ', '\t']).len());
        line
    });
    vec(header_bytes(line), 0..3)
}

fn trusted() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![1 => Just(Vec::new()), 3 => vec(select(NETWORKS), 1..4)]
}

/// An independent implementation of the rule. The chain begins at the connection and goes
/// back through the hops for as long as they can be parsed. The client is the first
/// IP address in it that is not trusted, or else the last one.
fn nearest_untrusted(peer: IpAddr, headers: &[Vec<u8>], is_trusted: impl Fn(&IpAddr) -> bool) -> IpAddr {
    let all = headers.iter().map(|header| String::from_utf8_lossy(header).into_owned()).collect::<Vec<_>>().join(",");
    let hops = all.rsplit(',').filter(|_| !headers.is_empty()).map(|hop| hop.trim().parse::<IpAddr>().ok());
    let chain = std::iter::once(Some(peer)).chain(hops).map_while(|hop| hop.map(|ip| ip.to_canonical()));
    let chain: Vec<IpAddr> = chain.collect();
    *chain.iter().find(|ip| !is_trusted(ip)).or(chain.last()).expect("the chain contains the peer")
}

fn networks(trusted: &[&str]) -> Vec<IpNet> {
    let network = |net: &&str| net.parse().unwrap_or_else(|_| net.parse::<IpAddr>().expect("an IP address").into());
    trusted.iter().map(network).collect()
}

fn config(trusted: &[&str]) -> Config {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let env = Env::of(&[
        ("SECRET_KEY", key),
        ("SMTP_URL", "smtps://smtp.example.com"),
        ("TRUSTED_PROXIES", &trusted.join(",")),
    ]);
    Config::from_env(&env, &Rng::from_seed(1)).expect("the settings are right")
}

fn parts(peer: IpAddr, headers: &[Vec<u8>]) -> Parts {
    let mut request = Request::get("/").extension(ConnectInfo(SocketAddr::from((peer, 40_000))));
    for header in headers {
        request = request.header("x-forwarded-for", HeaderValue::from_bytes(header).expect("a header's bytes"));
    }
    request.body(()).expect("a request").into_parts().0
}

#[test]
fn the_client_ip_is_the_nearest_that_is_not_a_trusted_proxy() {
    let peers = select(ADDRESSES).prop_map(|ip| ip.parse::<IpAddr>().expect("an IP address"));
    hold(Cost::Call, (peers, headers(), trusted()), |(peer, headers, trusted)| {
        let nets = networks(&trusted);
        let is_trusted = |ip: &IpAddr| nets.iter().any(|net| net.contains(ip));
        let parts = parts(peer, &headers);
        let ip = request_context::read(&parts.headers, &parts.extensions, &config(&trusted), None, None).ip;
        prop_assert_eq!(ip, nearest_untrusted(peer, &headers, is_trusted));
        let peer = peer.to_canonical();
        if !is_trusted(&peer) {
            prop_assert_eq!(ip, peer, "the peer is not trusted");
        }
        Ok(if ip == peer { Verdict::Refused } else { Verdict::Accepted })
    });
}

#[test]
fn through_the_router_the_client_ip_is_the_one_in_the_log() {
    let trusted = ["10.0.0.0/8", "127.0.0.0/8", "::1"];
    let door = Door::with(&[("TRUSTED_PROXIES", &trusted.join(","))]);
    let nets = networks(&trusted);
    hold(Cost::Request, (select(ADDRESSES), headers()), |(peer, headers)| {
        let mut request = Request::post("/login")
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded");
        for header in &headers {
            request = request.header("x-forwarded-for", HeaderValue::from_bytes(header).expect("a header's bytes"));
        }
        // After a day, limits no longer count earlier requests.
        door.app.advance(86_400);
        let log = Listener::start();
        let mut client = door.guest(Mode::Script).at_ip(peer);
        let answer = door.wait(client.send(request, "identifier=ann&password=wrong".into()));
        prop_assert_eq!(answer.status, 422);
        let text = log.text();
        let line = text.lines().find(|line| line.contains("sign_in.failed")).expect("a line of the failure");
        let peer: IpAddr = peer.parse().expect("an IP address");
        let expected = nearest_untrusted(peer.to_canonical(), &headers, |ip| nets.iter().any(|net| net.contains(ip)));
        prop_assert!(line.ends_with(&format!("ip={expected}")), "{}: {}", expected, line);
        Ok(if expected == peer.to_canonical() { Verdict::Refused } else { Verdict::Accepted })
    });
}
