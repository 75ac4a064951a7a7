//! Where requests bring text of others in: what cannot be seen, steers a terminal or
//! reorders text goes no further than here.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use podside_diagnosis::facts::clean::clean_json;
use podside_model::legible::{is_legible, legible};
use serde_json::Value;
use url::form_urlencoded;

/// All but the unreserved characters of RFC 3986, section 2.3.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Most bytes of a request body: notes and answers are short.
pub(crate) const BODY_LIMIT: usize = 256 * 1024;

/// Most fields of a form.
const FIELDS: usize = 32;

/// What ends a part of an address; a plus is a space in a query.
const ENDS: [char; 7] = ['/', '?', '&', '=', '+', ',', ';'];

/// Leads from an address with text that may not be shown to the same one without: so the
/// browser reads the same address as the server, and both make the same page of it.
/// Nothing is posted to such an address.
pub(crate) async fn lead_to_legible(request: Request, next: Next) -> Response {
    let asked = request.uri().path_and_query();
    let Some(cleaned) = asked.and_then(|asked| cleaned(asked.as_str())) else {
        return next.run(request).await;
    };
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    // `//host` and `/\host` lead elsewhere.
    if !reads || !cleaned.starts_with('/') || cleaned.starts_with("//") || cleaned.contains('\\') {
        return StatusCode::BAD_REQUEST.into_response();
    }
    (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, cleaned)]).into_response()
}

/// A path and query of which every part may be shown; `None` when it is so already.
pub(crate) fn cleaned(address: &str) -> Option<String> {
    let mut changed = false;
    let mut whole = String::with_capacity(address.len());
    for part in address.split_inclusive(ENDS) {
        let (text, end) = match part.char_indices().next_back() {
            Some((at, end)) if ENDS.contains(&end) => part.split_at_checked(at),
            _ => None,
        }
        .unwrap_or((part, ""));
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        if is_legible(&decoded) {
            whole.push_str(text);
        } else {
            let clean = legible(&decoded);
            // A joiner may be where it belongs.
            changed |= *clean != *decoded;
            whole.extend(utf8_percent_encode(&clean, ENCODED));
        }
        whole.push_str(end);
    }
    changed.then_some(whole)
}

/// The same call of a server function with arguments that may be shown. What is no JSON
/// stays as it is, and is refused by whoever reads it.
///
/// # Errors
/// When the body is longer than [`BODY_LIMIT`] or breaks off.
pub(crate) async fn with_legible_arguments(request: Request) -> Result<Request, StatusCode> {
    let (parts, body) = request.into_parts();
    let mut body = read(body).await?;
    if let Ok(mut arguments) = serde_json::from_slice::<Value>(&body) {
        clean_json(&mut arguments);
        body = arguments.to_string().into();
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// The same form with fields that may be shown and kept. What is no form becomes one without
/// the fields that are wanted.
///
/// # Errors
/// When the body is longer than [`BODY_LIMIT`] or breaks off.
pub(crate) async fn with_legible_fields(request: Request) -> Result<Request, StatusCode> {
    let (parts, body) = request.into_parts();
    let body = read(body).await?;
    let fields = form_urlencoded::parse(&body).take(FIELDS);
    let fields = fields.map(|(name, value)| (name, legible(&value).into_owned()));
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    Ok(Request::from_parts(parts, Body::from(body)))
}

async fn read(body: Body) -> Result<Bytes, StatusCode> {
    let read = to_bytes(body, BODY_LIMIT).await;
    read.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_may_be_shown_stays_to_the_byte() {
        for address in [
            "/",
            "/objects/Pod/a%2fb/c?tab=yaml&path=%2Fspec#x",
            "/%",
            "/%ff%fe",
            "/history?words=caf%C3%A9+%E2%9A%A0%EF%B8%8F",
            "/?namespace=%3C/title%3E",
        ] {
            assert_eq!(cleaned(address), None, "{address}");
        }
    }

    #[test]
    fn what_may_not_be_shown_is_left_out_or_named() {
        for (address, wanted) in [
            ("/?namespace=%ff%00", "/?namespace=%EF%BF%BD"),
            ("/logs/Pod/a%E2%80%AEb/c", "/logs/Pod/ab/c"),
            (
                "/history?words=a+b%E2%80%8B&x=1",
                "/history?words=a+b%5BU%2B200B%5D&x=1",
            ),
            ("/a%1b%5B31mb", "/ab"),
            ("/%C2%9B", "/"),
        ] {
            let once = cleaned(address).unwrap();
            assert_eq!(once, wanted, "{address}");
            assert_eq!(cleaned(&once), None, "{address}");
        }
    }
}
