//! What one snapshot shows otherwise than an earlier one.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::Snapshot;
use super::index::{
    first_value, has_namesakes, has_owner, is_owner, is_promised_alike, keeps_away, services_of,
};
use super::reads::Key;
use crate::facts::{Fact, Kind, Labels, Meta, Pod, Service, Str};

/// What changed from one snapshot to another.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// The objects that are new, changed or gone: kind, namespace and name.
    pub(crate) objects: Vec<(Kind, Str, Str)>,
    /// The hashes of the [keys](Key) that may read otherwise.
    pub(crate) keys: HashSet<u64>,
    /// The moments that they show, when these differ: the older snapshot's first.
    pub(crate) time: Option<(Timestamp, Timestamp)>,
}

impl Difference {
    pub(super) fn note(&mut self, key: Key<'_>) {
        self.keys.insert(key.hashed());
    }

    /// Takes in that an object was one thing and is another.
    pub(super) fn object(&mut self, name: &Str, old: Option<&Fact>, new: Option<&Fact>) {
        let Some(fact) = new.or(old) else { return };
        let (kind, namespace) = (fact.kind(), &fact.meta().namespace);
        self.objects
            .push((kind, Str::clone(namespace), Str::clone(name)));
        self.note(Key::Object(kind, namespace, name));
        self.note(Key::Within(kind, namespace));
        self.note(Key::All(kind));
        self.owners(kind, old.map(Fact::meta), new.map(Fact::meta));
        if has_namesakes(kind) && old.is_some() != new.is_some() {
            self.note(Key::Namesakes(kind, name));
        }
        for (namespace, service) in [old, new].into_iter().flatten().flat_map(services_of) {
            self.note(Key::Around(kind, &namespace, &service));
        }
        match fact {
            Fact::Pod(_) => self.pod(old.and_then(pod), new.and_then(pod)),
            Fact::Event(_) => {
                for fact in [old, new].into_iter().flatten() {
                    if let Fact::Event(event) = fact {
                        self.note(Key::About(&event.about.namespace, &event.about.name));
                    }
                }
            }
            Fact::Service(_) => {
                for fact in [old, new].into_iter().flatten() {
                    if let Fact::Service(service) = fact {
                        self.service(service);
                    }
                }
            }
            _ => {}
        }
    }

    fn owners(&mut self, kind: Kind, old: Option<&Meta>, new: Option<&Meta>) {
        let owner = |meta: Option<&Meta>| meta.and_then(Meta::controller).cloned();
        let (before, after) = (owner(old), owner(new));
        if has_owner(kind) {
            for owner in [&before, &after].into_iter().flatten() {
                self.note(Key::Owned(&owner.uid));
            }
        }
        let (old_uid, new_uid) = (old.map(|m| &m.uid), new.map(|m| &m.uid));
        if is_owner(kind) && (old_uid != new_uid || before != after) {
            for uid in [old_uid, new_uid].into_iter().flatten() {
                self.note(Key::Uid(uid));
            }
        }
    }

    fn pod(&mut self, old: Option<&Pod>, new: Option<&Pod>) {
        let promised_alike = is_promised_alike(old, new);
        for pod in [old, new].into_iter().flatten() {
            if !pod.node.is_empty() {
                self.note(Key::OnNode(&pod.node));
                if keeps_away(pod) {
                    self.note(Key::KeepingAway);
                }
                if !promised_alike {
                    self.note(Key::Used);
                }
            }
            for (label, value) in &*pod.meta.labels {
                self.note(Key::Labelled(&pod.meta.namespace, label, value));
            }
        }
        let labels =
            |pod: Option<&Pod>| -> Option<Arc<Labels>> { pod.map(|p| Arc::clone(&p.meta.labels)) };
        if labels(old) != labels(new)
            && let Some(pod) = new.or(old)
        {
            self.note(Key::LabelSets(&pod.meta.namespace));
        }
    }

    fn service(&mut self, service: &Service) {
        if let Some(value) = first_value(service) {
            self.note(Key::Selecting(&service.meta.namespace, value));
        }
    }

    fn logs(&mut self, older: &Snapshot, newer: &Snapshot) {
        let changed = |a: &Snapshot, b: &Snapshot| -> Vec<super::LogOf> {
            a.logs
                .iter()
                .filter(|(of, tail)| b.logs.get(of) != Some(tail))
                .map(|(of, _)| of.clone())
                .collect()
        };
        for of in changed(older, newer)
            .into_iter()
            .chain(changed(newer, older))
        {
            self.note(Key::Log(&of.namespace, &of.pod, &of.container, of.previous));
        }
    }
}

fn pod(fact: &Fact) -> Option<&Pod> {
    match fact {
        Fact::Pod(pod) => Some(pod),
        _ => None,
    }
}

impl Snapshot {
    /// What changed since an older snapshot. Costs what the
    /// namespaces hold in which something changed, when one was copied from the other.
    pub(crate) fn difference(&self, older: &Self) -> Difference {
        let mut difference = Difference::default();
        self.compare_tables(older, &mut difference);
        difference.logs(older, self);
        if self.server_version != older.server_version {
            difference.note(Key::Version);
        }
        let (was, now) = (older.observed_at, self.observed_at);
        difference.time = (was != now).then_some((was, now));
        difference
    }
}
