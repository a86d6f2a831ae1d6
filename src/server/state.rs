//! The services, put together once at the start.

use std::sync::Arc;

use super::clock::Clock;
use super::config::Config;
use super::crypto::{LookupKeys, OtpDigester, PasswordHasher, Sealer};
use super::mail::{Mailer, Transport, Worker};
use super::rng::Rng;
use super::services::outcome::Fault;
use super::services::{Login, Maintenance, Registration, Verification};
use super::store::Store;
use super::store::sessions::Sessions;

/// What every request may use. Cheap to clone; lives as long as the process.
#[derive(Clone, Debug)]
pub struct AppState {
    pub config: Arc<Config>,
    pub store: Store,
    pub sessions: Sessions,
    pub registration: Arc<Registration>,
    pub verification: Arc<Verification>,
    pub login: Arc<Login>,
    pub maintenance: Arc<Maintenance>,
    pub clock: Clock,
    pub rng: Rng,
}

impl AppState {
    /// Puts the services together, with the worker that sends their mail.
    ///
    /// # Errors
    /// When passwords cannot be hashed on this machine.
    pub fn assemble(
        config: Config,
        store: Store,
        clock: Clock,
        rng: Rng,
        transport: Transport,
    ) -> Result<(Self, Worker), Fault> {
        let secret = &config.secret_key;
        let limits = config.limits.clone();
        let hasher = PasswordHasher::new(rng.clone())?;
        let digester = OtpDigester::new(secret);
        let sessions = Sessions::new(store.clone(), clock.clone(), limits.session);
        let mailer = Mailer::new(Sealer::new(secret, "mail", rng.clone()), rng.clone(), clock.clone());
        let worker = Worker::new(store.clone(), mailer.clone(), transport, &config);
        let state = Self {
            registration: Arc::new(Registration {
                store: store.clone(),
                mailer,
                hasher: hasher.clone(),
                digester: digester.clone(),
                limits: limits.clone(),
                clock: clock.clone(),
                rng: rng.clone(),
            }),
            verification: Arc::new(Verification {
                store: store.clone(),
                digester,
                limits: limits.clone(),
                clock: clock.clone(),
                rng: rng.clone(),
            }),
            login: Arc::new(Login {
                store: store.clone(),
                hasher,
                keys: LookupKeys::new(secret),
                limits: limits.clone(),
                clock: clock.clone(),
            }),
            maintenance: Arc::new(Maintenance {
                store: store.clone(),
                sessions: sessions.clone(),
                limits,
                clock: clock.clone(),
            }),
            config: Arc::new(config),
            sessions,
            store,
            clock,
            rng,
        };
        Ok((state, worker))
    }
}
