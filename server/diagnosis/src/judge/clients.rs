//! Who calls whom, as far as Pod specs say it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::callees::{called, named_services, names};
use crate::facts::{Kind, KindRef, Pod, Service, Str};
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

/// Of each of these Services, by namespace and name, the workloads in its namespace that have
/// ready Pods and whose template names it. The templates of a namespace are looked through
/// once for all its Services.
pub(super) fn working<'a>(
    services: impl Iterator<Item = &'a Service>,
    snapshot: &'a Snapshot,
) -> HashMap<Named<'a>, Vec<Top>> {
    let mut wanted: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    for service in services {
        let names = wanted.entry(&service.meta.namespace).or_default();
        names.insert(&service.meta.name);
    }
    let mut callers: HashMap<Named<'a>, Vec<Top>> = HashMap::new();
    for (namespace, names) in wanted {
        for (top, called) in working_in(namespace, &names, snapshot) {
            for name in called {
                callers
                    .entry((namespace, name))
                    .or_default()
                    .push(top.clone());
            }
        }
    }
    for tops in callers.values_mut() {
        tops.sort_unstable();
    }
    callers
}

/// A Service by its namespace and name.
type Named<'a> = (&'a str, &'a str);

/// The workloads in a namespace that have ready Pods and whose template names some of these
/// Services of it, each with those.
fn working_in<'a>(
    namespace: &'a str,
    names: &HashSet<&'a str>,
    snapshot: &'a Snapshot,
) -> Vec<(Top, BTreeSet<&'a str>)> {
    let deployments = snapshot.deployments.in_namespace(namespace);
    let stateful_sets = snapshot.stateful_sets.in_namespace(namespace);
    let daemon_sets = snapshot.daemon_sets.in_namespace(namespace);
    let templates = deployments
        .map(|w| (Kind::Deployment, &w.meta, &w.template))
        .chain(stateful_sets.map(|w| (Kind::StatefulSet, &w.meta, &w.template)))
        .chain(daemon_sets.map(|w| (Kind::DaemonSet, &w.meta, &w.template)));
    templates
        .filter_map(|(kind, meta, template)| {
            let containers = template.spec.containers.iter();
            let called: BTreeSet<&str> = containers
                .flat_map(|container| called(container, namespace))
                .filter(|(of, _)| *of == namespace)
                .filter_map(|(_, name)| names.get(name).copied())
                .collect();
            let top = Top {
                kind: KindRef::of(kind),
                namespace: meta.namespace.clone(),
                name: meta.name.clone(),
                uid: meta.uid.clone(),
            };
            let works =
                !called.is_empty() && snapshot.pods_of(&top).iter().any(|pod| pod.is_ready());
            works.then_some((top, called))
        })
        .collect()
}
