//! How many connections there are, in all and from each address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::server::services::AddressPrefix;

/// Connections are counted here while they last.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    per_address: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// No address with nothing stays here: as many as connections at most.
    by_address: HashMap<AddressPrefix, usize>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    Everybody,
    /// There would be one for another address.
    Address,
}

/// A connection's place; free again when this goes.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    address: Option<AddressPrefix>,
}

impl Places {
    pub(super) fn new(most: usize, per_address: usize) -> Self {
        Self { most, per_address, taken: Mutex::default() }
    }

    /// Takes a place, for `address` unless it speaks for many.
    pub(super) fn take(self: &Arc<Self>, address: Option<AddressPrefix>) -> Result<Place, Full> {
        let mut taken = self.taken();
        if taken.all >= self.most {
            return Err(Full::Everybody);
        }
        if let Some(address) = address {
            let here = taken.by_address.entry(address).or_default();
            // Never 0 here: an address that is not known has a place.
            if *here >= self.per_address {
                return Err(Full::Address);
            }
            *here += 1;
        }
        taken.all += 1;
        Ok(Place { places: Arc::clone(self), address })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
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

    use super::{Full, Places};
    use crate::server::services::AddressPrefix;

    #[test]
    fn one_address_cannot_take_every_place_and_a_place_comes_back() {
        let address = |ip: &str| Some(AddressPrefix::from(ip.parse::<IpAddr>().expect("an address")));
        let places = Arc::new(Places::new(4, 2));
        let take = |who| places.take(who);
        let first = take(address("2001:db8::1")).expect("a place");
        let _second = take(address("2001:db8::2")).expect("a place");
        assert_eq!(take(address("2001:db8::3")).err(), Some(Full::Address));
        let _third = take(address("192.0.2.7")).expect("a place");
        let _proxy = take(None).expect("a place");
        assert_eq!(take(None).err(), Some(Full::Everybody));
        drop(first);
        let again = take(address("2001:db8::3")).expect("the place that came back");
        assert_eq!(take(address("192.0.2.7")).err(), Some(Full::Everybody));
        drop((again, _second));
        assert_eq!(places.taken().by_address.len(), 1, "nobody who is gone is remembered");
    }
}
