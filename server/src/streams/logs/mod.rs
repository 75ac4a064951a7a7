//! The log stream over a WebSocket, and the same as a file.

mod ask;
mod batch;
mod conversation;
mod download;
mod page;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{RawQuery, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use podside_cluster::logs::{LogApi, SharedLogs};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::ask::Ask;
use self::conversation::Conversation;
pub(crate) use self::page::read_logs;
use self::shown::Shown;
use super::origin::SameOrigin;
use super::stopping::Stopping;

/// Readers who follow logs at once. Those of the same log share one request to the API
/// server, so they are bounded like connections.
const MOST_READERS: usize = 2_000;

/// Streams and downloads at once of what is stored. Each may be twenty connections to an
/// API server.
const MOST_OF_STORED: usize = 64;

/// Bytes of one message from a browser: cursors of twenty sources.
const LONGEST_MESSAGE: usize = 256 * 1024;

/// A cluster that is being found and connected to, with its own name: `None` when there is
/// none of that name, an error when it does not answer.
type Finding<A> = Pin<Box<dyn Future<Output = Result<Option<(String, A)>, String>> + Send>>;

/// Finds a cluster for who sends the headers.
type Find<A> = dyn Fn(&HeaderMap, Option<String>) -> Finding<A> + Send + Sync;

/// The routes of logs.
#[derive(Clone)]
pub(crate) struct LogRoutes<A> {
    find: Arc<Find<A>>,
    /// The clusters whose logs were followed, each with who follows them.
    shared: Arc<Mutex<HashMap<String, SharedLogs<A>>>>,
    readers: Arc<Semaphore>,
    of_stored: Arc<Semaphore>,
    stopping: Stopping,
}

impl<A: LogApi> LogRoutes<A> {
    /// `find` gives the cluster of a name, or the first one for none, as who sends the headers
    /// may reach it, with a name under which it is the same cluster, asked with the same
    /// credentials, every time.
    pub(crate) fn new<Found>(
        find: impl Fn(&HeaderMap, Option<String>) -> Found + Send + Sync + 'static,
        stopping: Stopping,
    ) -> Self
    where
        Found: Future<Output = Result<Option<(String, A)>, String>> + Send + 'static,
    {
        Self {
            find: Arc::new(move |headers, name| Box::pin(find(headers, name))),
            shared: Arc::default(),
            readers: Arc::new(Semaphore::new(MOST_READERS)),
            of_stored: Arc::new(Semaphore::new(MOST_OF_STORED)),
            stopping,
        }
    }

    async fn api(
        &self,
        headers: &HeaderMap,
        cluster: Option<String>,
    ) -> Result<SharedLogs<A>, Refusal> {
        let found = (self.find)(headers, cluster).await;
        let (name, api) = found
            .map_err(Refusal::Unavailable)?
            .ok_or(Refusal::UnknownCluster)?;
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = shared.entry(name).or_insert_with(|| SharedLogs::new(api));
        Ok(shared.clone())
    }

    /// Leave for one more stream, as long as it is kept.
    fn permit(&self, follow: bool) -> Result<OwnedSemaphorePermit, Refusal> {
        let (free, most) = if follow {
            (&self.readers, MOST_READERS)
        } else {
            (&self.of_stored, MOST_OF_STORED)
        };
        let permit = Arc::clone(free).try_acquire_owned();
        permit.map_err(|_| Refusal::TooMany(most))
    }

    /// The routes themselves.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .route("/streams/logs", get(stream::<A>))
            .route("/streams/logs.txt", get(download::download::<A>))
            .with_state(self)
    }
}

async fn stream<A: LogApi>(
    State(routes): State<LogRoutes<A>>,
    _: SameOrigin,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let ask = Ask::parse(query.as_deref().unwrap_or_default())?;
    let api = routes.api(&headers, ask.cluster).await?;
    let permit = routes.permit(ask.query.follow)?;
    let stopping = routes.stopping;
    let response = upgrade
        .max_message_size(LONGEST_MESSAGE)
        .max_frame_size(LONGEST_MESSAGE)
        .on_upgrade(async move |socket| {
            Conversation::new(socket, stopping, Shown::new(ask.secrets))
                .hold(api, ask.query)
                .await;
            drop(permit);
        });
    Ok(response)
}

/// Why a stream or download is not begun.
#[derive(Debug)]
enum Refusal {
    Invalid(String),
    UnknownCluster,
    /// There are so many already.
    TooMany(usize),
    Unavailable(String),
    Cluster(podside_cluster::Error),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        use podside_cluster::Error;
        let (status, said) = match self {
            Self::Invalid(said) => (StatusCode::BAD_REQUEST, said),
            Self::UnknownCluster => (
                StatusCode::NOT_FOUND,
                "this Podside shows no cluster of that name".to_owned(),
            ),
            Self::TooMany(most) => (
                StatusCode::SERVICE_UNAVAILABLE,
                format!(
                    "{most} log streams of this kind are open already; close one and try again"
                ),
            ),
            Self::Unavailable(said) => (StatusCode::BAD_GATEWAY, said),
            Self::Cluster(error) => {
                let status = match &error {
                    Error::InvalidName { .. } => StatusCode::BAD_REQUEST,
                    Error::NotFound { .. } => StatusCode::NOT_FOUND,
                    Error::Denied { .. } => StatusCode::FORBIDDEN,
                    _ => StatusCode::BAD_GATEWAY,
                };
                (status, error.to_string())
            }
        };
        (status, format!("{said}\n")).into_response()
    }
}
