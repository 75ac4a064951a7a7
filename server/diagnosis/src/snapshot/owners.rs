use podside_model::ObjectRef;

use super::Snapshot;
use super::pointed::point;
use super::reads::{Key, note};
use crate::facts::{
    Deployment, Kind, KindRef, Labels, Meta, Object, Pod, ReplicaSet, Str, Template,
};

/// The owner at the top of a chain of owners: the object that a person changes when
/// what it owns is at fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Top {
    /// The API kind in its group; that of a foreign controller, such as `Rollout`, as it is.
    pub kind: KindRef,
    /// The namespace; empty for a cluster-scoped owner.
    pub namespace: Str,
    /// The name.
    pub name: Str,
    /// The uid; empty when not known.
    pub uid: Str,
}

impl Top {
    /// The owner as a reference.
    pub fn object_ref(&self) -> ObjectRef {
        self.kind.object(&self.namespace, &self.name)
    }
}

/// The longest chain of owners that is followed. Kubernetes' own end after three;
/// references that go in a circle end here.
const LONGEST_CHAIN: usize = 8;

impl Snapshot {
    /// The owner at the top of an object, or the object itself when nothing owns it.
    ///
    /// A controller that is not among the facts ends the chain: it is the top, by the
    /// name that its dependants give it. A static Pod is its own top, though a Node owns it.
    pub fn top_of(&self, object: &impl Object) -> Top {
        let kind = KindRef {
            name: Str::from(object.kind()),
            group: Str::from(object.group()),
        };
        self.top_above(kind, object.meta())
    }

    /// The same of an object of that kind with that `metadata`.
    pub(crate) fn top_above(&self, kind: KindRef, meta: &Meta) -> Top {
        let mut top = Top {
            kind,
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
            uid: meta.uid.clone(),
        };
        let mut at = Some(meta);
        for _ in 0..LONGEST_CHAIN {
            let Some(owner) = at.and_then(Meta::controller) else {
                break;
            };
            if owner.kind.is(Kind::Node) || owner.name.is_empty() {
                break;
            }
            if owner.kind.known().is_none() {
                point(|| owner.kind.object(&meta.namespace, &owner.name));
            }
            note(Key::Uid(&owner.uid));
            at = self
                .index
                .by_uid(&owner.uid)
                .and_then(|(kind, (namespace, name))| self.owner(kind, namespace, name));
            top = Top {
                kind: owner.kind.clone(),
                // What owns an object of a namespace is in it or in none.
                namespace: at.map_or(&meta.namespace, |it| &it.namespace).clone(),
                name: owner.name.clone(),
                uid: owner.uid.clone(),
            };
        }
        top
    }

    /// `metadata` of an owner at the top, when it is among the facts.
    pub(crate) fn meta_of_top(&self, top: &Top) -> Option<&Meta> {
        match top.kind.known() {
            Some(kind) => self.meta_of(kind, &top.namespace, &top.name),
            None => {
                let name = super::name_among_others(&top.kind.name, &top.kind.group, &top.name);
                self.others.get(&top.namespace, &name).map(Object::meta)
            }
        }
    }

    /// The Pods that an owner manages, directly or through ReplicaSets and Jobs, by name.
    pub fn pods_under(&self, owner_uid: &str) -> Vec<&Pod> {
        let mut pods = Vec::new();
        let mut owners = vec![owner_uid];
        for _ in 0..LONGEST_CHAIN {
            let mut next = Vec::new();
            for uid in owners {
                note(Key::Owned(uid));
                for (kind, (namespace, name)) in self.index.owned_by(uid) {
                    if *kind == Kind::Pod {
                        pods.extend(self.pods.known(namespace, name));
                    } else if let Some(meta) = self.owner(*kind, namespace, name) {
                        next.push(&*meta.uid);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            owners = next;
        }
        pods.sort_by(|a, b| {
            (&a.meta.namespace, &a.meta.name).cmp(&(&b.meta.namespace, &b.meta.name))
        });
        pods.dedup_by(|a, b| std::ptr::eq(*a, *b));
        pods
    }

    /// `metadata` of an object that owns others. Only its owner and its uid are read of
    /// it, and the keys under which it was found change with these.
    fn owner(&self, kind: Kind, namespace: &str, name: &str) -> Option<&Meta> {
        match kind {
            Kind::ReplicaSet => self.replica_sets.known(namespace, name).map(Object::meta),
            Kind::Deployment => self.deployments.known(namespace, name).map(Object::meta),
            Kind::StatefulSet => self.stateful_sets.known(namespace, name).map(Object::meta),
            Kind::DaemonSet => self.daemon_sets.known(namespace, name).map(Object::meta),
            Kind::Job => self.jobs.known(namespace, name).map(Object::meta),
            Kind::CronJob => self.cron_jobs.known(namespace, name).map(Object::meta),
            Kind::ReplicationController => self
                .replication_controllers
                .known(namespace, name)
                .map(Object::meta),
            Kind::Other => self.others.known(namespace, name).map(Object::meta),
            _ => None,
        }
    }

    /// The ReplicaSets of a Deployment, the newest revision first.
    pub fn revisions_of(&self, deployment: &Deployment) -> Vec<&ReplicaSet> {
        note(Key::Owned(&deployment.meta.uid));
        self.replica_sets.doubt(&deployment.meta.namespace);
        let mut revisions: Vec<&ReplicaSet> = self
            .index
            .owned_by(&deployment.meta.uid)
            .filter(|(kind, _)| *kind == Kind::ReplicaSet)
            .filter_map(|(_, (namespace, name))| self.replica_sets.known(namespace, name))
            .collect();
        revisions.sort_by_key(|set| std::cmp::Reverse(set.revision));
        revisions
    }

    /// The Pods whose top owner is `top`, by name: the Pod itself when it is one.
    pub fn pods_of(&self, top: &Top) -> Vec<&Pod> {
        if top.kind.is(Kind::Pod) {
            return self
                .pods
                .get(&top.namespace, &top.name)
                .into_iter()
                .collect();
        }
        self.pods.doubt(&top.namespace);
        self.pods_under(&top.uid)
    }

    /// The Pod template of a workload, when the workload is among the facts.
    pub fn template_of(&self, top: &Top) -> Option<&Template> {
        let (namespace, name) = (&*top.namespace, &*top.name);
        match top.kind.known()? {
            Kind::Deployment => self.deployments.get(namespace, name).map(|w| &w.template),
            Kind::StatefulSet => self.stateful_sets.get(namespace, name).map(|w| &w.template),
            Kind::DaemonSet => self.daemon_sets.get(namespace, name).map(|w| &w.template),
            Kind::ReplicaSet => self.replica_sets.get(namespace, name).map(|w| &w.template),
            Kind::Job => self.jobs.get(namespace, name).map(|w| &w.template),
            Kind::CronJob => self.cron_jobs.get(namespace, name).map(|w| &w.template),
            Kind::ReplicationController => self
                .replication_controllers
                .get(namespace, name)
                .map(|w| &w.template),
            _ => None,
        }
    }

    /// The sets of labels that Pods of a namespace carry, each with the number of its
    /// Pods, in the order of the labels: what a selector that matches nothing is
    /// compared with.
    pub fn label_sets(&self, namespace: &str) -> Vec<(&Labels, usize)> {
        note(Key::LabelSets(namespace));
        self.pods.doubt(namespace);
        let mut sets: Vec<_> = self.index.label_sets(namespace).collect();
        sets.sort_unstable();
        sets
    }
}
