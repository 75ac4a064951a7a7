//! The log stream over a WebSocket, and the same as a file.

mod ask;
mod batch;
mod conversation;
mod download;
mod page;
mod shown;
#[cfg(test)]
mod tests;

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use podside_cluster::logs::LogApi;
use tokio::sync::Semaphore;

use self::ask::Ask;
use self::conversation::Conversation;
pub(crate) use self::page::read_logs;
use self::shown::Shown;
use super::origin::SameOrigin;
use super::stopping::Stopping;

/// Log streams and downloads that run at once. Each may be twenty connections to an
/// API server.
const MOST_STREAMS: usize = 64;

/// Bytes of one message from a browser: cursors of twenty sources.
const LONGEST_MESSAGE: usize = 256 * 1024;

/// A cluster that is being found and connected to: `None` when there is none of that
/// name, an error when it does not answer.
type Finding<A> = Pin<Box<dyn Future<Output = Result<Option<A>, String>> + Send>>;

/// The routes of logs.
#[derive(Clone)]
pub(crate) struct LogRoutes<A> {
    find: Arc<dyn Fn(Option<String>) -> Finding<A> + Send + Sync>,
    free: Arc<Semaphore>,
    stopping: Stopping,
}

impl<A: LogApi> LogRoutes<A> {
    /// `find` gives the cluster of a name, or the first one for none.
    pub(crate) fn new<Found>(
        find: impl Fn(Option<String>) -> Found + Send + Sync + 'static,
        stopping: Stopping,
    ) -> Self
    where
        Found: Future<Output = Result<Option<A>, String>> + Send + 'static,
    {
        Self {
            find: Arc::new(move |name| Box::pin(find(name))),
            free: Arc::new(Semaphore::new(MOST_STREAMS)),
            stopping,
        }
    }

    async fn api(&self, cluster: Option<String>) -> Result<A, Refusal> {
        let found = (self.find)(cluster).await;
        found
            .map_err(Refusal::Unavailable)?
            .ok_or(Refusal::UnknownCluster)
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
    RawQuery(query): RawQuery,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Refusal> {
    let ask = Ask::parse(query.as_deref().unwrap_or_default())?;
    let api = routes.api(ask.cluster).await?;
    let permit = routes
        .free
        .try_acquire_owned()
        .map_err(|_| Refusal::TooMany)?;
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
    TooMany,
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
            Self::TooMany => (
                StatusCode::SERVICE_UNAVAILABLE,
                format!("{MOST_STREAMS} log streams are open already; close one and try again"),
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
