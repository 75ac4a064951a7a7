//! What each problem breaks beside its subject.
//!
//! From the broken Pods the chain goes to their owners, to the Services whose backends
//! they are, to the Ingresses that route there and to the workloads that call those
//! Services and do not work, and from these on to their own Services. Admission webhooks
//! are called through Services too.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use podside_model::{Affected, Message, ObjectRef, Relation, Severity};

use super::clients::{Clients, working};
use super::fold::{Case, affected, pods};
use crate::facts::{Kind, Object, Pod, Service, Str, Webhook};
use crate::snapshot::{Snapshot, Top};

/// The most objects that one problem lists as affected.
const MOST: usize = 64;

/// What a case breaks, and of the workloads among it that merely call what is broken, the
/// containers that fail because of it.
pub(super) fn follow(
    snapshot: &Snapshot,
    clients: &Clients,
    case: &Case,
) -> (Vec<Affected<Message>>, BTreeMap<ObjectRef, BTreeSet<Str>>) {
    let mut chain = Chain {
        snapshot,
        clients,
        seen: BTreeSet::from([case.whole.clone()]),
        affected: Vec::new(),
        callers: BTreeMap::new(),
    };
    chain.follow(case);
    (chain.affected, chain.callers)
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
                self.add(Affected {
                    object: top.object_ref(),
                    by: subject.clone(),
                    relation: case.finding.relation,
                    state: self.state_of(top),
                });
            }
        }
        let mut services: VecDeque<&Service> = VecDeque::new();
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
            services.push_back(service);
        }
        while let Some(service) = services.pop_front() {
            if self.affected.len() >= MOST {
                return;
            }
            self.break_ingresses(service);
            self.break_webhooks(service);
            for client in self.clients.broken(service, self.snapshot) {
                let object = client.top.object_ref();
                if self.add_caller(&client.top, service, client.containers) {
                    services.extend(self.break_services(&object, &client.pods));
                }
            }
            // Of a Service that is itself at fault and yet serves, it is not known who meets the
            // fault.
            let serves = case.problem.severity > Severity::Critical && is_subject(service);
            for top in working(service, self.snapshot) {
                if !serves {
                    self.add_caller(&top, service, BTreeSet::new());
                }
            }
        }
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
        let mut services: Vec<&'a Service> = pods
            .iter()
            .take(MOST)
            .filter(|pod| !pod.is_ready())
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
            let added = self.add(Affected {
                object: service.object_ref(),
                by: by.clone(),
                relation: Relation::Backs,
                state: Message::new("state.endpoints")
                    .with("ready", ready)
                    .with("wanted", wanted),
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
        if self.affected.len() >= MOST || !self.seen.insert(affected.object.clone()) {
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
