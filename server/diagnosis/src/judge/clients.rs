//! Who calls whom, as far as Pod specs say it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::facts::{Container, EnvValue, Handler, Kind, KindRef, Pod, PodSpec, Service, Str};
use crate::snapshot::reads::{Key, note};
use crate::snapshot::{Snapshot, Top};

/// The broken workloads that name a Service, each with its broken Pods.
type Of = BTreeMap<Top, BTreeSet<(Str, Str)>>;

/// The clients of Services: workloads whose environment, command or arguments name a
/// Service, and that do not work.
#[derive(Debug, Default)]
pub(super) struct Clients {
    /// By the Service's namespace and name.
    of: HashMap<(String, String), Of>,
}

/// Which Services a broken Pod names.
#[derive(Debug, PartialEq)]
pub(super) struct Dials {
    top: Top,
    services: BTreeSet<(String, String)>,
}

impl Dials {
    /// Those of a Pod; `None` when it works or names none.
    pub(super) fn of(pod: &Pod, snapshot: &Snapshot) -> Option<Self> {
        if pod.is_ready() || &*pod.phase == "Succeeded" || pod.is_terminating() {
            return None;
        }
        let services = named_services(snapshot, &pod.meta.namespace, &pod.spec);
        (!services.is_empty()).then(|| Self {
            top: snapshot.top_of(pod),
            services,
        })
    }
}

impl Clients {
    /// Takes in that a Pod named some Services and names others. `changed` is called with
    /// each key that thereby reads otherwise.
    pub(super) fn change(
        &mut self,
        pod: &(Str, Str),
        old: Option<&Dials>,
        new: Option<&Dials>,
        mut changed: impl FnMut(Key<'_>),
    ) {
        if old == new {
            return;
        }
        if let Some(dials) = old {
            for service in &dials.services {
                changed(Key::Clients(&service.0, &service.1));
                if let Some(of) = self.of.get_mut(service) {
                    if let Some(pods) = of.get_mut(&dials.top) {
                        pods.remove(pod);
                        if pods.is_empty() {
                            of.remove(&dials.top);
                        }
                    }
                    if of.is_empty() {
                        self.of.remove(service);
                    }
                }
            }
        }
        if let Some(dials) = new {
            for service in &dials.services {
                changed(Key::Clients(&service.0, &service.1));
                self.of
                    .entry(service.clone())
                    .or_default()
                    .entry(dials.top.clone())
                    .or_default()
                    .insert(pod.clone());
            }
        }
    }

    /// The workloads that name a Service and have Pods that are not ready.
    pub(super) fn broken<'a>(&self, service: &Service, snapshot: &'a Snapshot) -> Vec<Caller<'a>> {
        let (namespace, name) = (&*service.meta.namespace, &*service.meta.name);
        note(Key::Clients(namespace, name));
        self.of
            .get(&(namespace.to_owned(), name.to_owned()))
            .into_iter()
            .flatten()
            .map(|(top, pods)| {
                let pods: Vec<&Pod> = pods
                    .iter()
                    .filter_map(|(namespace, name)| snapshot.pods.get(namespace, name))
                    .collect();
                Caller {
                    top: top.clone(),
                    containers: pods.iter().flat_map(|pod| failing(pod, service)).collect(),
                    pods,
                }
            })
            .collect()
    }
}

/// A workload that names a Service and does not work.
pub(super) struct Caller<'a> {
    pub(super) top: Top,
    /// Its Pods that do not work.
    pub(super) pods: Vec<&'a Pod>,
    /// Their containers that fail because of the Service, if it is that which fails them.
    pub(super) containers: BTreeSet<Str>,
}

/// The containers of a Pod that may fail because a Service does: those that name it, and
/// those that go on and merely are not ready, which may need the former.
fn failing<'a>(pod: &'a Pod, service: &'a Service) -> impl Iterator<Item = Str> + 'a {
    pod.containers()
        .filter(move |(container, status)| {
            let end = status.and_then(|status| status.last_end());
            end.is_none_or(|(_, end)| end.exit_code == 0)
                || names(container, &pod.meta.namespace, service)
        })
        .map(|(container, _)| container.name.clone())
}

/// The workloads in a Service's namespace that have Pods and whose template names the
/// Service.
pub(super) fn working(service: &Service, snapshot: &Snapshot) -> Vec<Top> {
    let namespace = &*service.meta.namespace;
    let deployments = snapshot.deployments.in_namespace(namespace);
    let stateful_sets = snapshot.stateful_sets.in_namespace(namespace);
    let daemon_sets = snapshot.daemon_sets.in_namespace(namespace);
    let templates = deployments
        .map(|w| (Kind::Deployment, &w.meta, &w.template))
        .chain(stateful_sets.map(|w| (Kind::StatefulSet, &w.meta, &w.template)))
        .chain(daemon_sets.map(|w| (Kind::DaemonSet, &w.meta, &w.template)));
    let mut tops: Vec<Top> = templates
        .filter(|(_, _, template)| {
            let mut containers = template.spec.containers.iter();
            containers.any(|container| names(container, namespace, service))
        })
        .map(|(kind, meta, _)| Top {
            kind: KindRef::of(kind),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            uid: meta.uid.clone(),
        })
        .filter(|top| snapshot.pods_of(top).iter().any(|pod| pod.is_ready()))
        .collect();
    tops.sort_unstable();
    tops
}

/// Whether a container of a Pod in that namespace names a Service.
fn names(container: &Container, namespace: &str, service: &Service) -> bool {
    let (of, name) = (&*service.meta.namespace, &*service.meta.name);
    texts(container)
        .filter(|text| text.contains(name))
        .flat_map(|text| hosts(text, namespace))
        .any(|host| host == (of, name))
}

/// The Services that exist and that a Pod spec names: namespace and name.
pub(crate) fn named_services(
    snapshot: &Snapshot,
    namespace: &str,
    spec: &PodSpec,
) -> BTreeSet<(String, String)> {
    spec.containers
        .iter()
        .flat_map(texts)
        .flat_map(|text| hosts(text, namespace))
        .filter(|(of, name)| snapshot.services.get(of, name).is_some())
        .map(|(of, name)| (of.to_owned(), name.to_owned()))
        .collect()
}

/// What in a text may be the name of a Service as a Pod of that namespace says it:
/// namespace and name.
fn hosts<'a>(text: &'a str, namespace: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'))
        .filter_map(move |word| {
            let mut parts = word.trim_matches('.').split('.');
            let name = parts.next().filter(|n| !n.is_empty())?;
            match (parts.next(), parts.next()) {
                (None, _) => Some((namespace, name)),
                (Some(of), None | Some("svc")) => Some((of, name)),
                (Some(_), Some(_)) => None,
            }
        })
}

fn texts(container: &Container) -> impl Iterator<Item = &str> {
    let env = container.env.iter().filter_map(|var| match &var.value {
        EnvValue::Plain(value) => Some(&**value),
        _ => None,
    });
    let probes = container
        .probes()
        .flat_map(|(_, probe)| match &probe.handler {
            Handler::Exec(command) => &**command,
            _ => &[],
        });
    env.chain(container.command.iter().map(|s| &**s))
        .chain(container.args.iter().map(|s| &**s))
        .chain(probes.map(|s| &**s))
}
