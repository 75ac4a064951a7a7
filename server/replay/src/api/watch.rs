//! Watching a collection
//! (<https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>,
//! streaming lists: KEP-3157).

use std::{collections::VecDeque, convert::Infallible, time::Duration, vec};

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use bytes::Bytes;
use futures::{Stream, stream};
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::{
    Query,
    accept::{Representation, negotiate},
    collection::{Scope, include, representations, values},
    flag, number,
    status::{Refusal, bytes_response},
};
use crate::{
    convert,
    object::Object,
    recording::ChangeKind,
    select::Selection,
    store::Step,
    table::{self, Include},
};

/// How long a watch lasts when the client names no time; the API server takes
/// between 30 minutes and an hour.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(40);
/// The longest that a client may ask for.
const MAX_TIMEOUT: Duration = Duration::from_hours(24);
/// How often a bookmark says how far the watch is.
const BOOKMARK_EVERY: Duration = Duration::from_mins(1);

/// `GET …?watch=1`.
pub(super) fn answer(
    scope: Scope,
    query: &Query,
    accept: Option<&str>,
) -> Result<Response<Body>, Refusal> {
    let representation = negotiate(accept, representations)?;
    let selection = scope.selection(query)?;
    let bookmarks = flag(query, "allowWatchBookmarks");
    let initial = flag(query, "sendInitialEvents");
    let version_match = query.get("resourceVersionMatch").map_or("", String::as_str);
    if initial && version_match != "NotOlderThan" {
        return Err(Refusal::invalid(
            "ListOptions",
            "resourceVersionMatch",
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        ));
    }
    if initial && !bookmarks {
        return Err(Refusal::invalid(
            "ListOptions",
            "allowWatchBookmarks",
            "sendInitialEvents requires allowWatchBookmarks",
        ));
    }
    let timeout = match number(query, "timeoutSeconds")? {
        Some(seconds) if seconds > 0 => Duration::from_secs(seconds).min(MAX_TIMEOUT),
        _ => DEFAULT_TIMEOUT,
    };
    let asked = number(query, "resourceVersion")?.unwrap_or(0);
    let now = Instant::now();
    let mut watcher = Watcher {
        changes: scope.cluster.store.subscribe(),
        include: include(query)?,
        selection,
        representation,
        bookmarks,
        cursor: asked,
        deadline: now + timeout,
        next_bookmark: now + BOOKMARK_EVERY,
        pending: VecDeque::new(),
        present: Vec::new().into_iter(),
        marks_end: false,
        columns_sent: false,
        ended: false,
        scope,
    };
    let newest = watcher.scope.cluster.store.revision();
    if asked > newest {
        watcher.end_with(&Refusal::expired(format!(
            "resource version {asked} is not of this cluster, which is at {newest}"
        )));
    } else if initial || asked == 0 {
        watcher.begin_with_present(initial);
    }
    let body = Body::from_stream(lines(watcher));
    Ok(bytes_response(StatusCode::OK, "application/json", body))
}

/// One watch: where it is and what waits to be sent.
struct Watcher {
    scope: Scope,
    selection: Selection,
    representation: Representation,
    include: Include,
    changes: watch::Receiver<u64>,
    /// Everything up to this revision was looked at.
    cursor: u64,
    deadline: Instant,
    bookmarks: bool,
    next_bookmark: Instant,
    pending: VecDeque<Bytes>,
    /// What was there at the beginning and is still to be sent: it is made into lines as
    /// the client takes them.
    present: vec::IntoIter<Object>,
    /// Whether the end of these is to be told.
    marks_end: bool,
    /// A Table stream names its columns once.
    columns_sent: bool,
    ended: bool,
}

/// The watch as a stream of lines. It holds no task: it stops being polled
/// when the client is gone.
fn lines(watcher: Watcher) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(watcher, |mut watcher| async move {
        watcher.next().await.map(|line| (Ok(line), watcher))
    })
}

impl Watcher {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(line) = self.pending.pop_front() {
                return Some(line);
            }
            if self.ended {
                return None;
            }
            if let Some(object) = self.present.next() {
                let Some(object) = convert::kept(&self.scope.resource, &object) else {
                    continue;
                };
                if self.scope.holds(&self.selection, &object) {
                    self.send(ChangeKind::Added.as_str(), &object);
                }
                continue;
            }
            if std::mem::take(&mut self.marks_end) {
                self.bookmark(true);
                continue;
            }
            self.changes.borrow_and_update();
            self.collect();
            if !self.pending.is_empty() || self.ended {
                continue;
            }
            let wake = self.deadline.min(self.next_bookmark);
            let stopping = self.scope.cluster.stopping.clone();
            tokio::select! {
                () = stopping.cancelled() => self.ended = true,
                changed = self.changes.changed() => self.ended = changed.is_err(),
                () = sleep_until(wake) => {
                    if self.bookmarks {
                        self.bookmark(false);
                    }
                    self.next_bookmark = Instant::now() + BOOKMARK_EVERY;
                    self.ended = Instant::now() >= self.deadline;
                }
            }
        }
    }

    /// Send what is there now, as if it had just been added.
    fn begin_with_present(&mut self, mark_end: bool) {
        let listed = self.scope.cluster.store.list(
            &self.scope.resource.storage,
            self.scope.namespace.as_deref(),
            None,
            None,
        );
        // The newest revision is never gone.
        let Ok((revision, objects)) = listed else {
            return;
        };
        self.present = objects.into_iter();
        self.marks_end = mark_end;
        self.cursor = revision;
    }

    /// Turn the changes since the cursor into lines.
    fn collect(&mut self) {
        match self
            .scope
            .cluster
            .store
            .since(&self.scope.resource.storage, self.cursor)
        {
            Ok((revision, steps)) => {
                for step in &steps {
                    self.step(step);
                }
                self.cursor = revision;
            }
            Err(gone) => self.end_with(&Refusal::expired(format!(
                "too old resource version: {} ({})",
                self.cursor, gone.oldest
            ))),
        }
    }

    /// A change seen through the selection: an object that begins to fit is
    /// added, one that ceases to fit is deleted.
    fn step(&mut self, step: &Step) {
        let resource = &self.scope.resource;
        let fits = |object: &Object| self.scope.holds(&self.selection, object);
        let Some(object) = convert::kept(resource, &step.object) else {
            return;
        };
        let before = step
            .before
            .as_ref()
            .and_then(|b| convert::kept(resource, b))
            .is_some_and(|b| fits(&b));
        let after = step.kind != ChangeKind::Deleted && fits(&object);
        let kind = match (before, after) {
            (false, true) => ChangeKind::Added,
            (true, true) => ChangeKind::Modified,
            (true, false) => ChangeKind::Deleted,
            (false, false) => return,
        };
        self.send(kind.as_str(), &object);
    }

    fn send(&mut self, kind: &str, object: &Object) {
        let line = match self.representation {
            Representation::Table(api_version) => {
                let metadata = json!({"resourceVersion": object.at("/metadata/resourceVersion")});
                let mut table = table::of(
                    &self.scope.resource,
                    &values(std::slice::from_ref(object)),
                    self.scope.cluster.now(),
                    self.include,
                    api_version,
                    &metadata,
                );
                if self.columns_sent
                    && let Some(map) = table.as_object_mut()
                {
                    map.insert("columnDefinitions".to_owned(), Value::Null);
                }
                self.columns_sent = true;
                json!({"type": kind, "object": table}).to_string()
            }
            Representation::Metadata(api_version) => {
                let partial = table::partial(object.at("/metadata"), api_version);
                json!({"type": kind, "object": partial}).to_string()
            }
            _ => format!("{{\"type\":\"{kind}\",\"object\":{object}}}"),
        };
        self.push(line);
    }

    fn bookmark(&mut self, initial_events_end: bool) {
        let mut metadata = json!({"resourceVersion": self.cursor.to_string()});
        if initial_events_end && let Some(map) = metadata.as_object_mut() {
            map.insert(
                "annotations".to_owned(),
                json!({"k8s.io/initial-events-end": "true"}),
            );
        }
        let resource = &self.scope.resource;
        let object = match self.representation {
            Representation::Table(api_version) => json!({
                "kind": "Table", "apiVersion": api_version, "metadata": {"resourceVersion": self.cursor.to_string()},
                "columnDefinitions": null,
                "rows": [{"cells": [], "object": {
                    "kind": "PartialObjectMetadata", "apiVersion": api_version, "metadata": metadata,
                }}],
            }),
            Representation::Metadata(api_version) => json!({
                "kind": "PartialObjectMetadata", "apiVersion": api_version, "metadata": metadata,
            }),
            _ => json!({
                "kind": resource.kind, "apiVersion": resource.api_version(), "metadata": metadata,
            }),
        };
        self.push(json!({"type": "BOOKMARK", "object": object}).to_string());
    }

    fn end_with(&mut self, refusal: &Refusal) {
        self.push(json!({"type": "ERROR", "object": refusal.status()}).to_string());
        self.ended = true;
    }

    fn push(&mut self, mut line: String) {
        line.push('\n');
        self.pending.push_back(Bytes::from(line));
    }
}
