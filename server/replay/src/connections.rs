//! The server's connections: how many there may be, how long a client may
//! take to ask, and how they end.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{body::Body, extract::State, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpStream, task::JoinSet, time::timeout};
use tokio_rustls::server::TlsStream;

use crate::{api, cluster::Cluster, tls::TlsListener};

/// How many clients may be connected at once. A client of ours has one
/// connection a watch or log, `kubectl` one or two.
const CONNECTIONS: usize = 1024;
/// How long a client may take to send the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// How long open answers may take to end after a stop.
pub(crate) const STOP_WITHIN: Duration = Duration::from_secs(5);

/// Answer clients until the cluster stops; then let open answers end.
pub(crate) async fn serve(mut listener: TlsListener, cluster: Arc<Cluster>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = cluster.stopping.cancelled() => break,
            Some(_) = open.join_next(), if !open.is_empty() => {}
            stream = listener.accept(), if open.len() < CONNECTIONS => {
                open.spawn(answer(stream, cluster.clone()));
            }
        }
    }
    drop(listener);
    let ended = timeout(STOP_WITHIN, async {
        while open.join_next().await.is_some() {}
    });
    if ended.await.is_err() {
        tracing::debug!(left = open.len(), "closing connections that did not end");
    }
}

/// Answer one client's requests, one after the other.
async fn answer(stream: TlsStream<TcpStream>, cluster: Arc<Cluster>) {
    let stopping = cluster.stopping.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let cluster = cluster.clone();
        async move {
            let answer = api::handle(State(cluster), request.map(Body::new)).await;
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let mut ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        () = stopping.cancelled() => None,
    };
    if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        ended = Some(connection.await);
    }
    if let Some(Err(error)) = ended {
        // A client that goes away in the middle is nothing unusual.
        tracing::trace!(%error, "a connection ended early");
    }
}
