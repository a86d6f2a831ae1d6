//! Accepts connections and serves them: connection limits, timeouts and graceful shutdown.
//!
//! Only HTTP/1.1 is supported, which reverse proxies use to reach their upstreams. Browsers do not
//! support HTTP/2 without TLS, and its streams would need limits of their own.

mod connection;
mod connection_limit;
mod fd_limit;
mod overload;
mod progress;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use futures_util::FutureExt as _;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use connection_limit::{ConnectionLimiter, LimitReached};
pub use fd_limit::fit_to_fd_limit;
use overload::Refusals;
use progress::Progress;

use super::request_context;
use crate::clock::Clock;
use crate::limits::ConnectionLimits;
use crate::services::rate_limit::LogThrottle;

/// The pause after `accept` failed because a resource ran out. Trying again at once would only
/// waste CPU time.
const ACCEPT_RETRY_PAUSE: Duration = Duration::from_millis(100);

/// How long connections stay open after the server was asked to stop, because their next request may
/// already be on the way.
const LINGER: Duration = Duration::from_millis(250);

/// The configuration of the server, apart from the router.
#[derive(Clone, Debug)]
pub struct Rules {
    pub limits: ConnectionLimits,
    /// Proxies that send requests of many clients; the limit per network does not apply to them.
    pub trusted_proxies: Vec<IpNet>,
    pub clock: Clock,
}

/// The state that all connections share.
struct Shared {
    rules: Rules,
    limiter: Arc<ConnectionLimiter>,
    refusals: Refusals,
    /// Counts connections that were closed because they took too long.
    cut: LogThrottle,
    /// Counts connections that lost their slot to another one.
    evicted: LogThrottle,
    router: Router,
    stopped: watch::Receiver<bool>,
}

/// Serves until asked to stop, and then until the last request is answered.
///
/// Connections that are already in the system's queue when the listener closes are still accepted.
pub async fn serve(listener: TcpListener, router: Router, rules: Rules, stopped: watch::Receiver<bool>) {
    let limiter = ConnectionLimiter::new(rules.limits.most, rules.limits.per_ip);
    let mut stop = pin!(shutdown_requested(stopped.clone()));
    let shared = Arc::new(Shared {
        rules,
        limiter: Arc::new(limiter),
        refusals: Refusals::default(),
        cut: LogThrottle::default(),
        evicted: LogThrottle::default(),
        router,
        stopped,
    });
    // Every open connection holds a receiver.
    let drain = watch::Sender::new(());
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => admit(&shared, &drain, accepted).await,
        }
    }
    while let Some(accepted) = listener.accept().now_or_never() {
        if accepted.is_err() {
            break;
        }
        admit(&shared, &drain, accepted).await;
    }
    drop(listener);
    tokio::time::sleep(LINGER).await;
    drain.send_replace(());
    drain.closed().await;
}

async fn shutdown_requested(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which also means stop.
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn admit(shared: &Arc<Shared>, drain: &watch::Sender<()>, accepted: io::Result<(TcpStream, SocketAddr)>) {
    let (stream, peer) = match accepted {
        Ok(accepted) => accepted,
        // The client disconnected before the connection was accepted.
        Err(error) if is_client_error(&error) => return,
        Err(error) => {
            tracing::error!(%error, "a connection could not be accepted");
            return tokio::time::sleep(ACCEPT_RETRY_PAUSE).await;
        }
    };
    let trusted = request_context::is_trusted(peer.ip(), &shared.rules.trusted_proxies);
    let progress = Arc::new(Progress::new(shared.rules.clock.clone(), shared.rules.limits));
    match shared.limiter.take((!trusted).then(|| peer.ip()), &progress) {
        Ok(slot) => {
            if slot.evicted_another
                && let Some(evicted) = shared.evicted.count(shared.rules.clock.elapsed())
            {
                tracing::warn!(
                    event = "connections.evicted",
                    evicted,
                    "connection limit reached; connections that waited for a request were closed"
                );
            }
            let (shared, drain) = (Arc::clone(shared), drain.subscribe());
            tokio::spawn(async move {
                connection::serve(stream, peer, progress, &slot, &shared, drain).await;
                drop(slot);
            });
        }
        Err(reached) => {
            let elapsed = shared.rules.clock.elapsed();
            if let Some(refused) = shared.refusals.count.count(elapsed) {
                let limit = match reached {
                    LimitReached::Total => "total",
                    LimitReached::PerIp => "per network",
                };
                tracing::warn!(event = "connections.limited", %peer, limit, refused, "connection limit reached");
            }
            shared.refusals.refuse(stream);
        }
    }
}

fn is_client_error(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
