//! Who asks.

use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderMap};
use podside_app::Viewer;
use podside_app::preferences::Preferences;

/// Who asks, by the headers of the request.
pub(crate) fn viewer(headers: &HeaderMap) -> Viewer {
    let header = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
            .unwrap_or_default()
    };
    let preferences = Preferences::of_request("", header(COOKIE), header(ACCEPT_LANGUAGE));
    Viewer {
        name: None,
        lang: preferences.lang,
    }
}
