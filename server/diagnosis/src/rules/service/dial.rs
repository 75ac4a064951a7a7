//! Whom a container calls: the hosts that its configuration names and those that its log
//! complains about, and what the cluster has of them.

use std::sync::Arc;

use crate::callees::named_hosts;
use crate::facts::{
    Container, ContainerKind, ContainerStatus, Kind, KindRef, Meta, Pod, Service, Str,
};
use crate::findings::Findings;
use crate::hosts::NamedHost;
use crate::log_reading::{LastWords, Source, Told, read_line};
use crate::near;
use crate::remembered::Same;
use crate::snapshot::{LogLine, LogTail, Snapshot, Top};

/// A line that a container that runs on has logged longer ago tells of the past, if it went
/// on to say other things.
const RECENT_SECONDS: i64 = 300;

/// So many lines within so many seconds after a complaint may belong to it, such as that it
/// is tried again.
const BESIDE: usize = 3;
const BESIDE_SECONDS: i64 = 10;

/// A host that means a Service of the cluster: its name and namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClusterHost {
    pub(crate) name: String,
    pub(crate) namespace: String,
    /// Whether the namespace was written, and not taken from the caller's.
    pub(crate) qualified: bool,
}

/// Reads a host as a Pod of `namespace` would have it resolved
/// (<https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/>): `name`,
/// `name.namespace`, `name.namespace.svc` and what follows. `None` for a host outside the
/// cluster, an address, or the name of a single Pod.
pub(crate) fn cluster_host(
    host: &str,
    namespace: &str,
    snapshot: &Snapshot,
) -> Option<ClusterHost> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let parts: Vec<&str> = host.split('.').collect();
    if host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok()
        || !parts.iter().all(|p| is_label(p))
    {
        return None;
    }
    let named = |name: &str, of: &str, qualified| ClusterHost {
        name: name.to_owned(),
        namespace: of.to_owned(),
        qualified,
    };
    match parts.as_slice() {
        [name] => Some(named(name, namespace, false)),
        // Two labels are a Service of another namespace only when there is such a one.
        [name, of] if snapshot.namespaces.get("", of).is_some() => Some(named(name, of, true)),
        // A Pod of a StatefulSet is `POD.SERVICE`, where the Service is its governing one.
        [pod, name] if is_member(pod, name, namespace, snapshot) => {
            Some(named(name, namespace, false))
        }
        [name, of] if is_misspelt(name, of, snapshot) => Some(named(name, of, true)),
        // The second form is the name of a Pod of the Service.
        [name, of, "svc", ..] | [_, name, of, "svc", ..] => Some(named(name, of, true)),
        _ => None,
    }
}

/// Whether a namespace that does not exist resembles one that has a Service of that name.
fn is_misspelt(name: &str, of: &str, snapshot: &Snapshot) -> bool {
    if snapshot.elsewhere(Kind::Service, of, name).next().is_none() {
        return false;
    }
    let namespaces = snapshot.namespaces.iter().map(|n| &*n.meta.name);
    near::name(of, namespaces).is_some_and(|near| snapshot.services.get(near, name).is_some())
}

/// Whether a Pod gets its name in the DNS from that Service: it is, or was, of a StatefulSet
/// that the Service governs, or bears its name as `spec.subdomain`.
fn is_member(pod: &str, service: &str, namespace: &str, snapshot: &Snapshot) -> bool {
    let of_set = pod.rsplit_once('-').is_some_and(|(set, ordinal)| {
        ordinal.bytes().all(|b| b.is_ascii_digit())
            && snapshot
                .stateful_sets
                .get(namespace, set)
                .is_some_and(|set| &*set.service == service)
    });
    let by_subdomain = || {
        snapshot
            .pods
            .get(namespace, pod)
            .is_some_and(|pod| &*pod.spec.subdomain == service)
    };
    of_set || by_subdomain()
}

fn is_label(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= 63
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// What a container says that may not reach whom it calls: one that does not work, or
/// that names a host which looks wrong. Others are not listened to: a log costs a request.
pub(crate) fn listen(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<Arc<LastWords>> {
    if pod.is_terminating() || container.kind == ContainerKind::Ephemeral {
        return None;
    }
    if status.is_running() {
        let waits = !status.ready || container.kind == ContainerKind::Init;
        let mut looks_wrong =
            || pod.spec.dns.is_some() || names_odd_host(pod, container, snapshot, findings);
        // The end of a run before this one may say more than a run that just began.
        if waits && status.last_end().is_some() {
            return Some(findings.last_words(snapshot, pod, status));
        }
        return (waits || looks_wrong()).then(|| findings.present_words(snapshot, pod, status));
    }
    let failed = status.last_end().is_some_and(|(_, end)| end.exit_code != 0);
    let crashes = failed
        && crate::rules::container::crash::crashes(pod, snapshot)
            .any(|crash| crash.container.name == container.name);
    crashes.then(|| findings.last_words(snapshot, pod, status))
}

/// Whether a container names a host that may not be reached. The Pods of a template name
/// the same.
fn names_odd_host(
    pod: &Pod,
    container: &Container,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> bool {
    let namespace = &pod.meta.namespace;
    let place = pod
        .spec
        .containers
        .iter()
        .position(|c| std::ptr::eq(c, container));
    let names_one = || {
        named_hosts(namespace, &pod.spec, container, snapshot)
            .iter()
            .any(|named| is_suspicious(&named.host, namespace, snapshot))
    };
    match place {
        Some(place) => {
            let key = (Str::clone(namespace), Same::of(&pod.spec), place);
            findings.odd_hosts.recall(key, |_| names_one())
        }
        None => names_one(),
    }
}

/// Whether a host that a container names may not be reached: a Service that does not
/// exist or does not have the port that is named with it, or an alias of a name outside.
fn is_suspicious(named: &NamedHost, namespace: &str, snapshot: &Snapshot) -> bool {
    cluster_host(&named.host, namespace, snapshot).is_some_and(|target| {
        match snapshot.services.get(&target.namespace, &target.name) {
            None => true,
            Some(service) => {
                service.is_external_name()
                    || named.port.is_some_and(|port| lacks_port(service, port))
            }
        }
    })
}

/// Whether nobody can call a Service on that port. Clients of a headless one go to the Pods
/// themselves, on ports that it need not name.
pub(crate) fn lacks_port(service: &Service, port: u16) -> bool {
    !service.is_headless()
        && !service.is_external_name()
        && !service.ports.is_empty()
        && !service.ports.iter().any(|p| p.port == i64::from(port))
}

/// The workload or Pod of that name in a namespace: what is meant by the name of a Service
/// that is not there.
pub(crate) fn workload(namespace: &str, name: &str, snapshot: &Snapshot) -> Option<Top> {
    let top = |kind: Kind, meta: &Meta| Top {
        kind: KindRef::of(kind),
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
        uid: meta.uid.clone(),
    };
    let deployment = snapshot.deployments.get(namespace, name);
    let stateful_set = || snapshot.stateful_sets.get(namespace, name);
    let daemon_set = || snapshot.daemon_sets.get(namespace, name);
    deployment
        .map(|w| top(Kind::Deployment, &w.meta))
        .or_else(|| stateful_set().map(|w| top(Kind::StatefulSet, &w.meta)))
        .or_else(|| daemon_set().map(|w| top(Kind::DaemonSet, &w.meta)))
}

/// Whether a line still tells of now: it is of a run that ended, not old, or the last word of
/// its log. Ask it of what the cluster's present state confirms.
pub(crate) fn is_recent(told: &Told, status: &ContainerStatus, snapshot: &Snapshot) -> bool {
    let log = match &told.source {
        Source::Log(of) => snapshot.log(of),
        Source::Message { .. } => None,
    };
    let lines = log.map_or(&[][..], LogTail::lines);
    !status.is_running() || tells_of_now(&told.line, lines, snapshot)
}

/// Whether a line of the log of a container's present run still tells of now: it was not
/// written long ago, or nothing but complaints came after it.
pub(crate) fn tells_of_now(line: &LogLine, lines: &[LogLine], snapshot: &Snapshot) -> bool {
    let is_new = line
        .at
        .is_none_or(|at| !snapshot.has_passed(at, RECENT_SECONDS));
    is_new || is_last_word(line, lines)
}

fn is_last_word(line: &LogLine, lines: &[LogLine]) -> bool {
    let seconds_after = |later: &LogLine| {
        let (at, later) = line.at.zip(later.at)?;
        Some(later.as_second().saturating_sub(at.as_second()))
    };
    let after = lines.iter().rev().take_while(|later| *later != line);
    // A message of several lines comes at once, and a stack trace with it.
    let others = after
        .filter(|later| read_line(&later.text).is_none())
        .filter(|later| seconds_after(later) != Some(0));
    let is_beside = |later: &LogLine| seconds_after(later).is_none_or(|it| it <= BESIDE_SECONDS);
    let (beside, further): (Vec<_>, Vec<_>) = others.partition(|later| is_beside(later));
    lines.contains(line) && further.is_empty() && beside.len() <= BESIDE
}

/// The Services of that name in other namespaces, by namespace.
pub(crate) fn elsewhere<'a>(
    name: &'a str,
    namespace: &'a str,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = &'a Service> {
    snapshot
        .elsewhere(Kind::Service, namespace, name)
        .filter_map(move |other| snapshot.services.get(other, name))
}
