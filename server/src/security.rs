//! What keeps browsers and crawlers from doing what no page of Podside asks for.

use axum::http::{HeaderName, HeaderValue, header};
use leptos::nonce::Nonce;

/// Headers of every answer, pages and files alike.
pub(crate) const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        // A share's token stands in its URL and must not reach other sites.
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        // A link that somebody was given is for nobody who searches.
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex, nofollow"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// The `robots.txt`: nothing here is for crawlers.
pub(crate) const ROBOTS: &str = "User-agent: *\nDisallow: /\n";

/// The Content-Security-Policy of a page.
///
/// Scripts need the nonce of this answer; wasm needs 'wasm-unsafe-eval' to be
/// compiled; nothing comes from another origin, and no form goes to one.
/// Style attributes stay allowed, because charts are drawn with them.
pub(crate) fn content_security_policy(nonce: &Nonce) -> Option<HeaderValue> {
    HeaderValue::try_from(format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ))
    .ok()
}
