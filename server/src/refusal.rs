//! The answer to what could not be done.

use axum::Extension;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use podside_app::PortalError;

/// What could not be done, in the person's language: as text, and with the error from which
/// the router makes a page for a browser.
pub(crate) fn refuse(error: &PortalError) -> Response {
    let status = StatusCode::from_u16(error.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let error = Extension(error.clone());
    (status, error.clone(), format!("{}\n", error.0)).into_response()
}
