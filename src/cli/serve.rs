//! `portal serve`.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Failure;
use super::signals::Signals;
use crate::clock::Clock;
use crate::config::{Config, risks};
use crate::http::listen::{self, Rules};
use crate::http::{assets, router};
use crate::mail::{Transport, Worker};
use crate::rng::Rng;
use crate::services::maintenance::PURGE_EVERY;
use crate::services::{Core, KeyRotation};
use crate::state::AppState;
use crate::store::Store;

/// How long running requests and email deliveries may take after SIGTERM.
const GRACE: Duration = Duration::from_secs(25);
/// How long closing the database may take after that. Requests that were aborted may still use it.
const CLOSE: Duration = Duration::from_secs(2);

pub(super) async fn run(config: Config, rng: Rng) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    for risk in risks::of(&config) {
        tracing::warn!("{risk}");
    }
    if let Some(problem) = assets::problem(&config.site.root) {
        tracing::error!("{problem}");
    }
    let address = config.site.address;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("LEPTOS_SITE_ADDR: {address}: {error}"))?;
    let store = tokio::select! {
        opened = super::open_current(&config, rng.clone()) => opened?,
        // A migration that is not finished is rolled back.
        () = signals.stop() => return Ok(()),
    };
    check_keys(KeyRotation { store: store.clone(), keys: config.keys.clone(), rng: rng.clone() }).await?;
    let transport = Transport::from_config(&config.mail)?;
    let core = Core::new(config, store.clone(), Clock::System, rng)?;
    let worker = Worker::new(core.store.clone(), core.mailer.clone(), transport, &core.config);
    let state = AppState::new(core);
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(worker.run(stopped.clone()));
    let maintenance = tokio::spawn(maintain(state.clone(), stopped.clone()));
    let rules = Rules {
        limits: listen::fit_to_fd_limit(state.config.limits.connections),
        trusted_proxies: state.config.site.trusted_proxies.clone(),
        clock: state.clock.clone(),
    };
    tracing::info!("listening on {}, for {}", listener.local_addr()?, state.config.site.public_url.origin);
    let server = tokio::spawn(listen::serve(listener, router::build(&state), rules, stopped));
    signals.stop().await;
    tracing::info!("stopping; finishing open requests and emails that are being sent");
    stop.send_replace(true);
    tokio::select! {
        (served, sent, kept) = async { (server.await, worker.await, maintenance.await) } => {
            served?;
            sent?;
            kept?;
            store.close().await?;
        }
        () = tokio::time::sleep(GRACE) => {
            tracing::warn!("some requests took longer than {} s and were aborted", GRACE.as_secs());
            close_in_time(store).await?;
        }
        () = signals.stop() => {
            tracing::warn!("asked to stop a second time; open requests were aborted");
            close_in_time(store).await?;
        }
    }
    tracing::info!("stopped");
    Ok(())
}

/// Closes the database, but does not wait for aborted requests that hold a connection. Their transactions are rolled
/// back.
async fn close_in_time(store: Store) -> Result<(), Failure> {
    match tokio::time::timeout(CLOSE, store.close()).await {
        Ok(closed) => Ok(closed?),
        Err(_) => Ok(()),
    }
}

/// Logs wrong or missing keys at startup, before users find that they cannot sign in.
async fn check_keys(rotation: KeyRotation) -> Result<(), Failure> {
    for (place, row) in rotation.check_keys().await? {
        tracing::error!(
            %place, %row,
            "some values can't be decrypted with SECRET_KEY or SECRET_KEY_PREVIOUS; run `portal keys status` for details"
        );
    }
    Ok(())
}

/// Purges expired data at intervals until asked to stop.
async fn maintain(state: AppState, mut stopped: watch::Receiver<bool>) {
    loop {
        state.rate_limiter.remove_full();
        match state.maintenance().purge().await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, "purged"),
            Err(error) => tracing::error!(%error, "purging failed"),
        }
        tokio::select! {
            () = tokio::time::sleep(PURGE_EVERY) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}
