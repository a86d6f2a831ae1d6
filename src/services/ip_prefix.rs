//! The part of an IP address that limits count by.

use std::fmt;
use std::iter;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

/// The part of an IP address that belongs to one subscriber: the whole IPv4 address, or the /64
/// prefix of an IPv6 address (RFC 6177). An IPv4-mapped IPv6 address is treated as the IPv4
/// address. The size is nine bytes, because limiters keep up to a million of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IpPrefix(Prefix);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Prefix {
    Whole(Ipv4Addr),
    Network([u8; 8]),
}

impl From<IpAddr> for IpPrefix {
    fn from(ip: IpAddr) -> Self {
        Self(match ip.to_canonical() {
            IpAddr::V4(ip) => Prefix::Whole(ip),
            IpAddr::V6(ip) => {
                let [a, b, c, d, e, f, g, h, ..] = ip.octets();
                Prefix::Network([a, b, c, d, e, f, g, h])
            }
        })
    }
}

impl IpPrefix {
    /// Returns the form that is stored: the four bytes of an IPv4 address, or the first eight of an IPv6 address.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        match self.0 {
            Prefix::Whole(ip) => ip.octets().to_vec(),
            Prefix::Network(network) => network.to_vec(),
        }
    }

    /// Returns the network that shares one part of a bounded resource: the bytes of an IPv4 address, or of an IPv6 /48.
    #[must_use]
    pub fn site(self) -> Vec<u8> {
        let mut bytes = self.bytes();
        bytes.truncate(6);
        bytes
    }

    /// Returns the networks to count by, each as a range of [`IpPrefix::bytes`], with the factor by which its limit is
    /// higher. An IPv6 subscriber may have a /56 or a /48 (RFC 6177), so these have limits as well.
    pub fn networks(self) -> impl Iterator<Item = (RangeInclusive<Vec<u8>>, u32)> {
        let wider = match self.0 {
            Prefix::Whole(_) => None,
            Prefix::Network(network) => Some([(7, 4), (6, 16)].map(|(kept, factor)| {
                let (mut first, mut last) = (network, network);
                first[kept..].fill(0);
                last[kept..].fill(0xff);
                (first.to_vec()..=last.to_vec(), factor)
            })),
        };
        iter::once((self.bytes()..=self.bytes(), 1)).chain(wider.into_iter().flatten())
    }
}

impl fmt::Display for IpPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Prefix::Whole(ip) => ip.fmt(f),
            Prefix::Network(network) => {
                let address = u128::from(u64::from_be_bytes(network)) << 64;
                write!(f, "{}/64", Ipv6Addr::from_bits(address))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::IpPrefix;
    use std::net::IpAddr;

    fn prefix(ip: &str) -> IpPrefix {
        ip.parse::<IpAddr>().expect("valid IP address").into()
    }

    #[test]
    fn ip_addresses_of_one_subscriber_share_a_prefix() {
        assert_eq!(prefix("192.0.2.7").to_string(), "192.0.2.7");
        assert_eq!(prefix("::ffff:192.0.2.7"), prefix("192.0.2.7"));
        assert_eq!(prefix("2001:db8:1:2::1"), prefix("2001:db8:1:2:ffff::9"));
        assert_eq!(prefix("2001:db8:1:2::1").to_string(), "2001:db8:1:2::/64");
        assert_ne!(prefix("2001:db8:1:2::1"), prefix("2001:db8:1:3::1"));
        assert_ne!(prefix("192.0.2.7"), prefix("192.0.2.8"));
        assert_eq!(size_of::<IpPrefix>(), 9);
    }

    #[test]
    fn ipv6_networks_are_counted_by_64_56_and_48_bits() {
        let inside = |ip: &str, network: usize| {
            let networks: Vec<_> = prefix("2001:db8:1:2::1").networks().collect();
            networks[network].0.contains(&prefix(ip).bytes())
        };
        for (ip, counted) in [
            ("2001:db8:1:2:9::9", [true, true, true]),
            ("2001:db8:1:ff::1", [false, true, true]),
            ("2001:db8:1:ff00::1", [false, false, true]),
            ("2001:db8:2:2::1", [false, false, false]),
            ("32.1.13.184", [false, false, false]),
        ] {
            assert_eq!([0, 1, 2].map(|network| inside(ip, network)), counted, "{ip}");
        }
        assert_eq!(prefix("192.0.2.7").networks().count(), 1);
    }
}
