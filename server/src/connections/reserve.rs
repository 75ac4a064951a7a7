//! What is answered when no place is free: whether Podside is well, which must be known
//! then above all, and to everything else that it is full.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tower::ServiceExt;

/// Connections in the reserve at once; a further one ends the oldest.
const MOST: usize = 64;

/// How long one of them may last.
const WITHIN: Duration = Duration::from_secs(2);

/// After how many seconds it is worth trying again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// The connections that are answered although no place is free.
#[derive(Debug, Default)]
pub(super) struct Reserve {
    running: VecDeque<AbortHandle>,
}

impl Reserve {
    /// Answers one request on `stream`.
    pub(super) fn answer(&mut self, stream: TcpStream, app: Router) {
        self.running.retain(|task| !task.is_finished());
        if self.running.len() >= MOST
            && let Some(oldest) = self.running.pop_front()
        {
            oldest.abort();
        }
        let task = tokio::spawn(async move {
            // Whoever does not ask in time gets no answer.
            let _ = tokio::time::timeout(WITHIN, one_answer(stream, app)).await;
        });
        self.running.push_back(task.abort_handle());
    }
}

async fn one_answer(stream: TcpStream, app: Router) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let app = app.clone();
        async move {
            if request.uri().path() == "/healthz" {
                app.oneshot(request.map(Body::new)).await
            } else {
                Ok::<_, Infallible>(full())
            }
        }
    });
    let served = http1::Builder::new()
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection beyond the places ended early");
    }
}

fn full() -> Response {
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(header::RETRY_AFTER, RETRY_AFTER)],
        "This Podside has as many connections as it can hold, in all or from one address. Try again in a moment.\n",
    )
        .into_response()
}
