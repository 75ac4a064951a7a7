//! A cluster whose logs are followed without a list of its Pods: they are found among the
//! facts that all who look at it share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use podside_diagnosis::facts::{Container, ContainerKind, Kind, Labels, Pod, Selector, State};
use podside_diagnosis::snapshot::{Reading, Sees, Snapshot};
use podside_model::log::{LogEvent, SourceId};
use podside_model::{Liveness, ObjectRef};
use tokio::time::timeout;

use super::api::LogApi;
use super::labels;
use super::pods::{
    self, LONGEST_MESSAGE, LONGEST_REASON, MAX_EVENTS, MAX_PODS, NOT_PLACED, PodList, PodSources,
};
use super::run::{ContainerRun, deployment_of};
use super::target::LogTarget;
use crate::connection::Connection;
use crate::error::Result;
use crate::live::{Cluster, Sight};
use crate::log::LogOptions;
use crate::log_line::LogLine;
use crate::terminal;

/// How long the facts of a cluster that nobody looked at are waited for.
const SEEN_WITHIN: Duration = Duration::from_secs(2);

/// A cluster whose logs are read with somebody's credentials, and whose Pods and events are
/// found among its facts. The API server is asked for them while the facts are not live, for
/// what is not among them (a Pod that was created this moment), and where their reader may
/// not list them: then it says so.
#[derive(Clone, Debug)]
pub struct WatchedLogs {
    cluster: Cluster,
    connection: Connection,
    /// What the reader may list; `None` for all that is there.
    sees: Option<Arc<Sees>>,
}

impl WatchedLogs {
    /// The logs of a cluster, read as Podside itself reads it.
    pub fn new(cluster: Cluster) -> Self {
        let connection = cluster.connection().clone();
        Self {
            cluster,
            connection,
            sees: None,
        }
    }

    /// The same, read with somebody's own credentials by who may list no more than this.
    #[must_use]
    pub fn seen_by(self, connection: Connection, sees: Arc<Sees>) -> Self {
        Self {
            connection,
            sees: Some(sees),
            ..self
        }
    }

    /// The facts, while they are live and the reader may list all of a kind in a namespace.
    /// Asked again and again they are kept in sight.
    async fn facts(&self, kind: Kind, namespace: &str) -> Option<Arc<Snapshot>> {
        if !self.may_list(kind, namespace) {
            return None;
        }
        let _viewing = self.cluster.look();
        let mut sights = self.cluster.sights();
        let reading = |sight: &Sight| match sight.liveness {
            Liveness::NotLive { .. } => Reading::Unknown(podside_model::Why::NotSeen),
            _ => sight.snapshot.reading(kind, namespace),
        };
        let is_settled = |sight: &Arc<Sight>| reading(sight) != Reading::NotYet;
        let settled = timeout(SEEN_WITHIN, sights.wait_for(is_settled)).await;
        let sight = Arc::clone(&*settled.ok()?.ok()?);
        (reading(&sight) == Reading::Known).then(|| Arc::clone(&sight.snapshot))
    }

    /// The targets with the selectors of those workloads that the facts do not tell.
    async fn selected(
        &self,
        snapshot: &Snapshot,
        namespace: &str,
        targets: &[LogTarget],
    ) -> Result<Vec<LogTarget>> {
        let mut selected = Vec::new();
        for target in targets {
            selected.push(match target {
                LogTarget::Workload { kind, name }
                    if !self.may_list(*kind, namespace)
                        || selector_of(snapshot, *kind, namespace, name).is_none() =>
                {
                    let text = pods::selector(&self.connection, *kind, namespace, name).await?;
                    LogTarget::Selector(text)
                }
                known => known.clone(),
            });
        }
        Ok(selected)
    }

    fn may_list(&self, kind: Kind, namespace: &str) -> bool {
        let sees = self.sees.as_ref();
        sees.is_none_or(|sees| sees.may_list(kind, namespace))
    }
}

impl LogApi for WatchedLogs {
    async fn lines(
        &self,
        namespace: &str,
        source: &SourceId,
        options: &LogOptions,
    ) -> Result<BoxStream<'static, Result<LogLine>>> {
        self.connection.lines(namespace, source, options).await
    }

    /// Of one Pod the API server is asked: how a run ended is wanted the moment it does.
    async fn run(&self, namespace: &str, source: &SourceId) -> Result<ContainerRun> {
        self.connection.run(namespace, source).await
    }

    async fn pods(&self, namespace: &str, targets: &[LogTarget]) -> Result<PodList> {
        if let Some(snapshot) = self.facts(Kind::Pod, namespace).await {
            let selected = self.selected(&snapshot, namespace, targets).await?;
            if let Some(found) = find(&snapshot, namespace, &selected) {
                return Ok(found);
            }
        }
        self.connection.pods(namespace, targets).await
    }

    async fn events(&self, namespace: &str) -> Result<Vec<LogEvent>> {
        match self.facts(Kind::Event, namespace).await {
            Some(snapshot) => Ok(warnings(&snapshot, namespace)),
            None => self.connection.events(namespace).await,
        }
    }
}

/// The Pods that the targets stand for, all of the namespace without targets; `None` when the
/// Pod that is the only target is not among the facts.
fn find(snapshot: &Snapshot, namespace: &str, targets: &[LogTarget]) -> Option<PodList> {
    let mut found = Found::default();
    let pods = || snapshot.pods.in_namespace(namespace);
    if targets.is_empty() {
        found.add(pods());
    }
    for target in targets {
        let (selector, text) = match target {
            LogTarget::Pod(name) => {
                match snapshot.pods.get(namespace, name) {
                    Some(pod) => found.add(std::iter::once(pod)),
                    None if targets.len() > 1 => {}
                    None => return None,
                }
                continue;
            }
            // A workload without a selector selects nothing.
            LogTarget::Selector(text) if text.is_empty() => continue,
            LogTarget::Selector(text) => (labels::parse(text)?, text.clone()),
            LogTarget::Workload { kind, name } => {
                let selector = selector_of(snapshot, *kind, namespace, name)?;
                let text = selector.to_string();
                (selector, text)
            }
        };
        if selector.present && !selector.is_all() {
            found.add(pods().filter(|pod| selector.matches(&pod.meta.labels)));
            found.selectors.push(text);
        }
    }
    let mut pods: Vec<&Pod> = found.pods.into_values().collect();
    pods.sort_by_key(|pod| (pod.meta.created, &pod.meta.name));
    Some(PodList {
        pods: pods.into_iter().map(|pod| sources(snapshot, pod)).collect(),
        left_out: found.left_out,
        selectors: found.selectors,
    })
}

/// The Pods of targets, by name.
#[derive(Default)]
struct Found<'a> {
    pods: BTreeMap<&'a str, &'a Pod>,
    left_out: usize,
    selectors: Vec<String>,
}

impl<'a> Found<'a> {
    /// Adds the Pods of one target, no more than a list would have.
    fn add(&mut self, mut pods: impl Iterator<Item = &'a Pod>) {
        let first = pods.by_ref().take(MAX_PODS);
        self.pods.extend(first.map(|pod| (&*pod.meta.name, pod)));
        self.left_out += pods.count();
    }
}

/// The selector of a workload or a Service, where the facts tell it.
fn selector_of(snapshot: &Snapshot, kind: Kind, namespace: &str, name: &str) -> Option<Selector> {
    let plain = |labels: &Labels| Selector {
        present: true,
        labels: labels.clone(),
        ..Selector::default()
    };
    Some(match kind {
        Kind::Deployment => snapshot.deployments.get(namespace, name)?.selector.clone(),
        Kind::StatefulSet => snapshot
            .stateful_sets
            .get(namespace, name)?
            .selector
            .clone(),
        Kind::DaemonSet => snapshot.daemon_sets.get(namespace, name)?.selector.clone(),
        Kind::ReplicaSet => snapshot.replica_sets.get(namespace, name)?.selector.clone(),
        Kind::Service => plain(&snapshot.services.get(namespace, name)?.selector),
        _ => return None,
    })
}

fn sources(snapshot: &Snapshot, pod: &Pod) -> PodSources {
    let restarts = |name: &str| {
        let status = pod.statuses.iter().find(|status| *status.name == *name);
        status.map_or(0, |it| i32::try_from(it.restarts).unwrap_or(i32::MAX))
    };
    let waits = |container: &Container| {
        let status = pod.statuses.iter().find(|it| it.name == container.name);
        let why = match status.map(|it| &it.state) {
            None if &*pod.phase == NOT_PLACED => NOT_PLACED.to_owned(),
            Some(State::Waiting { reason, .. }) => terminal::quoted(reason, LONGEST_REASON),
            _ => String::new(),
        };
        (!why.is_empty()).then(|| (container.name.to_string(), why))
    };
    let mut containers: Vec<_> = pod.spec.containers.iter().collect();
    containers.sort_by_key(|container| match container.kind {
        ContainerKind::Regular => 0,
        ContainerKind::Init | ContainerKind::Sidecar => 1,
        ContainerKind::Ephemeral => 2,
    });
    PodSources {
        name: pod.meta.name.to_string(),
        uid: pod.meta.uid.to_string(),
        owner: owner(snapshot, pod),
        containers: containers
            .into_iter()
            .map(|container| (container.name.to_string(), restarts(&container.name)))
            .collect(),
        waits: pod.spec.containers.iter().filter_map(waits).collect(),
    }
}

/// The object at the top that owns a Pod. Where ReplicaSets may not be listed, one's name
/// tells its Deployment's.
fn owner(snapshot: &Snapshot, pod: &Pod) -> Option<ObjectRef> {
    pod.meta.controller()?;
    let top = snapshot.top_of(pod).object_ref();
    let hash = pod.meta.label("pod-template-hash").map(|hash| &**hash);
    Some(deployment_of(&top, hash).unwrap_or(top))
}

/// The warnings about Pods of a namespace, in the order of time.
fn warnings(snapshot: &Snapshot, namespace: &str) -> Vec<LogEvent> {
    let events = snapshot.events.in_namespace(namespace);
    let mut warnings: Vec<_> = events
        .filter(|event| event.warning && event.about.kind.is(Kind::Pod))
        .filter_map(|event| Some((event.last?, event)))
        .collect();
    warnings.sort_by_key(|(at, event)| (*at, &event.meta.name));
    let newest = warnings.len().saturating_sub(MAX_EVENTS);
    warnings
        .into_iter()
        .skip(newest)
        .map(|(at, event)| LogEvent {
            at: i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX),
            warning: true,
            reason: terminal::quoted(&event.reason, LONGEST_REASON),
            pod: event.about.name.to_string(),
            message: terminal::quoted(&event.message, LONGEST_MESSAGE),
            count: i32::try_from(event.count).unwrap_or(i32::MAX),
        })
        .collect()
}

#[cfg(test)]
mod tests;
