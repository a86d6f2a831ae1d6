//! The state that all services share.

use std::sync::atomic::AtomicBool;

use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::{Ceremonies, LookupKeys, OtpDigester, PasswordHasher, PasswordPolicy, Sealer};
use crate::limits::Limits;
use crate::mail::Mailer;
use crate::rng::Rng;
use crate::store::Store;
use crate::store::sessions::Sessions;

use super::admin::{AccountCount, SystemInfo};
use super::audit::Audit;
use super::captcha::{Captcha, ThirdParty};
use super::maintenance::LastPurge;
use super::rate_limit::{AnonymousSessionLimiter, LogThrottle, PostRateLimiter};
use super::readiness::Readiness;
use super::registration::policy::RegistrationPolicy;

/// The state behind every service. Lives as long as the process.
///
/// A service is a struct that borrows it, and `Core` has a function that returns it, defined next
/// to the service: `Core::login` returns [`Login`](super::Login).
#[derive(Debug)]
pub struct Core {
    pub config: Config,
    pub limits: Limits,
    pub store: Store,
    pub sessions: Sessions,
    pub audit: Audit,
    pub captcha: Captcha,
    pub mailer: Mailer,
    pub hasher: PasswordHasher,
    pub password_policy: PasswordPolicy,
    pub registration_policy: RegistrationPolicy,
    pub keys: LookupKeys,
    pub digester: OtpDigester,
    /// Encrypts the seeds of authenticator apps and nothing else.
    pub seeds: Sealer,
    /// Encrypts recovery codes on their way to the page that shows them.
    pub one_time_secrets: Sealer,
    /// `None` if browsers do not allow passkeys with this `PUBLIC_URL`.
    pub relying_party: Option<RelyingParty>,
    pub account_count: AccountCount,
    pub system_info: SystemInfo,
    pub last_purge: LastPurge,
    pub readiness: Readiness,
    pub rate_limiter: PostRateLimiter,
    pub anonymous_sessions: AnonymousSessionLimiter,
    /// Throttles log events about a full hash queue.
    pub busy: LogThrottle,
    /// Whether a request came through a proxy that is not in `TRUSTED_PROXIES`.
    pub untrusted_proxy_seen: AtomicBool,
    pub clock: Clock,
    pub rng: Rng,
}

/// The portal as a relying party of passkeys (Web Authentication, section 4).
#[derive(Debug)]
pub struct RelyingParty {
    /// The host whose pages can use its passkeys.
    pub id: String,
    pub ceremonies: Ceremonies,
}

impl Core {
    /// # Errors
    /// Fails if no root certificates for third-party services can be loaded.
    pub fn new(config: Config, store: Store, clock: Clock, rng: Rng) -> Result<Self, reqwest::Error> {
        let keys = &config.keys;
        let limits = config.limits.clone();
        let third_party =
            config.third_party.clone().map(|third_party| ThirdParty::new(third_party, &config.site)).transpose()?;
        let sealer = |purpose| Sealer::new(keys, purpose, rng.clone());
        let last_purge = LastPurge::default();
        Ok(Self {
            sessions: Sessions::new(store.clone(), clock.clone(), limits.session),
            audit: Audit::new(store.clone(), keys, clock.clone(), rng.clone()),
            captcha: Captcha::new(keys, third_party, limits.clone(), clock.clone(), rng.clone()),
            mailer: Mailer::new(sealer("mail"), rng.clone(), clock.clone()),
            hasher: PasswordHasher::with_queue(rng.clone(), limits.hash_queue),
            password_policy: PasswordPolicy::new(&config.site.name)
                .with_min(limits.password_min)
                .with_words(&config.passwords.words)
                .with_set(config.passwords.set.clone()),
            registration_policy: RegistrationPolicy {
                mode: config.registration.mode,
                emails: config.registration.emails.clone(),
                reserved_usernames: config.registration.reserved_usernames.clone(),
            },
            keys: LookupKeys::new(keys),
            digester: OtpDigester::new(keys),
            seeds: sealer("totp"),
            one_time_secrets: sealer("shown once"),
            relying_party: RelyingParty::of(&config, &rng),
            account_count: AccountCount::default(),
            system_info: SystemInfo::new(&config, clock.now(), last_purge.clone()),
            last_purge,
            readiness: Readiness::new(store.clone(), clock.clone()),
            rate_limiter: PostRateLimiter::new(&limits, clock.clone()),
            anonymous_sessions: AnonymousSessionLimiter::new(limits.anonymous_sessions_per_ip, clock.clone()),
            busy: LogThrottle::default(),
            untrusted_proxy_seen: AtomicBool::new(false),
            config,
            limits,
            store,
            clock,
            rng,
        })
    }
}

impl RelyingParty {
    fn of(config: &Config, rng: &Rng) -> Option<Self> {
        let party = config.site.relying_party().ok()?;
        let ceremonies = Ceremonies::new(&party.id, &party.origin, &config.site.name, &config.keys, rng.clone());
        let ceremonies = ceremonies.inspect_err(|error| tracing::error!(%error, "passkeys are not available")).ok()?;
        Some(Self { id: party.id, ceremonies })
    }
}
