//! What each problem breaks beside its subject.
//!
//! From the broken Pods the chain goes to their owners, to the Services whose backends
//! they are, to the Ingresses that route there and to the workloads that call those
//! Services and do not work, and from these on to their own Services. Admission webhooks
//! are called through Services too.
//!
//! All of it is followed, however much it is: each object is met once, and what is left out
//! would stand as a problem of its own. Few of them are shown.

use std::collections::{BTreeMap, BTreeSet};

use podside_model::{Affected, Message, ObjectRef, Relation, Severity};

use super::clients::{Clients, working};
use super::fold::{Case, affected, pods};
use crate::facts::{Kind, Labels, Object, Pod, Service, Str, Webhook};
use crate::rules;
use crate::snapshot::{Snapshot, Top};

/// What follows from a case for other objects.
pub(super) struct Followed {
    /// What it breaks, nearest first.
    pub(super) affected: Vec<Affected<Message>>,
    /// The same objects, to be looked up.
    pub(super) broken: BTreeSet<ObjectRef>,
    /// How many of them are something of their own and not merely how the subject is reached;
    /// without the cluster's DNS everything is.
    pub(super) breadth: usize,
    /// Of the workloads among them that merely call what is broken, the containers that fail
    /// because of it.
    pub(super) callers: BTreeMap<ObjectRef, BTreeSet<Str>>,
}

/// Follows what a case breaks.
pub(super) fn follow(snapshot: &Snapshot, clients: &Clients, case: &Case) -> Followed {
    let mut chain = Chain {
        snapshot,
        clients,
        seen: BTreeSet::from([case.whole.clone()]),
        affected: Vec::new(),
        callers: BTreeMap::new(),
    };
    chain.follow(case);
    let mut broken = chain.seen;
    let without_dns = broken
        .iter()
        .any(|object| rules::cluster_dns_is_down(object, snapshot));
    broken.remove(&case.whole);
    Followed {
        breadth: if without_dns {
            usize::MAX
        } else {
            chain.affected.iter().filter(|it| is_beside(it)).count()
        },
        affected: chain.affected,
        broken,
        callers: chain.callers,
    }
}

/// Whether an object is more than the front of what breaks it, as its Service and Ingress are.
fn is_beside(affected: &Affected<Message>) -> bool {
    !matches!(affected.relation, Relation::Backs | Relation::RoutedBy)
}

struct Chain<'a> {
    snapshot: &'a Snapshot,
    clients: &'a Clients,
    seen: BTreeSet<ObjectRef>,
    affected: Vec<Affected<Message>>,
    callers: BTreeMap<ObjectRef, BTreeSet<Str>>,
}

impl<'a> Chain<'a> {
    fn follow(&mut self, case: &Case) {
        let subject = case.finding.subject.without_container();
        for breaks in &case.finding.affects {
            self.add(affected(&subject, breaks));
        }
        let mut broken_pods: BTreeMap<ObjectRef, Vec<&'a Pod>> = BTreeMap::new();
        for pod in pods(self.snapshot, &case.finding) {
            let Some(pod) = self.snapshot.pods.get(&pod.meta.namespace, &pod.meta.name) else {
                continue;
            };
            let top = self.snapshot.top_of(pod).object_ref();
            broken_pods.entry(top).or_default().push(pod);
        }
        for top in &case.tops {
            if !case.owns(top) {
                let object = top.object_ref();
                let shares = case.is_on(&object);
                self.add(Affected {
                    object,
                    by: subject.clone(),
                    relation: if shares {
                        Relation::SharesFault
                    } else {
                        case.finding.relation
                    },
                    state: self.state_of(top),
                });
            }
        }
        for sibling in &case.finding.siblings {
            self.add(Affected {
                object: sibling.subject.without_container(),
                by: subject.clone(),
                relation: Relation::SharesFault,
                state: Message::new("state.shares-fault"),
            });
        }
        let mut services: Vec<&Service> = Vec::new();
        for (top, pods) in &broken_pods {
            services.extend(self.break_services(top, pods));
        }
        services.extend(self.starved(case));
        let is_subject = |service: &Service| service.object_ref() == subject;
        if Kind::Service.is(&subject)
            && let Some(service) = subject
                .namespace
                .as_deref()
                .and_then(|namespace| self.snapshot.services.get(namespace, &subject.name))
        {
            services.push(service);
        }
        // Of a Service that is itself at fault and yet serves, it is not known who meets the
        // fault.
        let serves =
            |service: &Service| case.problem.severity > Severity::Critical && is_subject(service);
        while !services.is_empty() {
            let nearest = std::mem::take(&mut services);
            let dead = nearest.iter().copied().filter(|service| !serves(service));
            let mut working = working(dead, self.snapshot);
            for service in nearest {
                services.extend(self.break_around(service));
                let of = (&*service.meta.namespace, &*service.meta.name);
                for top in working.remove(&of).unwrap_or_default() {
                    self.add_caller(&top, service, BTreeSet::new());
                }
            }
        }
    }

    /// Adds what is reached or called through a Service and fails with it; returns the
    /// Services that are thereby without endpoints.
    fn break_around(&mut self, service: &Service) -> Vec<&'a Service> {
        self.break_ingresses(service);
        self.break_webhooks(service);
        let mut empty = Vec::new();
        for client in self.clients.broken(service, self.snapshot) {
            let object = client.top.object_ref();
            if self.add_caller(&client.top, service, client.containers) {
                empty.extend(self.break_services(&object, &client.pods));
            }
        }
        empty
    }

    /// Adds a workload that calls a Service, with the containers that fail because of it.
    fn add_caller(&mut self, top: &Top, service: &Service, failing: BTreeSet<Str>) -> bool {
        let object = top.object_ref();
        let is_new = self.add(Affected {
            object: object.clone(),
            by: service.object_ref(),
            relation: Relation::DialledBy,
            state: self.state_of(top),
        });
        if is_new {
            self.callers.insert(object, failing);
        }
        is_new
    }

    /// Adds the Services that have lost ready endpoints with these Pods; returns those
    /// that have none left.
    fn break_services(&mut self, by: &ObjectRef, pods: &[&'a Pod]) -> Vec<&'a Service> {
        let mut empty = Vec::new();
        // The Pods of one template have the same labels, by which Services select them.
        let unready = pods.iter().filter(|pod| !pod.is_ready());
        let alike: BTreeMap<(&Str, &Labels), &&'a Pod> = unready
            .map(|pod| ((&pod.meta.namespace, &*pod.meta.labels), pod))
            .collect();
        let mut services: Vec<&'a Service> = alike
            .into_values()
            .flat_map(|pod| self.snapshot.services_of_pod(pod))
            .collect();
        services.sort_by_key(|s| (&s.meta.namespace, &s.meta.name));
        services.dedup_by(|a, b| std::ptr::eq(*a, *b));
        for service in services {
            if service.is_external_name() || service.publish_not_ready {
                continue;
            }
            let backends = self.snapshot.pods_of_service(service);
            let wanted = backends.iter().filter(|p| !p.is_finished()).count();
            let ready = backends.iter().filter(|p| p.is_ready()).count();
            let object = service.object_ref();
            let state = if rules::cluster_dns_is_down(&object, self.snapshot) {
                Message::new("state.no-names")
            } else {
                Message::new("state.endpoints")
                    .with("ready", ready)
                    .with("wanted", wanted)
            };
            let added = self.add(Affected {
                object,
                by: by.clone(),
                relation: Relation::Backs,
                state,
            });
            if added && ready == 0 {
                empty.push(service);
            }
        }
        empty
    }

    /// The Services that a finding names as starved itself: where its Pods do not even
    /// exist, nothing leads from them.
    fn starved(&self, case: &Case) -> Vec<&'a Service> {
        case.finding
            .affects
            .iter()
            .filter(|breaks| breaks.relation == Relation::Backs)
            .filter_map(|breaks| {
                let namespace = breaks.object.namespace.as_deref()?;
                self.snapshot.services.get(namespace, &breaks.object.name)
            })
            .collect()
    }

    /// Adds the admission webhooks that are called through a Service and refuse what they
    /// cannot look at.
    fn break_webhooks(&mut self, service: &Service) {
        let called = |webhook: &Webhook| {
            &*webhook.failure_policy == "Fail"
                && webhook.service.as_ref().is_some_and(|of| {
                    of.name == service.meta.name && of.namespace == service.meta.namespace
                })
        };
        let configurations = self.snapshot.webhooks_through(service);
        for configuration in configurations.filter(|c| c.webhooks.iter().any(called)) {
            self.add(Affected {
                object: configuration.object_ref(),
                by: service.object_ref(),
                relation: Relation::DialledBy,
                state: Message::new("state.broken"),
            });
        }
    }

    fn break_ingresses(&mut self, service: &Service) {
        for ingress in self.snapshot.ingresses_to(service) {
            self.add(Affected {
                object: ingress.object_ref(),
                by: service.object_ref(),
                relation: Relation::RoutedBy,
                state: Message::new("state.no-endpoints"),
            });
        }
    }

    fn add(&mut self, affected: Affected<Message>) -> bool {
        if !self.seen.insert(affected.object.clone()) {
            return false;
        }
        self.affected.push(affected);
        true
    }

    fn state_of(&self, top: &Top) -> Message {
        let pods = self.snapshot.pods_of(top);
        let alive = pods.iter().filter(|p| !p.is_finished()).count();
        Message::new("state.ready")
            .with("ready", pods.iter().filter(|p| p.is_ready()).count())
            .with("wanted", alive)
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
