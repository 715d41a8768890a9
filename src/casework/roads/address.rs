//! Which addresses are on a private network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// True of an address that no other network can be reached by: private (RFC 1918), unique local (RFC 4193), link-local
/// (RFC 3927, RFC 4291) and loopback. An address that is written as IPv4 within IPv6 is taken as what it stands for;
/// shared address space (RFC 6598), documentation and unspecified addresses are not private.
pub(super) const fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

const fn is_private_v4(address: Ipv4Addr) -> bool {
    address.is_private() || address.is_loopback() || address.is_link_local()
}

const fn is_private_v6(address: Ipv6Addr) -> bool {
    match address.to_ipv4_mapped() {
        Some(mapped) => is_private_v4(mapped),
        None => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_others() {
        for (address, expected) in [
            ("10.0.0.1", true),
            ("172.16.0.1", true),
            ("172.31.255.255", true),
            ("192.168.1.1", true),
            ("127.0.0.1", true),
            ("169.254.0.1", true),
            ("::1", true),
            ("fd00::7", true),
            ("fc00::1", true),
            ("fe80::1", true),
            ("::ffff:10.0.0.1", true),
            ("172.32.0.1", false),
            ("172.15.255.255", false),
            ("192.169.0.1", false),
            ("11.0.0.1", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("203.0.113.7", false),
            ("8.8.8.8", false),
            ("::", false),
            ("2001:db8::1", false),
            ("2606:4700::1111", false),
            ("fec0::1", false),
            ("ff02::1", false),
            ("::ffff:203.0.113.7", false),
            ("::203.0.113.7", false),
            ("64:ff9b::10.0.0.1", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), expected, "{address}");
        }
    }
}
