//! Which host a request may name.
//!
//! A page on the internet can let its own name point to the address of this portal (DNS
//! rebinding) and would then be of the same origin as it. So a portal answers to the names
//! that it is given, to loopback names, and beyond loopback to addresses, which nobody can
//! let point elsewhere. What is no host in the sense of RFC 9112, section 3.2, is refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The longest name that DNS has.
const LONGEST_NAME: usize = 253;

/// The hosts to answer to.
#[derive(Clone, Debug)]
pub(crate) struct AllowedHosts {
    names: Arc<[String]>,
    addresses: bool,
}

impl AllowedHosts {
    /// The hosts for a portal that listens on `address`; `named` are names
    /// without port that are allowed beside the loopback ones.
    pub(crate) fn new(address: SocketAddr, named: &[String]) -> Self {
        Self {
            names: named.iter().map(|name| name.to_ascii_lowercase()).collect(),
            addresses: !address.ip().to_canonical().is_loopback(),
        }
    }

    /// Whether a request for `host` is answered.
    fn allows(&self, host: &Host) -> bool {
        match host {
            Host::Address(ip) => {
                self.addresses
                    || ip.to_canonical().is_loopback()
                    || self.names.contains(&ip.to_string())
            }
            Host::Name(name) => {
                name == "localhost" || name.ends_with(".localhost") || self.names.contains(name)
            }
        }
    }
}

/// A host as requests and `--host` name it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    /// In lower case.
    Name(String),
}

impl Host {
    /// Reads a name, an IPv4 address, or an IPv6 address in brackets.
    fn parse(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix('[') {
            let ip: Ipv6Addr = rest.strip_suffix(']')?.parse().ok()?;
            return Some(Self::Address(ip.into()));
        }
        if let Ok(ip) = text.parse::<Ipv4Addr>() {
            return Some(Self::Address(ip.into()));
        }
        let is_label = |label: &str| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        (text.len() <= LONGEST_NAME && text.split('.').all(is_label))
            .then(|| Self::Name(text.to_ascii_lowercase()))
    }
}

/// Reads `HOST` or `HOST:PORT`, and nothing that stands before, between or after them.
fn host_and_port(text: &str) -> Option<(Host, Option<u16>)> {
    let authority: Authority = text.parse().ok()?;
    let host = authority.host();
    // Without it there would be a user before the host.
    let rest = text.strip_prefix(host)?;
    let port = match rest.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().ok().filter(|port| *port > 0)?)
        }
        None if rest.is_empty() => None,
        _ => return None,
    };
    Some((Host::parse(host)?, port))
}

/// The host that a request is for; `None` when it names none, several, or what cannot be
/// one.
fn asked_host(uri: &Uri, headers: &HeaderMap) -> Option<Host> {
    let mut named = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else {
        return None;
    };
    let named = host_and_port(host.to_str().ok()?)?;
    let same = match uri.authority() {
        Some(authority) => host_and_port(authority.as_str())? == named,
        None => true,
    };
    same.then_some(named.0)
}

/// Reads a value of `--host`: a name or an address, without a port.
///
/// # Errors
/// In words, when it cannot be one.
pub(crate) fn host_name(text: &str) -> Result<String, String> {
    let bracketed = text
        .parse::<Ipv6Addr>()
        .map_or_else(|_| text.to_owned(), |ip| format!("[{ip}]"));
    match Host::parse(&bracketed) {
        Some(Host::Address(ip)) => Ok(ip.to_string()),
        Some(Host::Name(name)) => Ok(name),
        None => Err("it is the name of a host, as podside.example.com, without a port".to_owned()),
    }
}

/// Answers 400 to a request that does not say for which host it is, and 421 to one for a
/// host that is not allowed.
pub(crate) async fn check_host(
    State(hosts): State<AllowedHosts>,
    request: Request,
    next: Next,
) -> Response {
    match asked_host(request.uri(), request.headers()) {
        Some(host) if hosts.allows(&host) => next.run(request).await,
        Some(_) => (
            StatusCode::MISDIRECTED_REQUEST,
            "This Podside does not answer to this host name. Start it with --host NAME to allow one.\n",
        )
            .into_response(),
        None => (
            StatusCode::BAD_REQUEST,
            "A request names one host, in one Host header: a name or an address, and a port.\n",
        )
            .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    /// The status with which a portal that listens on `address` answers a request to `uri`
    /// with these `Host` headers.
    async fn status(address: &str, named: &[&str], uri: &str, hosts: &[&str]) -> u16 {
        let named: Vec<String> = named.iter().map(ToString::to_string).collect();
        let allowed = AllowedHosts::new(address.parse().unwrap(), &named);
        let app = Router::new()
            .route("/", get(async || "here"))
            .layer(from_fn_with_state(allowed, check_host));
        let request = hosts
            .iter()
            .fold(axum::http::Request::get(uri), |request, host| {
                request.header(header::HOST, *host)
            });
        let request = request.body(Body::empty()).unwrap();
        app.oneshot(request).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn each_portal_answers_to_its_own_hosts() {
        const LOOPBACK: &str = "127.0.0.1:8080";
        const ALL: &str = "0.0.0.0:80";
        let named: &[&str] = &["podside.example.com"];
        for (address, names, host, wanted) in [
            (LOOPBACK, &[][..], "127.0.0.1:8080", 200),
            (LOOPBACK, &[], "localhost:8080", 200),
            (LOOPBACK, &[], "LOCALHOST", 200),
            (LOOPBACK, &[], "[::1]:8080", 200),
            (LOOPBACK, &[], "[::ffff:127.0.0.1]", 200),
            (LOOPBACK, &[], "podside.localhost", 200),
            (LOOPBACK, &[], "rebound.example:8080", 421),
            (LOOPBACK, &[], "localhost.example", 421),
            (LOOPBACK, &[], "notlocalhost", 421),
            (LOOPBACK, &[], "10.0.0.1", 421),
            (LOOPBACK, &[], "[::2]", 421),
            (LOOPBACK, named, "podside.example.com", 200),
            (ALL, &[], "10.0.0.1", 200),
            (ALL, &[], "[fd00::1]:80", 200),
            (ALL, &[], "localhost", 200),
            (ALL, &[], "rebound.example", 421),
            (ALL, &[], "10.0.0.1.rebound.example", 421),
            ("[::]:80", &[], "rebound.example", 421),
            (ALL, named, "PodSide.example.com:443", 200),
            (ALL, named, "10.0.0.1", 200),
            (ALL, named, "localhost", 200),
            (ALL, named, "other.example.com", 421),
        ] {
            let status = status(address, names, "/", &[host]).await;
            assert_eq!(status, wanted, "{host} at {address} with {names:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_host_is_refused() {
        for host in [
            "",
            ":80",
            "[::1]x",
            "[::1]x:80",
            "[::1",
            "::1",
            "[127.0.0.1]",
            "[localhost]",
            "localhost:",
            "localhost:http",
            "localhost:+80",
            "localhost:0",
            "localhost:65536",
            "localhost:80:80",
            "user@localhost",
            "user:word@localhost:80",
            "@localhost",
            "rebound.example@localhost",
            "localhost,rebound.example",
            "localhost rebound.example",
            "localhost/",
            "localhost.",
            ".localhost",
            "a..localhost",
            "http://localhost",
            "localhost#",
            "localhost%00",
            "日本",
        ] {
            assert_eq!(status("0.0.0.0:80", &[], "/", &[host]).await, 400, "{host}");
        }
        for hosts in [
            &[][..],
            &["localhost", "localhost"],
            &["localhost", "other"],
        ] {
            let status = status("127.0.0.1:80", &[], "/", hosts).await;
            assert_eq!(status, 400, "{hosts:?}");
        }
    }

    #[tokio::test]
    async fn an_address_in_the_request_line_is_that_of_the_header() {
        for (uri, host, wanted) in [
            ("http://localhost:80/", "localhost:80", 200),
            ("http://LOCALHOST:80/", "localhost:80", 200),
            ("http://rebound.example/", "rebound.example", 421),
            ("http://rebound.example/", "localhost", 400),
            ("http://localhost/", "rebound.example", 400),
            ("http://localhost:81/", "localhost:80", 400),
            ("http://user@localhost/", "localhost", 400),
        ] {
            let status = status("127.0.0.1:80", &[], uri, &[host]).await;
            assert_eq!(status, wanted, "{uri} with {host}");
        }
    }

    #[test]
    fn a_name_to_allow_is_a_name() {
        for (text, wanted) in [
            ("Podside.example.com", Some("podside.example.com")),
            ("10.0.0.1", Some("10.0.0.1")),
            ("fd00::1", Some("fd00::1")),
            ("[fd00::1]", Some("fd00::1")),
            ("podside.example.com:443", None),
            ("https://podside.example.com", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(host_name(text).ok().as_deref(), wanted, "{text}");
        }
    }
}
