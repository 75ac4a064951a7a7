//! `GET …/pods/NAME/log`
//! (<https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod>).

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use bytes::Bytes;
use futures::stream;
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};

use super::{
    Query, flag,
    status::{Refusal, bytes_response},
};
use crate::{
    catalogue::Resource, cluster::Cluster, container_log, fields::Fields, recording::LogKey,
};

/// How often a followed log looks for lines whose time has come.
const POLL: Duration = Duration::from_millis(100);
/// How long a log is followed at most: the kubelet's own limit for streams.
const MAX_FOLLOW: Duration = Duration::from_hours(4);
/// How many bytes are put into one piece of the answer.
const CHUNK: usize = 64 << 10;

/// Answer a log request.
pub(super) fn answer(
    cluster: &Arc<Cluster>,
    pods: &Resource,
    namespace: &str,
    name: &str,
    query: &Query,
) -> Result<Response<Body>, Refusal> {
    let options = Options::read(query, cluster.now())?;
    let pod = cluster
        .store
        .get(&pods.storage, namespace, name)
        .ok_or_else(|| Refusal::no_object(pods, name))?;
    let container = match query.get("container").filter(|c| !c.is_empty()) {
        Some(container) if container_log::exists(&pod, container) => container.clone(),
        Some(container) => {
            return Err(Refusal::bad_request(format!(
                "container {container} is not valid for pod {name}"
            )));
        }
        None => container_log::only_container(&pod).map_err(Refusal::bad_request)?,
    };
    // Without a node there is no kubelet to ask: the API server answers nothing.
    if pod.text("/spec/nodeName").is_empty() {
        return Ok(text(Body::empty()));
    }
    let id = container_log::container_id(&pod, &container, options.previous)
        .map_err(Refusal::bad_request)?;
    let key = LogKey {
        namespace: namespace.to_owned(),
        pod: name.to_owned(),
        container,
    };
    let run = cluster
        .logs
        .get(&key)
        .and_then(|log| log.run(&id, options.previous))
        .ok_or_else(|| {
            Refusal::not_recorded(&format!(
                "log of this run of container {:?} in pod {name:?}",
                key.container
            ))
        })?;
    let written = if cluster.alive {
        run.written(cluster.now())
    } else {
        run.len()
    };
    // The last lines are counted before old ones are left out.
    let begin = options.tail.map_or(0, |tail| written.saturating_sub(tail));
    let reader = Reader {
        room: options.limit_bytes,
        timestamps: options.timestamps,
        since: options.since,
        follow: options.follow && !options.previous,
        previous: options.previous,
        next: begin,
        deadline: Instant::now() + MAX_FOLLOW,
        storage: pods.storage.clone(),
        cluster: cluster.clone(),
        key,
        id,
        closing: false,
    };
    Ok(text(Body::from_stream(stream::unfold(
        reader,
        |mut reader| async move {
            reader
                .next()
                .await
                .map(|bytes| (Ok::<_, Infallible>(bytes), reader))
        },
    ))))
}

fn text(body: Body) -> Response<Body> {
    bytes_response(StatusCode::OK, "text/plain", body)
}

/// The query of a log request (`PodLogOptions`).
struct Options {
    previous: bool,
    follow: bool,
    timestamps: bool,
    since: Option<Timestamp>,
    tail: Option<usize>,
    limit_bytes: Option<usize>,
}

impl Options {
    fn read(query: &Query, now: Timestamp) -> Result<Self, Refusal> {
        let positive = |name: &str, least: i64| -> Result<Option<i64>, Refusal> {
            let Some(value) = query.get(name).filter(|v| !v.is_empty()) else {
                return Ok(None);
            };
            let value: i64 = value.parse().map_err(|_| {
                Refusal::bad_request(format!("{name}: {value:?} is not a whole number"))
            })?;
            if value < least {
                return Err(Refusal::invalid(
                    "PodLogOptions",
                    name,
                    &format!("Invalid value: {value}: must be greater than or equal to {least}"),
                ));
            }
            Ok(Some(value))
        };
        let since_seconds = positive("sinceSeconds", 1)?;
        let since_time = query.get("sinceTime").filter(|v| !v.is_empty());
        let since = match (since_seconds, since_time) {
            (Some(_), Some(_)) => {
                return Err(Refusal::invalid(
                    "PodLogOptions",
                    "sinceSeconds",
                    "at most one of sinceTime or sinceSeconds may be specified",
                ));
            }
            (Some(seconds), None) => now.checked_sub(SignedDuration::from_secs(seconds)).ok(),
            (None, Some(time)) => Some(time.parse().map_err(|_| {
                Refusal::bad_request(format!("sinceTime: {time:?} is not an RFC 3339 time"))
            })?),
            (None, None) => None,
        };
        let size = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok());
        Ok(Self {
            previous: flag(query, "previous"),
            follow: flag(query, "follow"),
            timestamps: flag(query, "timestamps"),
            since,
            tail: size(positive("tailLines", 0)?),
            limit_bytes: size(positive("limitBytes", 1)?),
        })
    }
}

/// A log being sent.
struct Reader {
    cluster: Arc<Cluster>,
    key: LogKey,
    id: String,
    storage: Arc<str>,
    previous: bool,
    timestamps: bool,
    follow: bool,
    since: Option<Timestamp>,
    /// Bytes that may still be sent.
    room: Option<usize>,
    next: usize,
    deadline: Instant,
    closing: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.room == Some(0) {
                return None;
            }
            // Asked before the lines are read: what a container wrote last
            // is still sent when it stops in between.
            let running = self.is_running();
            let piece = self.written();
            if !piece.is_empty() {
                return Some(piece);
            }
            if !self.follow || !running || self.closing || Instant::now() >= self.deadline {
                return None;
            }
            let stopping = self.cluster.stopping.clone();
            // A cluster that stands still writes no more lines.
            let pause = if self.cluster.alive { POLL } else { MAX_FOLLOW };
            tokio::select! {
                () = stopping.cancelled() => self.closing = true,
                () = sleep(pause) => {}
            }
        }
    }

    fn is_running(&self) -> bool {
        self.cluster
            .store
            .get(&self.storage, &self.key.namespace, &self.key.pod)
            .is_some_and(|pod| container_log::is_running(&pod, &self.key.container, &self.id))
    }

    /// The lines whose time has come, at most one piece of them.
    fn written(&mut self) -> Bytes {
        let cluster = self.cluster.clone();
        let Some(run) = cluster
            .logs
            .get(&self.key)
            .and_then(|log| log.run(&self.id, self.previous))
        else {
            return Bytes::new();
        };
        let written = if cluster.alive {
            run.written(cluster.now())
        } else {
            run.len()
        };
        let mut piece = Vec::new();
        while self.next < written && piece.len() < CHUNK && self.room != Some(0) {
            let index = self.next;
            self.next += 1;
            let too_old = match (self.since, run.at(index)) {
                (Some(since), Some(at)) => at < since,
                _ => false,
            };
            if too_old {
                continue;
            }
            if let Some(line) = run.line(index, self.timestamps) {
                let bytes = line.as_bytes();
                let length = self.room.map_or(bytes.len(), |room| room.min(bytes.len()));
                piece.extend_from_slice(bytes.get(..length).unwrap_or(bytes));
                self.room = self.room.map(|room| room - length);
            }
        }
        Bytes::from(piece)
    }
}
