//! Which API servers are reached without the proxy of the environment.

use std::net::IpAddr;

/// Whether `host` is to be reached directly: a loopback address always, and what
/// `NO_PROXY` names. Its entries are hosts, domains with everything below them, or `*`,
/// as curl reads them.
pub(crate) fn is_direct(host: &str, no_proxy: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let loopback = host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    loopback
        || no_proxy
            .split(',')
            .map(str::trim)
            .any(|entry| covers(entry, host))
}

/// The hosts that the environment excepts from its proxy.
pub(crate) fn no_proxy() -> String {
    ["NO_PROXY", "no_proxy"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_default()
}

fn covers(entry: &str, host: &str) -> bool {
    if entry == "*" {
        return true;
    }
    let domain = entry.trim_start_matches('.');
    if domain.is_empty() {
        return false;
    }
    let (domain, host) = (domain.to_ascii_lowercase(), host.to_ascii_lowercase());
    host.strip_suffix(&domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_and_named_hosts_are_direct() {
        for host in ["127.0.0.1", "[::1]", "localhost"] {
            assert!(is_direct(host, ""), "{host}");
        }
        assert!(is_direct("api.corp.example", "other, .corp.example"));
        assert!(is_direct("corp.example", "corp.example"));
        assert!(is_direct("10.0.0.1", "*"));
        assert!(!is_direct("api.corp.example", "orp.example,"));
        assert!(!is_direct("10.0.0.1", ""));
    }
}
