//! The part of an IP address that limits count by.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
}
