//! Who may open a WebSocket.
//!
//! A page of any site may open a WebSocket to any address, with the reader's cookies
//! and past every CORS rule; only the `Origin` header tells
//! (RFC 6455, section 10.2).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};

/// The request comes from a page of this portal.
#[derive(Clone, Copy, Debug)]
pub(super) struct SameOrigin;

impl<S: Sync> FromRequestParts<S> for SameOrigin {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        if is_same_origin(&parts.headers) {
            return Ok(Self);
        }
        Err((
            StatusCode::FORBIDDEN,
            "Streams are for the pages of this Podside: the Origin header must name the host that is called.\n",
        ))
    }
}

/// Whether `Origin` is exactly the host that the request names. Its scheme may be
/// either, since TLS may end in front of Podside.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return false;
    };
    let origin_host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    !host.is_empty() && origin_host == Some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(origin: Option<&str>, host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        is_same_origin(&headers)
    }

    #[test]
    fn only_the_host_itself_is_the_same_origin() {
        assert!(same(Some("http://127.0.0.1:8080"), "127.0.0.1:8080"));
        assert!(same(
            Some("https://podside.example.com"),
            "podside.example.com"
        ));
        for origin in [
            "null",
            "http://127.0.0.1",
            "http://127.0.0.1:8081",
            "http://127.0.0.1:8080.evil.example",
            "http://evil.example",
            "ws://127.0.0.1:8080",
            "",
        ] {
            assert!(!same(Some(origin), "127.0.0.1:8080"), "{origin}");
        }
        assert!(!same(None, "127.0.0.1:8080"));
        assert!(!same(Some("http://"), ""));
    }
}
