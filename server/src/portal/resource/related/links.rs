//! What an object leads to, kind by kind.

use std::collections::BTreeSet;

use podside_diagnosis::facts::{Kind, Meta, Object, Pod, TargetRef, Template};
use podside_diagnosis::snapshot::Snapshot;
use podside_model::ObjectRef;

use super::Relation;
use super::users::{names, pods_with, used, users};

/// One object that another leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) relation: Relation,
    pub(super) object: ObjectRef,
    /// Whether the other is well without it.
    pub(super) is_optional: bool,
}

/// Links while they are being gathered: those of one relation stand together.
#[derive(Default)]
struct Links(Vec<Link>);

impl Links {
    fn add(&mut self, relation: Relation, object: ObjectRef) {
        self.put(relation, object, false);
    }

    fn put(&mut self, relation: Relation, object: ObjectRef, is_optional: bool) {
        let link = Link {
            relation,
            object,
            is_optional,
        };
        if !self.0.contains(&link) {
            self.0.push(link);
        }
    }

    /// The object of that kind, unless the name is empty.
    fn named(&mut self, relation: Relation, kind: Kind, namespace: &str, name: &str) {
        if !name.is_empty() {
            self.add(relation, named(kind, namespace, name));
        }
    }
}

/// What an object leads to, what is nearest first. Those of one relation stand together.
pub(super) fn links(snapshot: &Snapshot, object: &ObjectRef) -> Vec<Link> {
    let Some(kind) = Kind::of(object) else {
        return Vec::new();
    };
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let name = &*object.name;
    let mut links = Links::default();
    let meta = snapshot.meta_of(kind, namespace, name);
    if let Some(owner) = meta.and_then(Meta::controller) {
        links.add(
            Relation::OwnedBy,
            owner
                .kind
                .object(namespace_of(owner.kind.known(), namespace), &owner.name),
        );
    }
    match kind {
        Kind::Pod => {
            if let Some(pod) = snapshot.pods.get(namespace, name) {
                of_pod(snapshot, pod, &mut links);
            }
        }
        Kind::Service => of_service(snapshot, namespace, name, &mut links),
        Kind::EndpointSlice => {
            if let Some(slice) = snapshot.endpoint_slices.get(namespace, name) {
                let service = &slice.service;
                links.named(Relation::Endpoints, Kind::Service, namespace, service);
                for endpoint in &slice.endpoints {
                    links.named(Relation::RoutesTo, Kind::Pod, namespace, &endpoint.pod);
                }
            }
        }
        Kind::Ingress => {
            if let Some(ingress) = snapshot.ingresses.get(namespace, name) {
                for backend in &ingress.backends {
                    let service = &backend.service;
                    links.named(Relation::RoutesTo, Kind::Service, namespace, service);
                }
                for tls in &ingress.tls {
                    links.named(Relation::Uses, Kind::Secret, namespace, &tls.secret);
                }
                links.named(Relation::OfClass, Kind::IngressClass, "", &ingress.class);
            }
        }
        Kind::HorizontalPodAutoscaler => {
            if let Some(scaler) = snapshot.autoscalers.get(namespace, name) {
                let TargetRef { kind, name } = &scaler.target;
                links.add(Relation::Scales, kind.object(namespace, name));
            }
        }
        Kind::PodDisruptionBudget => {
            if let Some(budget) = snapshot.disruption_budgets.get(namespace, name) {
                let pods = snapshot.pods.in_namespace(namespace);
                for pod in pods.filter(|pod| budget.selector.matches(&pod.meta.labels)) {
                    links.add(Relation::Selects, pod.object_ref());
                }
            }
        }
        Kind::PersistentVolumeClaim => {
            if let Some(claim) = snapshot.claims.get(namespace, name) {
                links.named(Relation::BoundTo, Kind::PersistentVolume, "", &claim.volume);
                let class = claim.class.as_deref().unwrap_or_default();
                links.named(Relation::OfClass, Kind::StorageClass, "", class);
            }
            for pod in pods_with(snapshot, object) {
                links.add(Relation::UsedBy, pod.object_ref());
            }
        }
        Kind::PersistentVolume => {
            if let Some(volume) = snapshot.volumes.get("", name) {
                if let Some((namespace, claim)) = &volume.claim {
                    let kind = Kind::PersistentVolumeClaim;
                    links.named(Relation::BoundTo, kind, namespace, claim);
                }
                links.named(Relation::OfClass, Kind::StorageClass, "", &volume.class);
            }
        }
        Kind::StorageClass => {
            let claims = snapshot.claims.iter();
            for claim in claims.filter(|claim| claim.class.as_deref() == Some(name)) {
                links.add(Relation::UsedBy, claim.object_ref());
            }
        }
        Kind::ConfigMap | Kind::Secret => {
            let is_named = |spec: &_, pod: Option<&str>| names(namespace, spec, pod, object);
            for user in users(snapshot, namespace, is_named) {
                links.add(Relation::UsedBy, user);
            }
            for ingress in snapshot.ingresses.in_namespace(namespace) {
                if kind == Kind::Secret && ingress.tls.iter().any(|tls| *tls.secret == *name) {
                    links.add(Relation::UsedBy, ingress.object_ref());
                }
            }
        }
        Kind::ServiceAccount => {
            for user in users(snapshot, namespace, |spec, _| {
                spec.service_account_name() == name
            }) {
                links.add(Relation::UsedBy, user);
            }
        }
        _ => of_workload(snapshot, kind, object, meta, &mut links),
    }
    links.0
}

fn of_pod(snapshot: &Snapshot, pod: &Pod, links: &mut Links) {
    let namespace = &*pod.meta.namespace;
    links.named(Relation::RunsOn, Kind::Node, "", &pod.node);
    links.named(
        Relation::RunsAs,
        Kind::ServiceAccount,
        namespace,
        pod.spec.service_account_name(),
    );
    for used in used(namespace, &pod.spec, Some(&pod.meta.name)) {
        links.put(Relation::Uses, used.object, used.is_optional);
    }
    for service in snapshot.services_of_pod(pod) {
        links.add(Relation::SelectedBy, service.object_ref());
    }
}

fn of_service(snapshot: &Snapshot, namespace: &str, name: &str, links: &mut Links) {
    let Some(service) = snapshot.services.get(namespace, name) else {
        return;
    };
    let slices: Vec<_> = snapshot.slices_of(service).collect();
    for slice in &slices {
        links.add(Relation::Endpoints, slice.object_ref());
    }
    let behind = slices.iter().flat_map(|slice| &slice.endpoints);
    let behind: BTreeSet<&str> = behind.map(|endpoint| &*endpoint.pod).collect();
    for pod in behind {
        links.named(Relation::RoutesTo, Kind::Pod, namespace, pod);
    }
    // What it selects and does not serve is why it does not.
    for pod in snapshot.pods_of_service(service) {
        let pod = pod.object_ref();
        if !links.0.iter().any(|link| link.object == pod) {
            links.add(Relation::Selects, pod);
        }
    }
    for ingress in snapshot.ingresses_to(service) {
        links.add(Relation::RoutedFrom, ingress.object_ref());
    }
}

/// What makes Pods: what it makes, what its template uses, and what selects its Pods.
fn of_workload(
    snapshot: &Snapshot,
    kind: Kind,
    object: &ObjectRef,
    meta: Option<&Meta>,
    links: &mut Links,
) {
    let (Some(meta), Some(template)) = (meta, template(snapshot, kind, object)) else {
        return;
    };
    let namespace = &*meta.namespace;
    match kind {
        Kind::Deployment => {
            let sets = snapshot.deployments.get(namespace, &meta.name);
            let sets = sets.map(|it| snapshot.revisions_of(it)).unwrap_or_default();
            // Those of the past are empty; the newest one is what it makes now.
            for (at, set) in sets.into_iter().enumerate() {
                if at == 0 || set.replicas.current > 0 || set.replicas.wanted > 0 {
                    links.add(Relation::Owns, set.object_ref());
                }
            }
        }
        Kind::CronJob => {
            let jobs = snapshot.jobs.in_namespace(namespace);
            let is_own = |job: &&podside_diagnosis::facts::Job| {
                job.meta.controller().is_some_and(|it| it.uid == meta.uid)
            };
            let mut jobs: Vec<_> = jobs.filter(is_own).collect();
            jobs.sort_by_key(|job| std::cmp::Reverse(job.meta.created));
            for job in jobs {
                links.add(Relation::Owns, job.object_ref());
            }
        }
        _ => {}
    }
    for pod in snapshot.pods_under(&meta.uid) {
        links.add(Relation::Owns, pod.object_ref());
    }
    if kind == Kind::StatefulSet {
        of_stateful_set(snapshot, namespace, &meta.name, links);
    }
    let account = template.spec.service_account_name();
    links.named(Relation::RunsAs, Kind::ServiceAccount, namespace, account);
    for used in used(namespace, &template.spec, None) {
        links.put(Relation::Uses, used.object, used.is_optional);
    }
    for service in snapshot.services.in_namespace(namespace) {
        if service.selects(&template.labels) {
            links.add(Relation::SelectedBy, service.object_ref());
        }
    }
    for scaler in snapshot.autoscalers.in_namespace(namespace) {
        let is_target = scaler.target.kind.is(kind) && scaler.target.name == meta.name;
        if is_target {
            links.add(Relation::ScaledBy, scaler.object_ref());
        }
    }
}

/// The claims of a StatefulSet's Pods, named `TEMPLATE-SET-ORDINAL`.
fn of_stateful_set(snapshot: &Snapshot, namespace: &str, name: &str, links: &mut Links) {
    let Some(set) = snapshot.stateful_sets.get(namespace, name) else {
        return;
    };
    for claim in snapshot.claims.in_namespace(namespace) {
        let is_own = |(template, _): &(_, _)| {
            let template: &podside_diagnosis::facts::Str = template;
            let rest = claim.meta.name.strip_prefix(&format!("{template}-{name}-"));
            rest.is_some_and(|rest| rest.parse::<u32>().is_ok())
        };
        if set.claim_templates.iter().any(is_own) {
            links.add(Relation::Owns, claim.object_ref());
        }
    }
}

fn template<'a>(snapshot: &'a Snapshot, kind: Kind, object: &ObjectRef) -> Option<&'a Template> {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let name = &*object.name;
    match kind {
        Kind::Deployment => snapshot
            .deployments
            .get(namespace, name)
            .map(|it| &it.template),
        Kind::ReplicaSet => snapshot
            .replica_sets
            .get(namespace, name)
            .map(|it| &it.template),
        Kind::StatefulSet => snapshot
            .stateful_sets
            .get(namespace, name)
            .map(|it| &it.template),
        Kind::DaemonSet => snapshot
            .daemon_sets
            .get(namespace, name)
            .map(|it| &it.template),
        Kind::Job => snapshot.jobs.get(namespace, name).map(|it| &it.template),
        Kind::CronJob => snapshot
            .cron_jobs
            .get(namespace, name)
            .map(|it| &it.template),
        Kind::ReplicationController => snapshot
            .replication_controllers
            .get(namespace, name)
            .map(|it| &it.template),
        _ => None,
    }
}

fn named(kind: Kind, namespace: &str, name: &str) -> ObjectRef {
    let object = if kind.is_namespaced() {
        ObjectRef::namespaced(kind.name(), namespace, name)
    } else {
        ObjectRef::cluster(kind.name(), name)
    };
    object.in_group(kind.group())
}

/// Where an owner of that kind lives: one that is not known, beside what it owns.
fn namespace_of(kind: Option<Kind>, beside: &str) -> &str {
    if kind.is_none_or(Kind::is_namespaced) {
        beside
    } else {
        ""
    }
}
