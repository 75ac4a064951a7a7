//! Making one cluster of recordings: what is there at first, what happens
//! after, and the logs, all on one clock.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde_json::Value;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    access::Access,
    acting::Acting,
    catalogue::Catalogue,
    clock::Clock,
    cluster::Cluster,
    container_log,
    error::Result,
    logs::RecordedLog,
    merge,
    object::Object,
    recording::{ChangeKind, LogKey, Recording},
    serve::{Play, Times},
    shift::{self, Near},
    store::Store,
    timeline::Timeline,
};

/// `/version` of the API server that the built-in resources are of.
const VERSION: &str = include_str!("discovery/version.json");

/// What the API server that the built-in resources are of answers at `/version`.
pub(crate) fn built_in_version() -> Value {
    serde_json::from_str(VERSION).unwrap_or_default()
}

/// A change that is still to come, on the served clock.
struct Step {
    at: Timestamp,
    kind: ChangeKind,
    storage: Arc<str>,
    object: Object,
    clock: Clock,
    near: Near,
}

/// What is still to happen in a cluster that is alive.
pub(crate) struct Script {
    steps: VecDeque<Step>,
    /// When it rests in its end state.
    pub(crate) ends_at: Option<Timestamp>,
}

/// How the cluster is reached and shown.
pub(crate) struct Staging {
    pub(crate) play: Play,
    pub(crate) skip: Duration,
    pub(crate) times: Times,
    pub(crate) access: Access,
    pub(crate) token: String,
    pub(crate) addr: SocketAddr,
    pub(crate) stopping: CancellationToken,
}

/// Make the cluster and what is to happen in it.
pub(crate) fn assemble(recordings: Vec<Recording>, staging: Staging) -> Result<(Cluster, Script)> {
    let recordings = merge::merge(recordings)?;
    let mut catalogue = Catalogue::kubernetes();
    catalogue.learn(
        &recordings
            .iter()
            .flat_map(|r| r.objects.iter().chain(r.changes.iter().map(|c| &c.object))),
    );
    for recording in &recordings {
        catalogue.forget(&recording.not_recorded);
    }
    let now = Timestamp::now();
    let fixed_now = match (staging.play, staging.times) {
        (Play::Frozen, Times::Recorded) => recordings.iter().map(|r| r.ended_at).max(),
        _ => None,
    };
    let version = recordings
        .iter()
        .find_map(|r| r.version.as_deref().cloned());
    let version_known = version.is_some();
    let version = version.unwrap_or_else(built_in_version);
    let built_in_version = version == built_in_version();

    let mut objects = Vec::new();
    let mut steps = Vec::new();
    let mut logs = BTreeMap::new();
    let mut transcripts = Vec::new();
    let mut ends_at = None;
    for recording in recordings {
        let near = Near::new(recording.started_at, recording.ended_at);
        let storage = |o: &Object| {
            catalogue
                .of_object(o.api_version(), o.kind())
                .map(|r| r.storage.clone())
        };
        let (initial, clock) = match staging.play {
            Play::Frozen => {
                let clock = if fixed_now.is_some() {
                    Clock::as_recorded(recording.ended_at)
                } else {
                    Clock::new(recording.ended_at, now, 1.0)
                };
                (recording.objects.clone(), clock)
            }
            Play::Alive { speed } => {
                let timeline = Timeline::of(&recording);
                // Before this moment times pass as they did, after it faster.
                let begin = timeline
                    .start
                    .checked_add(staging.skip)
                    .unwrap_or(recording.ended_at)
                    .min(recording.ended_at);
                let clock = Clock::new(begin, now, speed);
                ends_at = ends_at.max(Some(clock.serve(recording.ended_at)));
                steps.extend(timeline.moments.into_iter().filter_map(|m| {
                    Some(Step {
                        at: clock.serve(m.at),
                        kind: m.kind,
                        storage: storage(&m.object)?,
                        object: m.object,
                        clock,
                        near,
                    })
                }));
                (timeline.initial, clock)
            }
        };
        collect_logs(&recording, clock, near, &mut logs);
        transcripts.extend(recording.transcripts.iter().cloned());
        // What nobody else holds goes as it is shifted: objects are most of the memory.
        drop(recording);
        for object in initial {
            if let Some(storage) = storage(&object) {
                objects.push((storage, shifted(object, &clock, &near)));
            }
        }
    }
    steps.sort_by_key(|s| s.at);
    let cluster = Cluster {
        catalogue,
        store: Store::new(objects),
        logs,
        access: staging.access,
        acting: Acting::new(transcripts),
        token: staging.token,
        address: staging.addr.to_string(),
        version,
        version_known,
        built_in_version,
        fixed_now,
        alive: staging.play != Play::Frozen,
        stopping: staging.stopping,
    };
    let mut script = Script {
        steps: steps.into(),
        ends_at,
    };
    script.catch_up(&cluster, now);
    Ok((cluster, script))
}

impl Script {
    /// Whether nothing is to happen.
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Let happen at once what is due.
    fn catch_up(&mut self, cluster: &Cluster, now: Timestamp) {
        while let Some(step) = self.steps.pop_front_if(|s| s.at <= now) {
            step.happen(cluster);
        }
    }

    /// Let it happen, each change at its time, until the end or a stop.
    pub(crate) async fn play(self, cluster: Arc<Cluster>) {
        for step in self.steps {
            let wait = step.at.duration_since(Timestamp::now());
            if let Ok(wait) = wait.try_into() {
                tokio::select! {
                    () = cluster.stopping.cancelled() => return,
                    () = sleep(wait) => {}
                }
            } else if cluster.stopping.is_cancelled() {
                return;
            }
            step.happen(&cluster);
        }
    }
}

impl Step {
    fn happen(self, cluster: &Cluster) {
        let mut object = self.object.value();
        shift::object(&mut object, &self.clock, &self.near);
        if !cluster.acting.admits(&mut object) {
            return;
        }
        cluster.store.apply(self.kind, &self.storage, object);
    }
}

/// The object with its times on the served clock.
fn shifted(object: Object, clock: &Clock, near: &Near) -> Object {
    if clock.is_identity() {
        return object;
    }
    let mut value = object.value();
    shift::object(&mut value, clock, near);
    Object::new(value)
}

/// The logs of a recording, each with the container IDs it belongs to.
fn collect_logs(
    recording: &Recording,
    clock: Clock,
    near: Near,
    logs: &mut BTreeMap<LogKey, RecordedLog>,
) {
    let pods: BTreeMap<(&str, &str), &Object> = recording
        .objects
        .iter()
        .filter(|o| o.kind() == "Pod")
        .map(|o| ((o.namespace(), o.name()), o))
        .collect();
    for (key, log) in &recording.logs {
        let pod = pods.get(&(key.namespace.as_str(), key.pod.as_str()));
        let pod = pod.map(|pod| pod.value());
        let id = |previous| {
            pod.as_ref()
                .and_then(|pod| container_log::container_id(pod, &key.container, previous).ok())
                .unwrap_or_default()
        };
        logs.insert(
            key.clone(),
            RecordedLog::new(log, id(false), id(true), clock, near),
        );
    }
}
