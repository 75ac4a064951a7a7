use std::collections::BTreeMap;

use podside_diagnosis::facts::Kind;
use podside_diagnosis::facts::clean::clean_json;
use podside_model::ObjectRef;
use podside_model::log::LogEvent;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::run::Pod;
use super::target::LogTarget;
use crate::answer::{Asked, List};
use crate::connection::Connection;
use crate::discovery::Resource;
use crate::error::{Error, Result};
use crate::kind::path;
use crate::path::query;
use crate::terminal;

/// Pods that are listed for one target: far more than are followed at once.
pub(super) const MAX_PODS: usize = 200;

/// Events of one namespace that are read.
pub(super) const MAX_EVENTS: usize = 500;

/// Bytes of an event's reason that are kept; the API itself allows as many.
pub(super) const LONGEST_REASON: usize = 128;

/// Bytes of an event's message that are kept; the API itself allows 1 KiB.
pub(super) const LONGEST_MESSAGE: usize = 1024;

/// The Pods that targets stand for.
#[derive(Clone, Debug, Default)]
pub struct PodList {
    /// The Pods, oldest first.
    pub pods: Vec<PodSources>,
    /// Pods beyond those that are listed.
    pub left_out: usize,
    /// The label selectors by which they were found, in the API's notation.
    pub selectors: Vec<String>,
}

/// A Pod and what of it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodSources {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.uid`.
    pub uid: String,
    /// The object at the top that owns it.
    pub owner: Option<ObjectRef>,
    /// Its containers with how often each was started again, those that do the work
    /// first.
    pub containers: Vec<(String, i32)>,
    /// Why those of its containers wait that do not run yet, or not again: the reason that
    /// the kubelet gives, or [`NOT_PLACED`] of a Pod that no kubelet has taken.
    pub waits: BTreeMap<String, String>,
}

/// Why a container waits of which no kubelet says anything: its Pod's phase.
pub(super) const NOT_PLACED: &str = "Pending";

impl PodSources {
    fn of(pod: &Pod) -> Self {
        Self {
            name: pod.metadata.name.clone(),
            uid: pod.uid().to_owned(),
            owner: pod.owner(),
            containers: pod
                .containers()
                .map(|name| (name.to_owned(), pod.restart_count(name)))
                .collect(),
            waits: pod
                .containers()
                .filter_map(|name| Some((name.to_owned(), pod.waits(name)?)))
                .collect(),
        }
    }
}

/// One Pod.
pub(super) async fn pod(connection: &Connection, namespace: &str, name: &str) -> Result<Pod> {
    object(connection, Kind::Pod, namespace, name).await
}

/// The selector of a workload or a Service, in the API's notation; empty when it has none.
pub(super) async fn selector(
    connection: &Connection,
    kind: Kind,
    namespace: &str,
    name: &str,
) -> Result<String> {
    let workload: Workload = object(connection, kind, namespace, name).await?;
    Ok(workload.spec.selector.text())
}

/// The Pods that the targets stand for; all of the namespace without targets. A Pod
/// that does not exist is an error only when it is the only target.
pub(super) async fn pods(
    connection: &Connection,
    namespace: &str,
    targets: &[LogTarget],
) -> Result<PodList> {
    let mut found: BTreeMap<String, Pod> = BTreeMap::new();
    let mut left_out = 0;
    let mut selectors = Vec::new();
    if targets.is_empty() {
        let (pods, more) = selected(connection, namespace, None).await?;
        found.extend(pods);
        left_out += more;
    }
    for target in targets {
        let selector = match target {
            LogTarget::Pod(name) => {
                match pod(connection, namespace, name).await {
                    Ok(pod) => drop(found.insert(name.clone(), pod)),
                    Err(Error::NotFound { .. }) if targets.len() > 1 => {}
                    Err(error) => return Err(error),
                }
                continue;
            }
            LogTarget::Selector(selector) => selector.clone(),
            LogTarget::Workload { kind, name } => {
                self::selector(connection, *kind, namespace, name).await?
            }
        };
        // A workload without a selector selects nothing; an empty one in the query
        // would select everything.
        if !selector.is_empty() {
            let (pods, more) = selected(connection, namespace, Some(selector.clone())).await?;
            found.extend(pods);
            left_out += more;
            selectors.push(selector);
        }
    }
    let mut pods: Vec<Pod> = found.into_values().collect();
    pods.sort_by(|a, b| {
        let key = |p: &Pod| {
            (
                p.metadata.creation_timestamp.clone(),
                p.metadata.name.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    let pods = pods.iter().map(PodSources::of).collect();
    Ok(PodList {
        pods,
        left_out,
        selectors,
    })
}

/// The warnings about Pods of a namespace, in the order of time. What went as it
/// should needs no place between the lines.
pub(super) async fn events(connection: &Connection, namespace: &str) -> Result<Vec<LogEvent>> {
    let pairs = [
        (
            "fieldSelector",
            "involvedObject.kind=Pod,type=Warning".to_owned(),
        ),
        ("limit", MAX_EVENTS.to_string()),
    ];
    let list: List<Event> = list(connection, Kind::Event, namespace, &pairs).await?;
    let mut events: Vec<LogEvent> = list.items.into_iter().filter_map(Event::into_log).collect();
    events.sort_by_key(|e| e.at);
    Ok(events)
}

async fn selected(
    connection: &Connection,
    namespace: &str,
    selector: Option<String>,
) -> Result<(impl Iterator<Item = (String, Pod)>, usize)> {
    let mut pairs = vec![("limit", MAX_PODS.to_string())];
    pairs.extend(selector.map(|selector| ("labelSelector", selector)));
    let list: List<Pod> = list(connection, Kind::Pod, namespace, &pairs).await?;
    let left_out = list.metadata.remaining;
    let pods = list.items.into_iter().map(|p| (p.metadata.name.clone(), p));
    Ok((pods, left_out))
}

async fn list<T: DeserializeOwned>(
    connection: &Connection,
    kind: Kind,
    namespace: &str,
    pairs: &[(&str, String)],
) -> Result<List<T>> {
    let path = path(kind, Some(namespace))? + &query(pairs);
    let answer = connection.get(&path).await?;
    let list: List<Value> = answer.list(&Asked::all(kind, Some(namespace)), Some)?;
    let items = list.items.into_iter().map(|item| cleaned(&path, item));
    Ok(List {
        metadata: list.metadata,
        items: items.collect::<Result<_>>()?,
    })
}

async fn object<T: DeserializeOwned>(
    connection: &Connection,
    kind: Kind,
    namespace: &str,
    name: &str,
) -> Result<T> {
    let path = Resource::of(kind).object_path(Some(namespace), name)?;
    let answer = connection.get(&path).await?;
    let read = answer.object(&Asked::one(kind, Some(namespace), name))?;
    cleaned(&path, read)
}

/// An object's part that is read here, as it may be shown.
fn cleaned<T: DeserializeOwned>(path: &str, mut read: Value) -> Result<T> {
    clean_json(&mut read);
    serde_json::from_value(read).map_err(|error| Error::Garbled {
        what: format!("GET {path}"),
        reason: error.to_string(),
    })
}

#[derive(Deserialize)]
struct Workload {
    spec: WorkloadSpec,
}

#[derive(Deserialize)]
struct WorkloadSpec {
    #[serde(default)]
    selector: Selector,
}

/// A workload's selector
/// (<https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/>),
/// or a Service's, which is a plain map.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Selector {
    match_labels: BTreeMap<String, String>,
    match_expressions: Vec<Requirement>,
    #[serde(flatten)]
    plain: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Requirement {
    key: String,
    operator: String,
    values: Vec<String>,
}

impl Selector {
    /// The selector in the notation of the `labelSelector` parameter.
    fn text(&self) -> String {
        let plain = self
            .plain
            .iter()
            .filter_map(|(k, v)| Some((k.as_str(), v.as_str()?)));
        let labels = self
            .match_labels
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()));
        let equal = labels.chain(plain).map(|(k, v)| format!("{k}={v}"));
        let expressions = self.match_expressions.iter().map(|r| {
            let values = r.values.join(",");
            match r.operator.as_str() {
                "In" => format!("{} in ({values})", r.key),
                "NotIn" => format!("{} notin ({values})", r.key),
                "DoesNotExist" => format!("!{}", r.key),
                _ => r.key.clone(),
            }
        });
        equal.chain(expressions).collect::<Vec<_>>().join(",")
    }
}

/// The parts of an Event that stand between log lines
/// (<https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/>).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    reason: Option<String>,
    message: Option<String>,
    count: Option<i32>,
    last_timestamp: Option<jiff::Timestamp>,
    #[serde(rename = "eventTime")]
    precise: Option<jiff::Timestamp>,
    involved_object: InvolvedObject,
    metadata: EventMetadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InvolvedObject {
    kind: String,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct EventMetadata {
    creation_timestamp: Option<jiff::Timestamp>,
}

impl Event {
    fn into_log(self) -> Option<LogEvent> {
        let at = self
            .last_timestamp
            .or(self.precise)
            .or(self.metadata.creation_timestamp)?;
        // Not every API server selects by both fields.
        let is_wanted = self.involved_object.kind == "Pod" && self.kind == "Warning";
        is_wanted.then(|| LogEvent {
            at: i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX),
            warning: true,
            reason: terminal::quoted(&self.reason.unwrap_or_default(), LONGEST_REASON),
            pod: self.involved_object.name,
            message: terminal::quoted(&self.message.unwrap_or_default(), LONGEST_MESSAGE),
            count: self.count.unwrap_or(1).max(1),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selector_becomes_the_apis_notation() {
        let text = |value| {
            let workload: Workload =
                serde_json::from_value(json!({"spec": {"selector": value}})).unwrap();
            workload.spec.selector.text()
        };
        assert_eq!(
            text(json!({"matchLabels": {"app": "web", "tier": "front"}})),
            "app=web,tier=front"
        );
        assert_eq!(
            text(json!({"matchExpressions": [
                {"key": "app", "operator": "In", "values": ["a", "b"]},
                {"key": "old", "operator": "DoesNotExist"},
                {"key": "new", "operator": "Exists"},
            ]})),
            "app in (a,b),!old,new"
        );
        assert_eq!(text(json!({"app": "cart"})), "app=cart");
        assert_eq!(text(json!({})), "");
    }

    #[test]
    fn an_event_is_read_in_both_of_its_dated_forms() {
        let event = |value| serde_json::from_value::<Event>(value).unwrap().into_log();
        let old = event(
            json!({"type": "Warning", "reason": "BackOff", "message": "Back-off\u{1b}[31m",
            "count": 4, "lastTimestamp": "1970-01-01T00:00:01Z", "eventTime": null,
            "involvedObject": {"kind": "Pod", "name": "web"}}),
        );
        let old = old.unwrap();
        assert_eq!((old.at, old.warning, old.count), (1_000_000_000, true, 4));
        assert_eq!(old.message, "Back-off");
        let new = event(json!({"type": "Warning", "lastTimestamp": null,
            "eventTime": "1970-01-01T00:00:02.500000Z", "involvedObject": {"kind": "Pod", "name": "web"}}));
        assert_eq!(new.unwrap().at, 2_500_000_000);
        assert!(
            event(
                json!({"type": "Warning", "lastTimestamp": "1970-01-01T00:00:01Z",
            "involvedObject": {"kind": "Node", "name": "n"}})
            )
            .is_none()
        );
    }
}
