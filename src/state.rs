//! The services, constructed once at startup.

use std::ops::Deref;
use std::sync::Arc;

use super::clock::Clock;
use super::config::Config;
use super::crypto::{Ceremonies, LookupKeys, OtpDigester, PasswordHasher, PasswordPolicy, Sealer};
use super::mail::{Mailer, Transport, Worker};
use super::rng::Rng;
use super::services::admin::{AccountCount, SystemInfo};
use super::services::captcha::ThirdParty;
use super::services::maintenance::LastPurge;
use super::services::rate_limit::{AnonymousSessionLimiter, LogThrottle, PostRateLimiter};
use super::services::readiness::Readiness;
use super::services::registration::policy::RegistrationPolicy;
use super::services::{
    AccountSettings, AdminService, Audit, Captcha, Devices, EmailLinks, Login, Maintenance, Notifications, OtpService,
    Passkeys, PasswordCheck, Reauthentication, Recovery, Registration, SecondFactor, SecurityLog, SessionManager,
    SignIn, Verification,
};
use super::store::Store;
use super::store::sessions::Sessions;

/// The services available to every request. Cheap to clone, because each request clones it several
/// times; lives as long as the process.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Services>);

/// The content of [`AppState`].
#[derive(Debug)]
pub struct Services {
    pub config: Config,
    pub store: Store,
    pub sessions: Sessions,
    pub captcha: Captcha,
    pub registration: Registration,
    pub verification: Verification,
    pub recovery: Recovery,
    pub account_settings: AccountSettings,
    pub email_links: EmailLinks,
    pub login: Login,
    pub reauthentication: Reauthentication,
    pub second_factor: SecondFactor,
    /// Encrypts recovery codes on their way to the page that shows them.
    pub one_time_secrets: Sealer,
    pub passkeys: Passkeys,
    pub security_log: SecurityLog,
    pub devices: Devices,
    pub session_manager: SessionManager,
    pub admin: AdminService,
    pub maintenance: Maintenance,
    pub readiness: Readiness,
    pub policy: PasswordPolicy,
    pub rate_limiter: Arc<PostRateLimiter>,
    pub anonymous_sessions: AnonymousSessionLimiter,
    /// Throttles log events about a full hash queue.
    pub busy: LogThrottle,
    pub clock: Clock,
    pub rng: Rng,
}

impl Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

impl AppState {
    /// Constructs the services, and the worker that sends their mail.
    ///
    /// # Errors
    /// Fails if no root certificates for third-party services can be loaded.
    pub fn assemble(
        config: Config,
        store: Store,
        clock: Clock,
        rng: Rng,
        transport: Transport,
    ) -> Result<(Self, Worker), reqwest::Error> {
        let ring = &config.keys;
        let limits = config.limits.clone();
        let hasher = PasswordHasher::with_queue(rng.clone(), limits.hash_queue);
        let policy = PasswordPolicy::new(&config.site.name);
        let keys = LookupKeys::new(ring);
        let third_party = config.third_party.clone().map(ThirdParty::new).transpose()?;
        let captcha = Captcha::new(ring, third_party, limits.clone(), clock.clone(), rng.clone());
        let sessions = Sessions::new(store.clone(), clock.clone(), limits.session);
        let mailer = Mailer::new(Sealer::new(ring, "mail", rng.clone()), rng.clone(), clock.clone());
        let worker = Worker::new(store.clone(), mailer.clone(), transport, &config);
        let log = SecurityLog { store: store.clone(), clock: clock.clone(), rng: rng.clone() };
        let notifications = Notifications { mailer: mailer.clone(), clock: clock.clone(), rng: rng.clone() };
        let devices = Devices {
            sessions: sessions.clone(),
            notifications: notifications.clone(),
            log: log.clone(),
            clock: clock.clone(),
            rng: rng.clone(),
        };
        let sign_in = SignIn { log: log.clone(), devices: devices.clone(), clock: clock.clone(), rng: rng.clone() };
        let passwords = PasswordCheck {
            store: store.clone(),
            hasher: hasher.clone(),
            captcha: captcha.clone(),
            keys: keys.clone(),
            log: log.clone(),
            limits: limits.clone(),
            clock: clock.clone(),
        };
        let second_factor = SecondFactor {
            store: store.clone(),
            sign_in: sign_in.clone(),
            log: log.clone(),
            notifications: notifications.clone(),
            seeds: Sealer::new(ring, "totp", rng.clone()),
            keys: keys.clone(),
            limits: limits.clone(),
            policy: config.second_factor,
            portal: config.site.name.clone(),
            clock: clock.clone(),
            rng: rng.clone(),
        };
        let audit = Audit::new(store.clone(), ring, clock.clone(), rng.clone());
        let one_time_secrets = Sealer::new(ring, "shown once", rng.clone());
        let ceremonies = ceremonies(&config, &rng);
        let passkeys = Passkeys {
            store: store.clone(),
            relying_party: ceremonies.as_ref().map(|(_, host)| host.clone()),
            ceremonies: ceremonies.map(|(ceremonies, _)| ceremonies),
            captcha: captcha.clone(),
            sign_in: sign_in.clone(),
            second_factor: second_factor.clone(),
            log: log.clone(),
            notifications: notifications.clone(),
            keys: keys.clone(),
            limits: limits.clone(),
            clock: clock.clone(),
            rng: rng.clone(),
        };
        let registration_policy =
            RegistrationPolicy { mode: config.registration.mode, emails: config.registration.emails.clone() };
        let codes = OtpService {
            mailer: mailer.clone(),
            digester: OtpDigester::new(ring),
            captcha: captcha.clone(),
            keys,
            limits: limits.clone(),
            clock: clock.clone(),
            rng: rng.clone(),
        };
        let reauthentication =
            Reauthentication { store: store.clone(), passwords: passwords.clone(), clock: clock.clone() };
        let last_purge = LastPurge::default();
        let services = Services {
            rate_limiter: Arc::new(PostRateLimiter::new(&limits, clock.clone())),
            anonymous_sessions: AnonymousSessionLimiter::new(limits.anonymous_sessions_per_ip, clock.clone()),
            busy: LogThrottle::default(),
            registration: Registration {
                store: store.clone(),
                hasher,
                policy: policy.clone(),
                captcha: captcha.clone(),
                codes: codes.clone(),
                registration_policy: registration_policy.clone(),
                limits: limits.clone(),
                clock: clock.clone(),
                rng: rng.clone(),
            },
            recovery: Recovery {
                store: store.clone(),
                captcha: captcha.clone(),
                codes: codes.clone(),
                passwords: passwords.clone(),
                policy: policy.clone(),
                notifications: notifications.clone(),
                log: log.clone(),
                limits: limits.clone(),
                clock: clock.clone(),
                rng: rng.clone(),
            },
            verification: Verification {
                store: store.clone(),
                codes: codes.clone(),
                registration_policy: registration_policy.clone(),
                limits: limits.clone(),
                clock: clock.clone(),
                rng: rng.clone(),
            },
            account_settings: AccountSettings {
                store: store.clone(),
                codes: codes.clone(),
                reauthentication: reauthentication.clone(),
                policy: policy.clone(),
                emails: registration_policy.emails.clone(),
                notifications: notifications.clone(),
                log: log.clone(),
                limits: limits.clone(),
                clock: clock.clone(),
                rng: rng.clone(),
            },
            email_links: EmailLinks {
                store: store.clone(),
                notifications: notifications.clone(),
                log: log.clone(),
                clock: clock.clone(),
            },
            login: Login {
                store: store.clone(),
                captcha: captcha.clone(),
                passwords,
                sign_in,
                second_factor: second_factor.clone(),
            },
            reauthentication,
            second_factor,
            one_time_secrets,
            session_manager: SessionManager { store: store.clone(), sessions: sessions.clone(), log: log.clone() },
            devices,
            passkeys,
            admin: AdminService {
                store: store.clone(),
                audit: audit.clone(),
                sessions: sessions.clone(),
                notifications,
                log: log.clone(),
                mailer,
                registration: registration_policy.mode,
                account_count: AccountCount::default(),
                system_info: SystemInfo::new(&config, clock.now(), last_purge.clone()),
                limits: limits.clone(),
                clock: clock.clone(),
                rng: rng.clone(),
            },
            security_log: log,
            maintenance: Maintenance {
                store: store.clone(),
                sessions: sessions.clone(),
                audit,
                last_purge,
                limits,
                clock: clock.clone(),
            },
            readiness: Readiness::new(store.clone(), clock.clone()),
            captcha,
            config,
            policy,
            sessions,
            store,
            clock,
            rng,
        };
        Ok((Self(Arc::new(services)), worker))
    }
}

/// Configures passkey ceremonies and returns their host, or `None` if browsers do not allow
/// passkeys on this origin.
fn ceremonies(config: &Config, rng: &Rng) -> Option<(Ceremonies, String)> {
    let party = config.site.relying_party().ok()?;
    let ceremonies = Ceremonies::new(&party.id, &party.origin, &config.site.name, &config.keys, rng.clone());
    let ceremonies = ceremonies.inspect_err(|error| tracing::error!(%error, "passkeys are not available")).ok()?;
    Some((ceremonies, party.id))
}
