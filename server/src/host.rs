//! Which `Host` a request may name.
//!
//! A page on the internet can let its own name point to 127.0.0.1 (DNS
//! rebinding) and would then be of the same origin as the portal. So a portal
//! on a loopback address answers to loopback names alone, unless it is given
//! others.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The host names to answer to.
#[derive(Clone, Debug)]
pub(crate) struct AllowedHosts {
    names: Arc<[String]>,
    loopback_only: bool,
}

impl AllowedHosts {
    /// The hosts for a portal that listens on `address`; `named` are names
    /// without port that are allowed beside the loopback ones.
    pub(crate) fn new(address: SocketAddr, named: &[String]) -> Self {
        Self {
            names: named.iter().map(|name| name.to_ascii_lowercase()).collect(),
            loopback_only: address.ip().is_loopback() || !named.is_empty(),
        }
    }

    /// Whether a request with this `Host` header is answered.
    fn allows(&self, host: &str) -> bool {
        if !self.loopback_only {
            return true;
        }
        let name = without_port(host).to_ascii_lowercase();
        is_loopback(&name) || self.names.contains(&name)
    }
}

/// `host` without its port; an IPv6 address without its brackets.
fn without_port(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    host.split(':').next().unwrap_or_default()
}

fn is_loopback(name: &str) -> bool {
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Answers 421 to a request for a host that is not allowed.
pub(crate) async fn check_host(
    State(hosts): State<AllowedHosts>,
    request: Request,
    next: Next,
) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if hosts.allows(host) {
        next.run(request).await
    } else {
        (
            StatusCode::MISDIRECTED_REQUEST,
            "This Podside does not answer to this host name. Start it with --host NAME to allow one.\n",
        )
            .into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::AllowedHosts;

    fn hosts(address: &str, named: &[&str]) -> AllowedHosts {
        let named: Vec<String> = named.iter().map(ToString::to_string).collect();
        AllowedHosts::new(address.parse().unwrap(), &named)
    }

    #[test]
    fn a_loopback_portal_answers_to_loopback_names_alone() {
        let hosts = hosts("127.0.0.1:8080", &[]);
        for host in [
            "127.0.0.1:8080",
            "localhost:8080",
            "LOCALHOST",
            "[::1]:8080",
            "podside.localhost",
        ] {
            assert!(hosts.allows(host), "{host}");
        }
        for host in [
            "rebound.example:8080",
            "localhost.example",
            "10.0.0.1",
            "",
            "[::2]",
        ] {
            assert!(!hosts.allows(host), "{host}");
        }
    }

    #[test]
    fn a_named_host_is_allowed_beside_them() {
        let hosts = hosts("0.0.0.0:80", &["Podside.example.com"]);
        assert!(hosts.allows("podside.example.com"));
        assert!(hosts.allows("localhost"));
        assert!(!hosts.allows("other.example.com"));
    }

    #[test]
    fn a_portal_for_a_network_without_names_answers_to_all() {
        assert!(hosts("0.0.0.0:80", &[]).allows("any.example"));
    }
}
