//! Limits the number of connections, in total and per network. When all slots are taken, a connection that waits for a
//! request makes room for a new one.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use tokio::sync::Notify;

use super::progress::Progress;

/// Bits of the part of an IPv6 address that one subscriber can have: providers assign up to a /48 (RFC 6177). Only
/// connections are counted by it, because each takes memory while it is open.
const IPV6_PREFIX: u8 = 48;
const IPV4_PREFIX: u8 = 32;

/// The slots for open connections.
#[derive(Debug)]
pub(super) struct ConnectionLimiter {
    most: usize,
    per_ip: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next_id: u64,
    open: HashMap<u64, Open>,
    /// Open connections per network; a network without any has no entry.
    by_network: HashMap<IpNet, usize>,
}

/// An open connection.
#[derive(Debug)]
struct Open {
    /// `None` for a trusted proxy.
    network: Option<IpNet>,
    progress: Arc<Progress>,
    evicted: Arc<Notify>,
}

/// Which limit a new connection exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LimitReached {
    /// The limit for all clients.
    Total,
    /// The limit per network; others may still connect.
    PerIp,
}

/// The slot of an open connection; dropping it frees the slot.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    limiter: Arc<ConnectionLimiter>,
    id: u64,
    /// Notified when the connection has lost its slot to another one and has to end.
    pub(super) evicted: Arc<Notify>,
    /// Whether another connection lost its slot to this one.
    pub(super) evicted_another: bool,
}

impl ConnectionLimiter {
    pub(super) fn new(most: usize, per_ip: usize) -> Self {
        Self { most, per_ip, state: Mutex::default() }
    }

    /// Takes a slot for a connection from `ip`, which is `None` for a trusted proxy: a proxy sends the requests of many
    /// clients, so it has no limit of its own and is never evicted.
    pub(super) fn take(
        self: &Arc<Self>,
        ip: Option<IpAddr>,
        progress: &Arc<Progress>,
    ) -> Result<ConnectionSlot, LimitReached> {
        let network = ip.map(network);
        let mut state = self.state();
        if network.is_some_and(|network| state.by_network.get(&network).is_some_and(|count| *count >= self.per_ip)) {
            return Err(LimitReached::PerIp);
        }
        let is_full = state.open.len() >= self.most;
        if is_full && !state.evict() {
            return Err(LimitReached::Total);
        }
        let id = state.next_id;
        state.next_id += 1;
        if let Some(network) = network {
            *state.by_network.entry(network).or_default() += 1;
        }
        let evicted = Arc::new(Notify::new());
        state.open.insert(id, Open { network, progress: Arc::clone(progress), evicted: Arc::clone(&evicted) });
        Ok(ConnectionSlot { limiter: Arc::clone(self), id, evicted, evicted_another: is_full })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Frees the slot of the connection that has waited longest for a complete request, from the network with the most
    /// connections of those with such a connection. Returns whether there was one.
    fn evict(&mut self) -> bool {
        let waiting = self.open.iter().filter_map(|(id, open)| {
            let since = open.progress.waiting_since()?;
            Some((*id, since, *self.by_network.get(&open.network?)?))
        });
        // A smaller time is an earlier one.
        let order = |&(id, since, count): &(u64, Duration, usize)| (std::cmp::Reverse(count), since, id);
        let Some((id, ..)) = waiting.min_by_key(order) else { return false };
        if let Some(open) = self.remove(id) {
            open.evicted.notify_one();
        }
        true
    }

    fn remove(&mut self, id: u64) -> Option<Open> {
        let open = self.open.remove(&id)?;
        if let Some(network) = open.network
            && let Some(count) = self.by_network.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&network);
            }
        }
        Some(open)
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        // An evicted connection has no entry any more.
        self.limiter.state().remove(self.id);
    }
}

/// Returns the network that connections from this IP address count for.
fn network(ip: IpAddr) -> IpNet {
    let ip = ip.to_canonical();
    let prefix = if ip.is_ipv4() { IPV4_PREFIX } else { IPV6_PREFIX };
    // Both are valid lengths.
    IpNet::new(ip, prefix).map_or_else(|_| ip.into(), |network| network.trunc())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::{ConnectionLimiter, ConnectionSlot, LimitReached};
    use crate::clock::{Clock, TestClock};
    use crate::domain::Timestamp;
    use crate::http::listen::progress::Progress;
    use crate::limits::Limits;

    struct Scene {
        clock: TestClock,
        limiter: Arc<ConnectionLimiter>,
    }

    impl Scene {
        fn new(most: usize, per_ip: usize) -> Self {
            Self { clock: TestClock::at(Timestamp(0)), limiter: Arc::new(ConnectionLimiter::new(most, per_ip)) }
        }

        /// Takes a slot a second after the one before.
        fn take(&self, ip: &str) -> Result<(ConnectionSlot, Arc<Progress>), LimitReached> {
            self.clock.advance(Duration::from_secs(1));
            let progress = Progress::new(Clock::Test(self.clock.clone()), Limits::default().connections);
            let progress = Arc::new(progress);
            let ip = (ip != "proxy").then(|| ip.parse::<IpAddr>().expect("an IP address"));
            Ok((self.limiter.take(ip, &progress)?, progress))
        }

        /// Takes a slot for a connection that is answering a request.
        fn take_busy(&self, ip: &str) -> (ConnectionSlot, Arc<Progress>) {
            let (slot, progress) = self.take(ip).expect("a slot");
            progress.requested();
            (slot, progress)
        }
    }

    fn is_evicted((slot, _): &(ConnectionSlot, Arc<Progress>)) -> bool {
        slot.evicted.notified().now_or_never().is_some()
    }

    #[test]
    fn one_network_cannot_take_every_slot_and_slots_are_freed() {
        let scene = Scene::new(4, 2);
        let first = scene.take_busy("2001:db8:1:1::1");
        let second = scene.take_busy("2001:db8:1:ffff::2");
        assert_eq!(scene.take("2001:db8:1::3").err(), Some(LimitReached::PerIp), "the same /48");
        let _third = scene.take_busy("192.0.2.7");
        let _proxy = scene.take_busy("proxy");
        assert_eq!(scene.take("proxy").err(), Some(LimitReached::Total));
        drop(first);
        let again = scene.take_busy("2001:db8:2::1");
        assert_eq!(scene.take("192.0.2.7").err(), Some(LimitReached::Total));
        drop((again, second));
        assert_eq!(scene.limiter.state().by_network.len(), 1, "networks without connections are removed");
    }

    #[test]
    fn a_full_server_closes_the_oldest_waiting_connection_of_the_network_with_the_most() {
        let scene = Scene::new(5, 3);
        let quiet = scene.take("192.0.2.1").expect("a slot");
        let busy = scene.take_busy("192.0.2.2");
        let older = scene.take("192.0.2.2").expect("a slot");
        let newer = scene.take("192.0.2.2").expect("a slot");
        // Part of a head is not a request.
        older.1.received();
        let proxy = scene.take("proxy").expect("a slot");
        let arriving = scene.take_busy("192.0.2.3");
        assert!(arriving.0.evicted_another && is_evicted(&older));
        assert!([&quiet, &busy, &newer, &proxy].into_iter().all(|other| !is_evicted(other)));
        drop(older);
        assert_eq!(scene.limiter.state().open.len(), 5, "its slot was freed once");
        // The network with the most has no waiting connection left after this one.
        let _next = scene.take_busy("192.0.2.4");
        assert!(is_evicted(&newer));
        let _next = scene.take_busy("192.0.2.5");
        assert!(is_evicted(&quiet));
        assert_eq!(scene.take("192.0.2.6").err(), Some(LimitReached::Total), "only requests in progress and a proxy");
    }
}
