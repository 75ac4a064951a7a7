//! Accepts connections, each with its limits, until the server is to stop.
//!
//! `axum::serve` would wait for ever for a client that never finishes its
//! request's head or never takes its answer, take any number of connections, and at the
//! end wait for streams that last for hours. `places` gives the connections their places,
//! `visit` knows what each is at, `paced` holds each to its pace, `reserve` answers when no
//! place is free.

mod paced;
mod places;
mod reserve;
#[cfg(test)]
mod tests;
mod visit;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

use self::paced::Paced;
use self::places::{Place, Places};
use self::reserve::Reserve;
use self::visit::Visit;

/// How long open requests may go on after the signal to stop.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How long to wait after the system gave no connection, as when all file
/// descriptors are in use: asking again at once would only burn time.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(100);

/// What connections may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Connections at once, streams among them. Beyond them one that is idle is closed for
    /// the one that comes.
    pub(crate) connections: usize,
    /// Of them, those of one peer: of one IPv4 address, or of one /64 of IPv6. This machine
    /// has no such limit, for behind it a reverse proxy stands for everybody.
    pub(crate) of_a_peer: usize,
    /// For the head of a request, from its first byte on; for the first one, from the
    /// beginning of the connection on.
    pub(crate) head: Duration,
    /// Between two requests.
    pub(crate) idle: Duration,
    /// Between two pieces of a request's body.
    pub(crate) body: Duration,
    /// For the peer to take anything of what is sent to it.
    pub(crate) write: Duration,
}

impl Limits {
    /// Connections at once where files are not scarce.
    const MOST: usize = 2_500;

    /// The limits for a process that may have so many files open. Half of them are for the
    /// clusters, the database and the logs that are followed.
    pub(crate) fn within(files: u64) -> Self {
        let half = usize::try_from(files / 2).unwrap_or(usize::MAX);
        let connections = half.clamp(16, Self::MOST);
        Self {
            connections,
            of_a_peer: (connections / 4).max(8),
            head: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            body: Duration::from_secs(10),
            write: Duration::from_secs(30),
        }
    }
}

/// Serves `app` until `stop` is done, then gives open requests a limited time.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) {
    let places = Places::new(limits);
    let mut reserve = Reserve::default();
    let (stopping, stopped) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let (stream, from) = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut stop => break,
        };
        match places.take(from.ip()) {
            // Ends with its connection, which is asked to end when the server is.
            Some(place) => drop(tokio::spawn(hold(
                stream,
                place,
                app.clone(),
                stopped.clone(),
            ))),
            None => reserve.answer(stream, app.clone()),
        }
    }
    drop(listener);
    stopping.send_replace(());
    places.close_waiting();
    if tokio::time::timeout(STOP_LIMIT, places.all_left())
        .await
        .is_err()
    {
        tracing::info!("requests were still open when the time to stop was over");
    }
}

/// One connection from its first byte to its last, or to where it becomes a stream.
async fn hold(stream: TcpStream, place: Place, app: Router, mut stopped: watch::Receiver<()>) {
    let visit = Arc::clone(place.visit());
    let limits = place.limits();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (app, visit) = (app.clone(), Arc::clone(&visit));
        let request = request.map(|body| Body::new(TimeoutBody::new(limits.body, body)));
        async move { Ok::<_, Infallible>(answer(app, request, visit).await) }
    });
    let connection = http1::Builder::new()
        // Paced has the limits for heads.
        .header_read_timeout(None::<Duration>)
        .serve_connection(TokioIo::new(Paced::new(stream, place)), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The answer to one request, during which the connection is not idle.
async fn answer(app: Router, request: Request, visit: Arc<Visit>) -> Response {
    let busy = Busy(Arc::clone(&visit));
    visit.begin_request();
    let Ok(response) = app.oneshot(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        visit.become_stream();
    }
    response.map(|body| Body::new(Answering { body, _busy: busy }))
}

/// Tells when a request is over.
struct Busy(Arc<Visit>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.end_request();
    }
}

/// The body of an answer; the request is over when all of it was taken.
struct Answering {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The next connection.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                // Lines of a log travel in small frames that must not wait for more.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection keeps its delay");
                }
                return (stream, from);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }
}
