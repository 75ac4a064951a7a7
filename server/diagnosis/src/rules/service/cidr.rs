//! Ranges of addresses.

use std::net::IpAddr;

/// Whether a CIDR range, such as `10.244.0.0/16`, holds an address.
pub(super) fn contains(range: &str, address: IpAddr) -> bool {
    let Some((network, bits)) = range.split_once('/') else {
        return false;
    };
    match (network.parse::<IpAddr>(), bits.parse::<u32>(), address) {
        (Ok(IpAddr::V4(network)), Ok(bits), IpAddr::V4(address)) if bits <= 32 => {
            let shift = 32 - bits;
            shift == 32 || u32::from(network) >> shift == u32::from(address) >> shift
        }
        (Ok(IpAddr::V6(network)), Ok(bits), IpAddr::V6(address)) if bits <= 128 => {
            let shift = 128 - bits;
            shift == 128 || u128::from(network) >> shift == u128::from(address) >> shift
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn ranges_of_both_families() {
        for (range, address, held) in [
            ("10.244.0.0/16", "10.244.9.9", true),
            ("10.244.0.0/16", "10.245.0.1", false),
            ("0.0.0.0/0", "192.0.2.1", true),
            ("fd00:1::/64", "fd00:1::5", true),
            ("fd00:1::/64", "fd00:2::5", false),
            ("10.0.0.0/8", "fd00::1", false),
            ("nonsense", "10.0.0.1", false),
        ] {
            assert_eq!(contains(range, address.parse().unwrap()), held, "{range}");
        }
    }
}
