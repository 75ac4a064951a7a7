//! For whoever develops Podside: an open page reloads when a newly built server has
//! taken the old one's place. `make dev` asks for it.

use std::sync::OnceLock;

use axum::Router;
use axum::routing::get;
use jiff::Timestamp;

/// Whether pages are to reload by themselves: when `PODSIDE_RELOAD` is set and not empty.
pub(crate) fn is_wanted() -> bool {
    std::env::var_os("PODSIDE_RELOAD").is_some_and(|value| !value.is_empty())
}

/// The route that pages ask, where it is wanted: when this server was started.
pub(crate) fn routes() -> Router {
    if is_wanted() {
        Router::new().route("/started", get(async || started().to_string()))
    } else {
        Router::new()
    }
}

/// When this process was asked for the first time, which tells it from the next one.
fn started() -> Timestamp {
    static STARTED: OnceLock<Timestamp> = OnceLock::new();
    *STARTED.get_or_init(Timestamp::now)
}
