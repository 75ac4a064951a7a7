//! The forms of the pages: each does one thing and leads back to a page, so that an
//! investigation works without JavaScript. What each sends is a struct of
//! [`podside_model::form`].

mod export;
mod leftovers;
mod links;
mod sent;
mod walks;

use axum::Router;
use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use podside_app::PortalError;

use crate::refusal::refuse;
use crate::session::Doors;

/// Where the forms go.
pub(crate) fn routes(doors: Doors) -> Router {
    Router::new()
        .route("/investigations", post(walks::start))
        .route("/investigations/{id}/answers", post(walks::answer))
        .route("/investigations/{id}/returns", post(walks::go_back))
        .route("/investigations/{id}/walk", post(walks::walk))
        .route("/investigations/{id}/runs", post(walks::run))
        .route("/investigations/{id}/stop", post(walks::stop))
        .route("/investigations/{id}/notes", post(walks::note))
        .route(
            "/investigations/{id}/shares",
            post(links::share).get(links::to_links),
        )
        .route(
            "/problems/shares",
            post(links::share_problem).get(links::to_history),
        )
        .route("/shares/{id}/revocation", post(links::revoke))
        .route("/leftovers/{id}/removal", post(leftovers::remove))
        .route("/leftovers/removal", post(leftovers::remove_found))
        .route("/shared/{token}/markdown", get(export::shared_markdown))
        .route("/history.csv", get(export::history))
        .with_state(doors)
}

/// A link may be revoked at any moment: nothing that it shows, or does not, is kept.
const NEVER_KEPT: (HeaderName, &str) = (CACHE_CONTROL, "private, no-store");

/// Leads to the page that shows what was done, or says why nothing was.
fn lead_on(to: Result<String, PortalError>) -> Response {
    match to {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(error) => refuse(&error),
    }
}
