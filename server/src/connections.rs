//! Accepts connections, each with its limits, until the server is to stop.
//!
//! `axum::serve` would wait for ever for a client that never finishes its
//! request's head, take any number of connections, and at the end wait for
//! streams that last for hours.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Longest time for the head of a request; also how long an idle connection is
/// kept.
const HEAD_LIMIT: Duration = Duration::from_mins(1);

/// Most connections at once; further ones wait in the system's queue. Upgraded
/// connections, the streams, have a limit of their own.
const MOST_CONNECTIONS: u32 = 512;

/// How long open requests may go on after the signal to stop.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How long to wait after the system gave no connection, as when all file
/// descriptors are in use: asking again at once would only burn time.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

/// Serves `app` until `stop` is done, then gives open requests a limited time.
pub(crate) async fn serve(listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT);
    let service = TowerToHyperService::new(app);
    let free = Arc::new(Semaphore::new(MOST_CONNECTIONS as usize));
    let (stopping, stopped) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let (stream, permit) = tokio::select! {
            accepted = accept(&listener, &free) => accepted,
            () = &mut stop => break,
        };
        let connection = http
            .serve_connection(TokioIo::new(stream), service.clone())
            .with_upgrades();
        let mut stopped = stopped.clone();
        // Ends with its connection, which is asked to end when the server is.
        tokio::spawn(async move {
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
            drop(permit);
        });
    }
    drop(listener);
    stopping.send_replace(());
    let all_ended = free.acquire_many(MOST_CONNECTIONS);
    if tokio::time::timeout(STOP_LIMIT, all_ended).await.is_err() {
        tracing::info!("requests were still open when the time to stop was over");
    }
}

/// The next connection, when there is room for one.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let Ok(permit) = Arc::clone(free).acquire_owned().await else {
            // Nobody closes the semaphore.
            std::future::pending::<()>().await;
            continue;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                // Lines of a log travel in small frames that must not wait for more.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection keeps its delay");
                }
                return (stream, permit);
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            }
        }
    }
}
