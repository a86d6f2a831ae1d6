//! `portal serve`.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Failure;
use crate::clock::Clock;
use crate::config::{Config, risks};
use crate::http::listen::{self, Rules};
use crate::http::router;
use crate::mail::{Transport, Worker};
use crate::rng::Rng;
use crate::services::maintenance::PURGE_EVERY;
use crate::services::{Core, KeyRotation};
use crate::state::AppState;

/// How long running requests and email deliveries may take after SIGTERM.
const GRACE: Duration = Duration::from_secs(25);

pub(super) async fn run(config: Config, rng: Rng) -> Result<(), Failure> {
    for risk in risks::of(&config) {
        tracing::warn!("{risk}");
    }
    let address = config.site.address;
    let listener = TcpListener::bind(address).await.map_err(|error| format!("LEPTOS_SITE_ADDR: {address}: {error}"))?;
    let store = super::open_current(&config, rng.clone()).await?;
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
    tracing::info!("listening on {}", state.config.site.public_url.origin);
    let server = tokio::spawn(listen::serve(listener, router::build(&state), rules, stopped));
    shutdown_requested().await?;
    tracing::info!("stopping; finishing open requests and emails that are being sent");
    stop.send_replace(true);
    let finished = tokio::time::timeout(GRACE, async { (server.await, worker.await, maintenance.await) }).await;
    match finished {
        Ok((served, sent, kept)) => {
            served?;
            sent?;
            kept?;
        }
        Err(_) => tracing::warn!("some requests took longer than {} s and were aborted", GRACE.as_secs()),
    }
    store.close().await?;
    tracing::info!("stopped");
    Ok(())
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

async fn shutdown_requested() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
