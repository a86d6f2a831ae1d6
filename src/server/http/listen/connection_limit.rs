//! Limits the number of connections, in total and per IP prefix.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::server::services::IpPrefix;

/// The counters of open connections.
#[derive(Debug)]
pub(super) struct ConnectionLimiter {
    most: usize,
    per_ip: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// Prefixes without open connections are removed, so there are never more entries than connections.
    by_address: HashMap<IpPrefix, usize>,
}

/// Which limit a new connection exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    Everybody,
    /// The limit for this IP prefix; others may still connect.
    Address,
}

/// The slot of an open connection; dropping it frees the slot.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    places: Arc<ConnectionLimiter>,
    address: Option<IpPrefix>,
}

impl ConnectionLimiter {
    pub(super) fn new(most: usize, per_ip: usize) -> Self {
        Self { most, per_ip, taken: Mutex::default() }
    }

    /// Takes a slot, counted for `address` unless the peer is a trusted proxy.
    pub(super) fn take(self: &Arc<Self>, address: Option<IpPrefix>) -> Result<ConnectionSlot, Full> {
        let mut taken = self.taken();
        if taken.all >= self.most {
            return Err(Full::Everybody);
        }
        if let Some(address) = address {
            let here = taken.by_address.entry(address).or_default();
            // An entry with count 0 is never left behind by this return, since `per_ip` is at
            // least 1.
            if *here >= self.per_ip {
                return Err(Full::Address);
            }
            *here += 1;
        }
        taken.all += 1;
        Ok(ConnectionSlot { places: Arc::clone(self), address })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        let Some(address) = self.address else { return };
        if let Some(here) = taken.by_address.get_mut(&address) {
            *here -= 1;
            if *here == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;

    use super::{ConnectionLimiter, Full};
    use crate::server::services::IpPrefix;

    #[test]
    fn one_ip_prefix_cannot_take_every_slot_and_slots_are_freed() {
        let address = |ip: &str| Some(IpPrefix::from(ip.parse::<IpAddr>().expect("an IP address")));
        let places = Arc::new(ConnectionLimiter::new(4, 2));
        let take = |who| places.take(who);
        let first = take(address("2001:db8::1")).expect("a slot");
        let _second = take(address("2001:db8::2")).expect("a slot");
        assert_eq!(take(address("2001:db8::3")).err(), Some(Full::Address));
        let _third = take(address("192.0.2.7")).expect("a slot");
        let _proxy = take(None).expect("a slot");
        assert_eq!(take(None).err(), Some(Full::Everybody));
        drop(first);
        let again = take(address("2001:db8::3")).expect("the freed slot");
        assert_eq!(take(address("192.0.2.7")).err(), Some(Full::Everybody));
        drop((again, _second));
        assert_eq!(places.taken().by_address.len(), 1, "prefixes without connections are removed");
    }
}
