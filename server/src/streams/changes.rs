//! Tells a page that what it shows has changed, so that it asks for that and need not ask
//! else. One WebSocket a tab: an event stream would take one of a browser's six connections
//! to a host (<https://developer.mozilla.org/docs/Web/API/Server-sent_events>).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{FromRef, Query, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use podside_model::{ObjectRef, kind_and_group};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::origin::SameOrigin;
use super::stopping::Stopping;
use crate::session::{Changes, Doors, Session};

/// Tabs that listen at once. Each costs a connection and next to nothing else.
const MOST_LISTENERS: usize = 2_000;

/// Bytes of one message from a browser, which has nothing to say.
const LONGEST_MESSAGE: usize = 1024;

/// How often the browser is asked whether it is there, and how long it may be silent.
const PING_EVERY: Duration = Duration::from_secs(20);
const SILENT_FOR: Duration = Duration::from_mins(1);

/// How long one message may take to be taken by the socket.
const SEND_WITHIN: Duration = Duration::from_secs(30);

/// How long a cluster may take to be connected to before its changes are listened to.
const FOUND_WITHIN: Duration = Duration::from_secs(10);

/// What a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Of {
    /// What the rules make of a cluster.
    Diagnosis,
    /// The facts of a cluster.
    Facts,
    /// Investigations, and what the rules make of the cluster beside them.
    Kept,
}

impl Of {
    /// The least time between two tellings: a cluster that changes all the time is told of
    /// as often as a reader can take it in.
    const fn every(self) -> Duration {
        match self {
            Self::Diagnosis | Self::Kept => Duration::from_millis(250),
            Self::Facts => Duration::from_secs(2),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    cluster: Option<String>,
    of: Of,
    /// The one object that the page shows, by its kind, `KIND.GROUP`, namespace and name.
    kind: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
}

impl Asked {
    fn object(&self) -> Option<ObjectRef> {
        let (kind, group) = kind_and_group(self.kind.as_deref()?);
        Some(ObjectRef {
            kind: kind.to_owned(),
            group: group.to_owned(),
            namespace: self.namespace.clone(),
            name: self.name.clone()?,
            container: None,
        })
    }
}

#[derive(Clone)]
struct Listening {
    doors: Doors,
    stopping: Stopping,
    free: Arc<Semaphore>,
}

impl FromRef<Listening> for Doors {
    fn from_ref(listening: &Listening) -> Self {
        listening.doors.clone()
    }
}

/// The route itself.
pub(crate) fn routes(doors: Doors, stopping: Stopping) -> Router {
    let listening = Listening {
        doors,
        stopping,
        free: Arc::new(Semaphore::new(MOST_LISTENERS)),
    };
    Router::new()
        .route("/streams/changes", get(changes))
        .with_state(listening)
}

async fn changes(
    State(listening): State<Listening>,
    _: SameOrigin,
    session: Session,
    Query(asked): Query<Asked>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Ok(permit) = listening.free.try_acquire_owned() else {
        let said = format!("{MOST_LISTENERS} tabs listen already; close one and try again\n");
        return (StatusCode::SERVICE_UNAVAILABLE, said).into_response();
    };
    let object = asked.object();
    let found = session.changes(asked.of, asked.cluster.as_deref(), object.as_ref());
    let Ok(Some(changes)) = timeout(FOUND_WITHIN, found).await else {
        let said = "this Podside shows no such cluster or object, or it does not answer\n";
        return (StatusCode::NOT_FOUND, said).into_response();
    };
    upgrade
        .max_message_size(LONGEST_MESSAGE)
        .max_frame_size(LONGEST_MESSAGE)
        .on_upgrade(move |socket| async move {
            tell(socket, changes, asked.of.every(), listening.stopping).await;
            drop(permit);
        })
}

/// Sends an empty text for each change, until the browser goes or the server stops.
async fn tell(
    mut socket: WebSocket,
    mut changes: Changes,
    every: Duration,
    mut stopping: Stopping,
) {
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut heard, mut next, mut due) = (Instant::now(), Instant::now(), false);
    loop {
        let message = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(message)) if !matches!(message, Message::Close(_)) => {
                    heard = Instant::now();
                    continue;
                }
                _ => return,
            },
            changed = changes.changed(), if !due => {
                if !changed {
                    return;
                }
                due = true;
                continue;
            }
            () = sleep_until(next), if due => {
                due = false;
                if !changes.is_news() {
                    continue;
                }
                next = Instant::now() + every;
                Message::Text("".into())
            }
            _ = ping.tick() => {
                if heard.elapsed() > SILENT_FOR {
                    return;
                }
                Message::Ping(axum::body::Bytes::new())
            }
            () = stopping.wait() => return,
        };
        // The browser is gone, or takes nothing any more.
        if !matches!(timeout(SEND_WITHIN, socket.send(message)).await, Ok(Ok(()))) {
            return;
        }
    }
}
