use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::other_name;
use super::shards::{ByNamespace, Keep, Shards};
use crate::facts::selector;
use crate::facts::{Amounts, Fact, Kind, Labels, Meta, Pod, Service, Str};

/// Namespace and name.
type Place = (Str, Str);

/// The names of the Pods of one namespace, by their labels.
type LabelSets = HashMap<Arc<Labels>, BTreeSet<Str>>;

/// What the tables of a snapshot cannot answer at once. Kept in step by
/// [`change`](Self::change). What a change leaves as it is, it does not touch, so that
/// copies go on sharing it.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// The objects that own others, by uid.
    by_uid: Shards<Option<(Kind, Place)>>,
    /// What an object manages, by the owner's uid.
    owned: Shards<BTreeSet<(Kind, Place)>>,
    /// The Pods on a node.
    on_node: Shards<BTreeSet<Place>>,
    /// What the Pods on a node have been promised, and how many there are (`pods`).
    used: Shards<Amounts>,
    /// Those of them that keep other Pods away by anti-affinity: few, and asked for often.
    keeping_away: Shards<BTreeSet<Place>>,
    /// The Pods of a namespace by their labels: the Pods of one template share them,
    /// so a selector is held against few sets of labels instead of many Pods.
    labelled: HashMap<Str, Arc<LabelSets>>,
    /// What [leads](services_of) to a Service or on from it, by its name and namespace.
    around: Shards<ByNamespace<BTreeSet<(Kind, Str)>>>,
    /// The namespaces that have an object of a name.
    namesakes: Shards<BTreeSet<(Kind, Str)>>,
    /// The names of the Services by the first value of their selector and their namespace.
    selecting: Shards<ByNamespace<BTreeSet<Str>>>,
}

impl Index {
    /// Takes in that an object was one thing and is another; both have the same kind,
    /// namespace and name.
    pub(super) fn change(&mut self, old: Option<&Fact>, new: Option<&Fact>) {
        match (old, new) {
            (Some(Fact::Pod(old)), Some(Fact::Pod(new))) => self.change_pod(Some(old), Some(new)),
            (Some(Fact::Pod(old)), None) => self.change_pod(Some(old), None),
            (None, Some(Fact::Pod(new))) => self.change_pod(None, Some(new)),
            _ => {}
        }
        if let Some(Fact::Service(service)) = old {
            self.set_service(service, false);
        }
        if let Some(Fact::Service(service)) = new {
            self.set_service(service, true);
        }
        let Some(kind) = new.or(old).map(Fact::kind) else {
            return;
        };
        let services = |fact: Option<&Fact>| fact.map(services_of).unwrap_or_default();
        let (before, after) = (services(old), services(new));
        let (old_fact, new_fact) = (old, new);
        let (old, new) = (old.map(Fact::meta), new.map(Fact::meta));
        if before != after {
            for (meta, services, is_there) in [(old, before, false), (new, after, true)] {
                for (namespace, service) in services {
                    let it = meta.map(|meta| (kind, meta.name.clone()));
                    self.around.change(&service, |namespaces| {
                        namespaces.change(&namespace, |around| set(around, it, is_there))
                    });
                }
            }
        }
        if has_namesakes(kind)
            && old.is_some() != new.is_some()
            && let Some(meta) = old.or(new)
        {
            let it = Some((kind, meta.namespace.clone()));
            self.namesakes
                .change(&meta.name, |there| set(there, it, new.is_some()));
        }
        // Both have the same.
        let Some(at) = new_fact.or(old_fact).map(place_of) else {
            return;
        };
        if has_owner(kind) {
            self.change_owner((kind, &at), old, new);
        }
        if is_owner(kind) && old.map(|m| &m.uid) != new.map(|m| &m.uid) {
            if let Some(meta) = old {
                self.forget_uid((kind, &at), meta);
            }
            if let Some(meta) = new {
                self.set_uid((kind, &at), meta);
            }
        }
    }

    pub(super) fn by_uid(&self, uid: &str) -> Option<(Kind, &Place)> {
        let (kind, place) = self.by_uid.get(uid)?.as_ref()?;
        Some((*kind, place))
    }

    pub(super) fn owned_by(&self, uid: &str) -> impl Iterator<Item = &(Kind, Place)> {
        self.owned.get(uid).into_iter().flatten()
    }

    pub(super) fn on_node(&self, node: &str) -> impl Iterator<Item = &Place> {
        self.on_node.get(node).into_iter().flatten()
    }

    pub(super) fn keeping_away(&self, node: &str) -> impl Iterator<Item = &Place> {
        self.keeping_away.get(node).into_iter().flatten()
    }

    pub(super) fn pods_with(&self, namespace: &str, wanted: &Labels) -> impl Iterator<Item = &Str> {
        self.labelled
            .get(namespace)
            .filter(|_| !wanted.is_empty())
            .into_iter()
            .flat_map(|sets| sets.iter())
            .filter(|(labels, _)| selector::contains(labels, wanted))
            .flat_map(|(_, names)| names)
    }

    pub(super) fn label_sets(&self, namespace: &str) -> impl Iterator<Item = (&Labels, usize)> {
        self.labelled
            .get(namespace)
            .into_iter()
            .flat_map(|sets| sets.iter())
            .map(|(labels, names)| (&**labels, names.len()))
    }

    /// The names of what [leads](services_of) to a Service or on from it and is of a kind.
    pub(super) fn around(
        &self,
        kind: Kind,
        namespace: &str,
        service: &str,
    ) -> impl Iterator<Item = &Str> {
        self.around
            .get(service)
            .and_then(|namespaces| namespaces.get(namespace))
            .into_iter()
            .flatten()
            .filter(move |(of, _)| *of == kind)
            .map(|(_, name)| name)
    }

    /// The namespaces that have an object of that kind and name.
    pub(super) fn namesakes(&self, kind: Kind, name: &str) -> impl Iterator<Item = &Str> {
        let all = self.namesakes.get(name).into_iter().flatten();
        all.filter(move |(of, _)| *of == kind)
            .map(|(_, namespace)| namespace)
    }

    /// The names of the Services whose selector begins with a label of that value.
    pub(super) fn selecting(&self, namespace: &str, value: &str) -> impl Iterator<Item = &Str> {
        self.selecting
            .get(value)
            .and_then(|namespaces| namespaces.get(namespace))
            .into_iter()
            .flatten()
    }

    /// What the Pods on a node have been promised.
    pub(super) fn used_on(&self, node: &str) -> Option<&Amounts> {
        self.used.get(node)
    }

    fn change_pod(&mut self, old: Option<&Pod>, new: Option<&Pod>) {
        let node = |pod: Option<&Pod>| pod.map(|p| p.node.clone()).filter(|n| !n.is_empty());
        let away = |pod: Option<&Pod>| node(pod.filter(|p| keeps_away(p)));
        change_set(&mut self.on_node, (old, node(old)), (new, node(new)));
        change_set(&mut self.keeping_away, (old, away(old)), (new, away(new)));
        if !is_promised_alike(old, new) {
            for (pod, sign) in [(old, -1), (new, 1)] {
                if let Some(pod) = pod.filter(|p| !p.node.is_empty()) {
                    self.promise(pod, sign);
                }
            }
        }
        if old.map(|p| &p.meta.labels) != new.map(|p| &p.meta.labels) {
            if let Some(pod) = old {
                self.unlabel(pod);
            }
            if let Some(pod) = new {
                let meta = &pod.meta;
                let sets = self.labelled.entry(meta.namespace.clone()).or_default();
                Arc::make_mut(sets)
                    .entry(Arc::clone(&meta.labels))
                    .or_default()
                    .insert(meta.name.clone());
            }
        }
    }

    fn unlabel(&mut self, pod: &Pod) {
        let meta = &pod.meta;
        if let Some(sets) = self.labelled.get_mut(&meta.namespace) {
            let sets = Arc::make_mut(sets);
            if let Some(names) = sets.get_mut(&meta.labels) {
                names.remove(&meta.name);
                if names.is_empty() {
                    sets.remove(&meta.labels);
                }
            }
            if sets.is_empty() {
                self.labelled.remove(&meta.namespace);
            }
        }
    }

    /// Adds (`sign` 1) or takes back (`sign` -1) what a Pod has been promised by its node.
    fn promise(&mut self, pod: &Pod, sign: i64) {
        if pod.is_finished() {
            return;
        }
        self.used.change(&pod.node, |used| {
            let mut add = |name: Str, milli: i64| {
                let sum = used.entry(name).or_insert(0);
                *sum = sum.saturating_add(milli.saturating_mul(sign));
            };
            for (name, milli) in pod.spec.demand() {
                add(name, milli);
            }
            add(Str::from("pods"), 1000);
            Keep::Keep
        });
    }

    fn change_owner(&mut self, (kind, at): (Kind, &Place), old: Option<&Meta>, new: Option<&Meta>) {
        let owner = |meta: Option<&Meta>| meta.and_then(Meta::controller).map(|o| o.uid.clone());
        let (before, after) = (owner(old), owner(new));
        if before == after {
            return;
        }
        if let Some(uid) = before {
            self.owned.change(&uid, |owned| {
                owned.remove(&(kind, at.clone()));
                Keep::unless(owned.is_empty())
            });
        }
        if let Some(uid) = after {
            self.owned.change(&uid, |owned| {
                owned.insert((kind, at.clone()));
                Keep::Keep
            });
        }
    }

    /// The first object with a uid keeps it, however often another claims to have it too.
    fn set_uid(&mut self, (kind, at): (Kind, &Place), meta: &Meta) {
        if !meta.uid.is_empty() {
            self.by_uid.change(&meta.uid, |known| {
                known.get_or_insert_with(|| (kind, at.clone()));
                Keep::Keep
            });
        }
    }

    fn forget_uid(&mut self, (kind, at): (Kind, &Place), meta: &Meta) {
        if self.by_uid.get(&meta.uid) == Some(&Some((kind, at.clone()))) {
            self.by_uid.change(&meta.uid, |_| Keep::Drop);
        }
    }

    fn set_service(&mut self, service: &Service, is_there: bool) {
        let Some(value) = first_value(service) else {
            return;
        };
        let name = Some(service.meta.name.clone());
        self.selecting.change(value, |namespaces| {
            namespaces.change(&service.meta.namespace, |names| set(names, name, is_there))
        });
    }
}

/// The Services whose endpoints an object holds or to which it sends requests, by namespace
/// and name: those of an EndpointSlice, an Ingress, the webhooks of a configuration.
pub(super) fn services_of(fact: &Fact) -> BTreeSet<(Str, Str)> {
    let here = |name: &Str| (Str::clone(&fact.meta().namespace), Str::clone(name));
    match fact {
        Fact::EndpointSlice(slice) => BTreeSet::from([here(&slice.service)]),
        Fact::Ingress(ingress) => ingress.backends.iter().map(|b| here(&b.service)).collect(),
        Fact::ValidatingWebhookConfiguration(of) | Fact::MutatingWebhookConfiguration(of) => of
            .webhooks
            .iter()
            .filter_map(|webhook| webhook.service.as_ref())
            .map(|service| (service.namespace.clone(), service.name.clone()))
            .collect(),
        _ => BTreeSet::new(),
    }
}

/// The value of the first label that a Service selects by.
pub(super) fn first_value(service: &Service) -> Option<&Str> {
    service.selector.values().next()
}

/// Whether a Pod counts for its node's resources as it did.
pub(super) fn is_promised_alike(old: Option<&Pod>, new: Option<&Pod>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => {
            old.node == new.node
                && old.is_finished() == new.is_finished()
                && (Arc::ptr_eq(&old.spec, &new.spec) || old.spec == new.spec)
        }
        (None, None) => true,
        _ => false,
    }
}

/// Whether a Pod's anti-affinity keeps others from its node.
pub(super) fn keeps_away(pod: &Pod) -> bool {
    !pod.spec.placement.pod_anti_affinity.is_empty()
}

/// Takes a Pod from the set of one key to that of another.
fn change_set(
    sets: &mut Shards<BTreeSet<Place>>,
    (old, before): (Option<&Pod>, Option<Str>),
    (new, after): (Option<&Pod>, Option<Str>),
) {
    if before == after {
        return;
    }
    if let (Some(pod), Some(key)) = (old, before) {
        sets.change(&key, |pods| {
            pods.remove(&place(&pod.meta));
            Keep::unless(pods.is_empty())
        });
    }
    if let (Some(pod), Some(key)) = (new, after) {
        sets.change(&key, |pods| {
            pods.insert(place(&pod.meta));
            Keep::Keep
        });
    }
}

/// Puts something into a set or takes it out.
fn set<T: Ord>(of: &mut BTreeSet<T>, it: Option<T>, is_there: bool) -> Keep {
    if let Some(it) = it {
        if is_there {
            of.insert(it);
        } else {
            of.remove(&it);
        }
    }
    Keep::unless(of.is_empty())
}

fn place(meta: &Meta) -> Place {
    (meta.namespace.clone(), meta.name.clone())
}

/// Where a fact is in its table.
fn place_of(fact: &Fact) -> Place {
    match fact {
        Fact::Other(other) => (other.meta.namespace.clone(), other_name(other)),
        known => place(known.meta()),
    }
}

/// Kinds whose objects manage others.
pub(super) const fn is_owner(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ReplicaSet
            | Kind::Deployment
            | Kind::StatefulSet
            | Kind::DaemonSet
            | Kind::Job
            | Kind::CronJob
            | Kind::ReplicationController
            | Kind::Other
    )
}

/// Kinds of which is asked which namespaces have one of a name.
pub(super) const fn has_namesakes(kind: Kind) -> bool {
    matches!(kind, Kind::Service | Kind::ConfigMap | Kind::Secret)
}

/// Kinds whose owner is asked for.
pub(super) const fn has_owner(kind: Kind) -> bool {
    is_owner(kind) || matches!(kind, Kind::Pod)
}
