//! Through which proxy an API server is reached, as kubectl decides it.
//!
//! What a kubeconfig names (`proxy-url`) is always used, for a loopback address too: behind
//! a tunnel that is another machine's. Without it the environment decides, as Go's
//! `http.ProxyFromEnvironment` reads it
//! (<https://pkg.go.dev/golang.org/x/net/http/httpproxy#FromEnvironment>).

use std::net::IpAddr;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

/// The schemes of proxies that kubectl knows.
const SCHEMES: [&str; 3] = ["http", "https", "socks5"];

/// The proxy that a kubeconfig's `proxy-url` names.
///
/// # Errors
/// When it is not the address of one, in words.
pub(crate) fn named(address: &str) -> Result<Uri, String> {
    address
        .parse::<Uri>()
        .ok()
        .filter(|uri| uri.scheme_str().is_some_and(|s| SCHEMES.contains(&s)))
        .ok_or_else(|| {
            // An address may hold a password, so it is not repeated.
            "its proxy is not the address of one; it begins with http://, https:// or socks5://"
                .to_owned()
        })
}

/// The proxy for an API server that the environment names: `HTTPS_PROXY` or `HTTP_PROXY`,
/// by the server's scheme. None for a loopback address and for what `NO_PROXY` excepts.
///
/// # Errors
/// When the variable holds no address of a proxy, in words.
pub(crate) fn of_environment(
    server: &Uri,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Uri>, String> {
    let first = |names: [&str; 2]| {
        let mut values = names.into_iter().filter_map(&variable);
        values.find(|value| !value.trim().is_empty())
    };
    let address = match server.scheme_str() {
        Some("https") => first(["HTTPS_PROXY", "https_proxy"]),
        _ => first(["HTTP_PROXY", "http_proxy"]),
    };
    let Some(address) = address else {
        return Ok(None);
    };
    let excepted = first(["NO_PROXY", "no_proxy"]).unwrap_or_default();
    if is_loopback(server) || is_excepted(server, &excepted) {
        return Ok(None);
    }
    let address = address.trim();
    let address = if address.contains("://") {
        address.to_owned()
    } else {
        format!("http://{address}")
    };
    named(&address).map(Some)
}

fn is_loopback(server: &Uri) -> bool {
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether the entries of `NO_PROXY` name a server: hosts, domains with everything below
/// them, addresses, networks, each with a port or for all, or `*`.
fn is_excepted(server: &Uri, entries: &str) -> bool {
    let port = server.port_u16().unwrap_or(match server.scheme_str() {
        Some("https") => 443,
        _ => 80,
    });
    let entries: Vec<&str> = entries
        .split(',')
        .filter_map(|entry| of_port(entry.trim(), port))
        .collect();
    // Which hosts an entry covers, the library knows; that nothing goes through this proxy
    // says that one does.
    let covered = Matcher::builder()
        .all("http://proxy.invalid")
        .no(entries.join(","))
        .build()
        .intercept(server)
        .is_none();
    covered || entries.contains(&"*")
}

/// An entry without its port; `None` where that is another one.
fn of_port(entry: &str, port: u16) -> Option<&str> {
    // The colons of an IPv6 address are no port's.
    match entry.rsplit_once(':') {
        Some((host, named)) if host.ends_with(']') || !host.contains(':') => {
            let is_it = named.parse() == Ok(port);
            is_it.then(|| host.trim_matches(['[', ']']))
        }
        _ => Some(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Through what `server` is reached in an environment.
    fn through(server: &str, environment: &[(&str, &str)]) -> Option<String> {
        let variable = |name: &str| {
            let found = environment.iter().find(|(named, _)| *named == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let server = server.parse().unwrap();
        let proxy = of_environment(&server, variable).unwrap();
        proxy.map(|proxy| proxy.to_string())
    }

    #[test]
    fn the_environment_names_a_proxy_by_the_scheme() {
        let environment = [("https_proxy", "http://p:1"), ("HTTP_PROXY", "q:2")];
        let https = through("https://api.example", &environment);
        assert_eq!(https.as_deref(), Some("http://p:1/"));
        let http = through("http://api.example", &environment);
        assert_eq!(http.as_deref(), Some("http://q:2/"));
        assert_eq!(
            through("https://api.example", &[("HTTPS_PROXY", " ")]),
            None
        );
    }

    #[test]
    fn loopback_and_what_is_excepted_is_reached_directly() {
        let is_direct = |server: &str, except: &str| {
            let environment = [("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", except)];
            through(server, &environment).is_none()
        };
        for server in ["https://127.0.0.1:1", "https://[::1]", "https://localhost"] {
            assert!(is_direct(server, ""), "{server}");
        }
        for (server, except) in [
            ("https://api.corp.example", "other, .corp.example"),
            ("https://corp.example", "corp.example"),
            ("https://10.0.0.1", "*"),
            ("https://10.0.0.1", "10.0.0.0/8"),
            ("https://10.0.0.1:6443", "10.0.0.1:6443"),
            ("https://[fd00::1]:6443", "fd00::/8"),
            ("https://[fd00::1]:6443", "[fd00::1]:6443"),
            ("https://corp.example", "corp.example:443"),
        ] {
            assert!(is_direct(server, except), "{server} {except}");
        }
        for (server, except) in [
            ("https://api.corp.example", "orp.example,"),
            ("https://10.0.0.1", "10.1.0.0/16"),
            ("https://10.0.0.1:6443", "10.0.0.1:443"),
            ("https://10.0.0.1", ""),
        ] {
            assert!(!is_direct(server, except), "{server} {except}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_said_without_its_password() {
        for address in ["ftp://user:hunter2@p:1", "user:hunter2@p", "", "http://"] {
            let said = named(address).unwrap_err();
            assert!(said.contains("socks5://") && !said.contains("hunter2"));
        }
        let socks = named("socks5://localhost:1080").unwrap();
        assert_eq!(socks.to_string(), "socks5://localhost:1080/");
    }
}
