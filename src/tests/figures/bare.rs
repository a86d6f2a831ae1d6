//! The fastest possible server for comparison: an axum handler that returns a
//! prepared response.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

use crate::process::Process;
use crate::{Outcome, load, say};

/// The running bare handler.
pub(crate) struct Bare {
    _process: Process,
    pub(crate) address: SocketAddr,
}

impl Bare {
    /// Starts it with the response of the portal at `portal`.
    pub(crate) fn start(portal: SocketAddr) -> Outcome<Self> {
        let mut process = Process::again("--serve-like", &portal.to_string())?;
        let output = process.0.stdout.take().ok_or("the bare handler has no output")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        Ok(Self { address: address.trim().parse()?, _process: process })
    }
}

/// Runs the process: fetches the portal's response for `/login`, prints where it listens,
/// and serves the same bytes with the same headers, on as many threads as the
/// portal.
pub(crate) fn serve_like(portal: SocketAddr) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut head, body) = load::once(portal, load::get("/login")?).await?.into_parts();
        // The server adds these by itself.
        for header in [CONNECTION, CONTENT_LENGTH, DATE, TRANSFER_ENCODING] {
            head.headers.remove(header);
        }
        let answer = (head.headers, body);
        let router = Router::new().route("/login", get(move || std::future::ready(answer.clone())));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        say(listener.local_addr()?);
        let listener = listener.tap_io(|connection| {
            // As the portal does.
            let _ = connection.set_nodelay(true);
        });
        Ok(axum::serve(listener, router).await?)
    })
}
