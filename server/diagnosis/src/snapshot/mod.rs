//! What was observed of a cluster at one moment.

mod chunks;
mod cut;
mod difference;
mod events;
mod footprint;
mod index;
mod logs;
pub(crate) mod misses;
mod owners;
pub(crate) mod pointed;
pub(crate) mod pointing;
pub(crate) mod reads;
mod shards;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use podside_model::{LookedAt, ObjectRef, Why};

use crate::facts::{
    Amounts, ApiService, ConfigMap, ControllerRevision, CronJob, CsiDriver, CsiNode,
    CsiStorageCapacity, DaemonSet, Deployment, EndpointSlice, Endpoints, Event, Fact, Gateway,
    GatewayClass, HorizontalPodAutoscaler, Ingress, IngressClass, Job, Kind, Labels, Lease,
    LimitRange, Meta, Namespace, NetworkPolicy, Node, Object, Other, PersistentVolume,
    PersistentVolumeClaim, Pod, PodDisruptionBudget, PriorityClass, ReferenceGrant, ReplicaSet,
    ReplicationController, ResourceClaim, ResourceQuota, Role, RoleBinding, Route, RuntimeClass,
    Secret, Service, ServiceAccount, StatefulSet, StorageClass, Str, VolumeAttachment,
    WebhookConfiguration, for_each_kind,
};
pub use cut::{Readable, Sees};
pub(crate) use difference::Difference;
use events::EventLog;
pub use events::MOST as MOST_EVENTS;
pub use footprint::Footprint;
use index::Index;
pub use logs::{LogLine, LogOf, LogTail, MOST_LINES};
pub use owners::Top;
use reads::{Key, note, note_time};
use table::Put;
pub use table::{Lookup, Reading, Table};

macro_rules! define_snapshot {
    ($($kind:ident($fact:ty) $group:literal $plural:literal $scope:ident $table:ident |$o:ident| $read:expr;)*) => {
        /// An immutable set of facts with one moment of observation. Rules are
        /// functions of it: they see no clock and no cluster.
        ///
        /// It is filled with [`insert`](Self::insert), says of each kind how far it
        /// could be read ([`set_reading`](Self::set_reading)), and keeps its indexes in
        /// step with each change, so that one change in the cluster costs what it touches.
        ///
        /// A copy is cheap: it shares what it holds with its original. What is read of it
        /// can be [recorded](reads), which is why its parts are reached by methods only.
        #[derive(Clone, Debug)]
        pub struct Snapshot {
            observed_at: Timestamp,
            server_version: Str,
            logs: Arc<BTreeMap<LogOf, LogTail>>,
            $(
                #[doc = concat!("The objects of kind ", stringify!($kind), ".")]
                pub $table: Table<$fact>,
            )*
            /// Objects of other kinds that something points at. Named `KIND.GROUP/NAME`.
            pub others: Table<Other>,
            event_log: EventLog,
            index: Index,
        }

        impl Snapshot {
            /// An empty snapshot, in which nothing has been read yet.
            pub fn new(observed_at: Timestamp) -> Self {
                Self {
                    observed_at,
                    server_version: Str::from(""),
                    logs: Arc::default(),
                    $($table: Table::new(Kind::$kind),)*
                    others: Table::new(Kind::Other),
                    event_log: EventLog::default(),
                    index: Index::default(),
                }
            }

            /// Adds an object, or replaces the one of the same kind and name. Of the events
            /// about one object no more are kept than [`MOST_EVENTS`].
            pub fn insert(&mut self, fact: Fact) {
                let fact = match fact {
                    Fact::Event(event) => return self.insert_event(event),
                    fact => fact,
                };
                match fact {
                    $(Fact::$kind(fact) => {
                        let meta = &fact.meta;
                        let put = self.$table.insert(&meta.namespace, &meta.name, Arc::clone(&fact));
                        let old = match put {
                            Put::Same => return,
                            Put::New => None,
                            Put::Instead(old) => Some(Fact::$kind(old)),
                        };
                        self.index.change(old.as_ref(), Some(&Fact::$kind(fact)));
                    })*
                    Fact::Other(fact) => self.insert_other(fact),
                }
            }

            /// Removes an object; tells whether it was there.
            pub fn remove(&mut self, fact: &Fact) -> bool {
                if let Fact::Event(event) = fact {
                    return self.remove_event(event);
                }
                let meta = fact.meta();
                match fact {
                    $(Fact::$kind(_) => {
                        let old = self.$table.remove(&meta.namespace, &meta.name);
                        if let Some(old) = old {
                            self.index.change(Some(&Fact::$kind(old)), None);
                            true
                        } else {
                            false
                        }
                    })*
                    Fact::Other(fact) => {
                        let old = self.others.remove(&meta.namespace, &other_name(fact));
                        if let Some(old) = old {
                            self.index.change(Some(&Fact::Other(old)), None);
                            true
                        } else {
                            false
                        }
                    }
                }
            }

            /// The objects of a kind, in one namespace or everywhere, to be changed: nobody
            /// hears that they are read.
            pub fn facts_of(&self, kind: Kind, namespace: Option<&str>) -> Vec<Fact> {
                let is_there = |other: &str| namespace.is_none_or(|it| it == other);
                match kind {
                    $(Kind::$kind => {
                        let facts = self.$table.shared(is_there).into_iter();
                        facts.map(Fact::$kind).collect()
                    })*
                    Kind::Other => {
                        let facts = self.others.shared(is_there).into_iter();
                        facts.map(Fact::Other).collect()
                    }
                }
            }

            /// Says how far a kind could be read: in one namespace, or everywhere else.
            pub fn set_reading(&mut self, kind: Kind, namespace: Option<&str>, reading: Reading) {
                let namespace = namespace.map(Str::from);
                match kind {
                    $(Kind::$kind => self.$table.set_reading(namespace, reading),)*
                    Kind::Other => self.others.set_reading(namespace, reading),
                }
            }

            /// How far each kind could be read: of all namespaces (`None`) first.
            pub fn readings(&self) -> Vec<(Kind, Option<&Str>, Reading)> {
                note(Key::Readings);
                let mut all = Vec::new();
                $(all.extend(self.$table.readings().map(|(n, r)| (Kind::$kind, n, r)));)*
                all
            }

            /// How many objects of each kind are here, of those that are.
            pub fn looked_at(&self) -> Vec<LookedAt> {
                let mut counts = vec![
                    $(LookedAt { kind: Kind::$kind.name().to_owned(), count: self.$table.len() },)*
                ];
                counts.retain(|c| c.count > 0);
                counts
            }

            /// The same of one namespace.
            pub fn looked_at_in(&self, namespace: &str) -> Vec<LookedAt> {
                let counts = vec![
                    $(LookedAt {
                        kind: Kind::$kind.name().to_owned(),
                        count: self.$table.in_namespace(namespace).count(),
                    },)*
                ];
                counts.into_iter().filter(|c| c.count > 0).collect()
            }

            /// `metadata` of the object of that kind and name, when it is here.
            pub fn meta_of(&self, kind: Kind, namespace: &str, name: &str) -> Option<&Meta> {
                match kind {
                    $(Kind::$kind => self.$table.get(namespace, name).map(|fact| &fact.meta),)*
                    Kind::Other => None,
                }
            }

            fn cut_tables(&self, sees: &Sees) -> Self {
                let mut cut = Self::new(self.observed_at);
                cut.server_version = Str::clone(&self.server_version);
                $(
                    let left = sees.cut(Kind::$kind, &self.$table);
                    for (namespace, reading) in left.readings {
                        cut.$table.set_reading(namespace, reading);
                    }
                    for fact in left.objects {
                        cut.insert(Fact::$kind(fact));
                    }
                )*
                let left = sees.cut(Kind::Other, &self.others);
                for (namespace, reading) in left.readings {
                    cut.others.set_reading(namespace, reading);
                }
                for fact in left.objects {
                    cut.insert(Fact::Other(fact));
                }
                cut.count_events_like(self);
                cut
            }

            /// How far the objects of a kind in a namespace could be read.
            pub fn reading(&self, kind: Kind, namespace: &str) -> Reading {
                match kind {
                    $(Kind::$kind => self.$table.reading(namespace),)*
                    Kind::Other => self.others.reading(namespace),
                }
            }

            /// Why the objects of a kind in a namespace are not all known; `None` when they are.
            pub fn unreadable(&self, kind: Kind, namespace: &str) -> Option<Why> {
                match kind {
                    $(Kind::$kind => self.$table.unreadable(namespace),)*
                    Kind::Other => self.others.unreadable(namespace),
                }
            }

            fn compare_tables(&self, older: &Self, difference: &mut Difference) {
                let mut read_alike = true;
                $(
                    if !self.$table.is_read_like(&older.$table) {
                        read_alike = false;
                        difference.note(Key::Reading(Kind::$kind));
                    }
                    self.$table.differences(&older.$table, |name, old, new| {
                        let fact = |fact: &Arc<$fact>| Fact::$kind(Arc::clone(fact));
                        difference.object(name, old.map(fact).as_ref(), new.map(fact).as_ref());
                    });
                )*
                if !self.others.is_read_like(&older.others) {
                    read_alike = false;
                    difference.note(Key::Reading(Kind::Other));
                }
                self.others.differences(&older.others, |name, old, new| {
                    let fact = |fact: &Arc<Other>| Fact::Other(Arc::clone(fact));
                    difference.object(name, old.map(fact).as_ref(), new.map(fact).as_ref());
                });
                if !read_alike {
                    difference.note(Key::Readings);
                }
            }
        }
    };
}
for_each_kind!(define_snapshot);

impl Snapshot {
    /// The moment that it shows. A rule had better ask whether a time
    /// [has passed](Self::has_passed), which changes but once.
    pub fn observed_at(&self) -> Timestamp {
        note_time(i64::MAX, i64::MIN);
        self.observed_at
    }

    /// Sets the moment that it shows. Ages are counted from here.
    pub fn set_observed_at(&mut self, at: Timestamp) {
        self.observed_at = at;
    }

    /// `gitVersion` of the API server, such as `v1.36.2`; empty when not known.
    pub fn server_version(&self) -> &Str {
        note(Key::Version);
        &self.server_version
    }

    /// Sets `gitVersion` of the API server.
    pub fn set_server_version(&mut self, version: impl Into<Str>) {
        self.server_version = version.into();
    }

    /// Says of every kind that it could be read completely.
    pub fn set_all_known(&mut self) {
        for kind in Kind::ALL {
            self.set_reading(*kind, None, Reading::Known);
        }
        self.set_reading(Kind::Other, None, Reading::Known);
    }

    /// The events about an object, newest first. Events about an older object of the
    /// same name, which has another uid, are left out. No more than [`MOST_EVENTS`] are told
    /// of, as every rule that asks looks through them.
    pub fn events_of<'a>(&'a self, object: &'a impl Object) -> impl Iterator<Item = &'a Event> {
        let meta = object.meta();
        self.events_about(object.group(), object.kind(), &meta.namespace, &meta.name)
            .filter(move |e| {
                e.about.uid.is_empty() || meta.uid.is_empty() || e.about.uid == meta.uid
                // The kubelet puts a Node's name where its uid belongs.
                || object.kind() == Kind::Node.name()
            })
    }

    /// The events about whatever has that group, kind and name, newest first.
    pub fn events_about<'a, 'b>(
        &'a self,
        group: &'b str,
        kind: &'b str,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = &'a Event> {
        note(Key::About(namespace, name));
        self.events.doubt(namespace);
        self.event_log
            .of(namespace, name)
            .filter(move |e| *e.about.kind.name == *kind && *e.about.kind.group == *group)
    }

    /// The Pods of a namespace that carry all of these labels, by name. No labels
    /// select no Pod, as in a Service.
    pub fn pods_with<'a>(&'a self, namespace: &'a str, labels: &Labels) -> Vec<&'a Pod> {
        // A Pod that carries all of them carries the first.
        if let Some((label, value)) = labels.first_key_value() {
            note(Key::Labelled(namespace, label, value));
        }
        self.pods.doubt(namespace);
        let mut names: Vec<&Str> = self.index.pods_with(namespace, labels).collect();
        names.sort_unstable();
        names
            .into_iter()
            .filter_map(|name| self.pods.known(namespace, name))
            .collect()
    }

    /// The Pods that a Service selects, by name.
    pub fn pods_of_service<'a>(&'a self, service: &'a Service) -> Vec<&'a Pod> {
        self.pods_with(&service.meta.namespace, &service.selector)
    }

    /// The Services that select a Pod, by name.
    pub fn services_of_pod<'a>(&'a self, pod: &'a Pod) -> impl Iterator<Item = &'a Service> {
        let namespace = &*pod.meta.namespace;
        self.services.doubt(namespace);
        let mut names: Vec<&Str> = Vec::new();
        for value in pod.meta.labels.values() {
            note(Key::Selecting(namespace, value));
            names.extend(self.index.selecting(namespace, value));
        }
        names.sort_unstable();
        names.dedup();
        names
            .into_iter()
            .filter_map(move |name| self.services.known(namespace, name))
            .filter(|s| s.selects(&pod.meta.labels))
    }

    /// The Pods on a node, by namespace and name.
    pub fn pods_on_node<'a>(&'a self, node: &str) -> impl Iterator<Item = &'a Pod> {
        note(Key::OnNode(node));
        self.pods.doubt_all();
        self.index
            .on_node(node)
            .filter_map(|(namespace, name)| self.pods.known(namespace, name))
    }

    /// The Pods on a node that keep others away by required anti-affinity, by namespace
    /// and name. Who asks of one node asks of all, so they are noted as one.
    pub fn pods_keeping_away<'a>(&'a self, node: &str) -> impl Iterator<Item = &'a Pod> {
        note(Key::KeepingAway);
        self.pods.doubt_all();
        self.index
            .keeping_away(node)
            .filter_map(|(namespace, name)| self.pods.known(namespace, name))
    }

    /// What the Pods on a node have been promised of its resources, in thousandths, and
    /// how many there are (`pods`). `None` for a node without Pods. Noted of all nodes as
    /// one, too.
    pub fn used_on(&self, node: &str) -> Option<&Amounts> {
        note(Key::Used);
        self.pods.doubt_all();
        self.index.used_on(node)
    }

    /// The EndpointSlices of a Service, by name.
    pub fn slices_of<'a>(
        &'a self,
        service: &'a Service,
    ) -> impl Iterator<Item = &'a EndpointSlice> {
        let (namespace, name) = (&*service.meta.namespace, &*service.meta.name);
        note(Key::Around(Kind::EndpointSlice, namespace, name));
        self.endpoint_slices.doubt(namespace);
        self.index
            .around(Kind::EndpointSlice, namespace, name)
            .filter_map(move |slice| self.endpoint_slices.known(namespace, slice))
    }

    /// The Ingresses that route to a Service, by name.
    pub fn ingresses_to<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Ingress> {
        let (namespace, name) = (&*service.meta.namespace, &*service.meta.name);
        note(Key::Around(Kind::Ingress, namespace, name));
        self.ingresses.doubt(namespace);
        self.index
            .around(Kind::Ingress, namespace, name)
            .filter_map(move |ingress| self.ingresses.known(namespace, ingress))
    }

    /// The configurations of webhooks that are called through a Service, the validating
    /// ones first, by name.
    pub fn webhooks_through<'a>(
        &'a self,
        service: &'a Service,
    ) -> impl Iterator<Item = &'a WebhookConfiguration> {
        let (namespace, name) = (&*service.meta.namespace, &*service.meta.name);
        let tables = [
            (
                Kind::ValidatingWebhookConfiguration,
                &self.validating_webhooks,
            ),
            (Kind::MutatingWebhookConfiguration, &self.mutating_webhooks),
        ];
        tables.into_iter().flat_map(move |(kind, table)| {
            note(Key::Around(kind, namespace, name));
            table.doubt_all();
            let names = self.index.around(kind, namespace, name);
            names.filter_map(|configuration| table.known("", configuration))
        })
    }

    /// The other namespaces that have an object of a name, by name. `kind` is Service,
    /// ConfigMap or Secret.
    pub fn elsewhere<'a>(
        &'a self,
        kind: Kind,
        namespace: &'a str,
        name: &str,
    ) -> impl Iterator<Item = &'a Str> {
        note(Key::Namesakes(kind, name));
        match kind {
            Kind::Service => self.services.doubt_all(),
            Kind::ConfigMap => self.config_maps.doubt_all(),
            Kind::Secret => self.secrets.doubt_all(),
            _ => {}
        }
        let namespaces = self.index.namesakes(kind, name);
        namespaces.filter(move |other| ***other != *namespace)
    }

    /// How long before the snapshot something was, in seconds; never negative. As exact as
    /// a text need be: whole minutes after the first one, whole hours after the first day.
    /// So what is told of an age is looked at anew as seldom as it reads otherwise. Whether
    /// something is old enough is asked with [`has_passed`](Self::has_passed).
    pub fn age(&self, at: Timestamp) -> i64 {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 3600;
        const DAY: i64 = 86_400;
        let at = at.as_second();
        let seconds = (self.observed_at.as_second() - at).max(0);
        let unit = match seconds {
            ..MINUTE => 1,
            MINUTE..DAY => MINUTE,
            DAY.. => HOUR,
        };
        let age = seconds - seconds % unit;
        let from = if age == 0 { i64::MIN } else { at + age };
        note_time(from, at + age + unit);
        age
    }

    /// Whether at least so many seconds have passed since something.
    pub fn has_passed(&self, at: Timestamp, seconds: i64) -> bool {
        let when = at.as_second().saturating_add(seconds);
        let passed = self.observed_at.as_second() >= when;
        if passed {
            note_time(when, i64::MAX);
        } else {
            note_time(i64::MIN, when);
        }
        passed
    }

    /// The last lines of a log, when they were fetched.
    pub fn log(&self, of: &LogOf) -> Option<&LogTail> {
        note(Key::Log(&of.namespace, &of.pod, &of.container, of.previous));
        self.logs.get(of)
    }

    /// The logs of which lines were read, with their last lines.
    pub fn logs_read(&self) -> impl Iterator<Item = (&LogOf, &[LogLine])> {
        self.logs.iter().filter_map(|(of, tail)| match tail {
            LogTail::Lines(lines) => Some((of, &**lines)),
            LogTail::Unreadable(_) => None,
        })
    }

    /// Puts in the last lines of a log, because a rule wanted them.
    pub fn insert_log(&mut self, of: LogOf, tail: LogTail) {
        Arc::make_mut(&mut self.logs).insert(of, tail);
    }

    /// Sets which logs there are.
    pub fn set_logs(&mut self, logs: BTreeMap<LogOf, LogTail>) {
        self.logs = Arc::new(logs);
    }

    /// The object of a kind that has no table of its own, when it is here.
    pub fn other(&self, object: &ObjectRef) -> Option<&Other> {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let name = name_among_others(&object.kind, &object.group, &object.name);
        self.others.get(namespace, &name)
    }

    fn insert_other(&mut self, fact: Arc<Other>) {
        let namespace = Str::clone(&fact.meta.namespace);
        let put = self
            .others
            .insert(&namespace, &other_name(&fact), Arc::clone(&fact));
        let old = match put {
            Put::Same => return,
            Put::New => None,
            Put::Instead(old) => Some(Fact::Other(old)),
        };
        self.index.change(old.as_ref(), Some(&Fact::Other(fact)));
    }
}

fn other_name(fact: &Other) -> Str {
    name_among_others(&fact.kind, fact.group(), &fact.meta.name)
}

fn name_among_others(kind: &str, group: &str, name: &str) -> Str {
    Str::from(format!("{kind}.{group}/{name}"))
}

#[cfg(test)]
mod tests;
