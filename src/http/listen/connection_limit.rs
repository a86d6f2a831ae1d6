//! Limits the number of connections, in total and per IP prefix.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::services::IpPrefix;

/// The slots for open connections.
#[derive(Debug)]
pub(super) struct ConnectionLimiter {
    slots: Arc<Semaphore>,
    per_ip: usize,
    /// Open connections per prefix; a prefix without any has no entry.
    by_prefix: Mutex<HashMap<IpPrefix, usize>>,
}

/// Which limit a new connection exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LimitReached {
    /// The limit for all clients.
    Total,
    /// The limit per IP prefix; other prefixes may still connect.
    PerIp,
}

/// The slot of an open connection; dropping it frees the slot.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    limiter: Arc<ConnectionLimiter>,
    prefix: Option<IpPrefix>,
    _permit: OwnedSemaphorePermit,
}

impl ConnectionLimiter {
    pub(super) fn new(most: usize, per_ip: usize) -> Self {
        Self { slots: Arc::new(Semaphore::new(most)), per_ip, by_prefix: Mutex::default() }
    }

    /// Takes a slot, counted for `prefix` unless the peer is a trusted proxy.
    pub(super) fn take(self: &Arc<Self>, prefix: Option<IpPrefix>) -> Result<ConnectionSlot, LimitReached> {
        let permit = Arc::clone(&self.slots).try_acquire_owned().map_err(|_| LimitReached::Total)?;
        if let Some(prefix) = prefix {
            let mut by_prefix = self.by_prefix();
            // The limit is at least 1, so a new entry never stays behind at 0.
            let count = by_prefix.entry(prefix).or_default();
            if *count >= self.per_ip {
                return Err(LimitReached::PerIp);
            }
            *count += 1;
        }
        Ok(ConnectionSlot { limiter: Arc::clone(self), prefix, _permit: permit })
    }

    fn by_prefix(&self) -> MutexGuard<'_, HashMap<IpPrefix, usize>> {
        self.by_prefix.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let Some(prefix) = self.prefix else { return };
        let mut by_prefix = self.limiter.by_prefix();
        if let Some(count) = by_prefix.get_mut(&prefix) {
            *count -= 1;
            if *count == 0 {
                by_prefix.remove(&prefix);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;

    use super::{ConnectionLimiter, LimitReached};
    use crate::services::IpPrefix;

    #[test]
    fn one_ip_prefix_cannot_take_every_slot_and_slots_are_freed() {
        let prefix = |ip: &str| Some(IpPrefix::from(ip.parse::<IpAddr>().expect("an IP address")));
        let limiter = Arc::new(ConnectionLimiter::new(4, 2));
        let take = |who| limiter.take(who);
        let first = take(prefix("2001:db8::1")).expect("a slot");
        let _second = take(prefix("2001:db8::2")).expect("a slot");
        assert_eq!(take(prefix("2001:db8::3")).err(), Some(LimitReached::PerIp));
        let _third = take(prefix("192.0.2.7")).expect("a slot");
        let _proxy = take(None).expect("a slot");
        assert_eq!(take(None).err(), Some(LimitReached::Total));
        drop(first);
        let again = take(prefix("2001:db8::3")).expect("the freed slot");
        assert_eq!(take(prefix("192.0.2.7")).err(), Some(LimitReached::Total));
        drop((again, _second));
        assert_eq!(limiter.by_prefix().len(), 1, "prefixes without connections are removed");
    }
}
