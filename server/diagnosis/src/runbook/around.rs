//! What stands around an object: its owner, Pods, Services, endpoints, nodes and events.

use std::collections::BTreeSet;

use podside_model::ObjectRef;

use super::seen::{Seen, Unseen, found, readable};
use super::target::Target;
use crate::facts::{
    Endpoint, EndpointPort, EnvValue, Event, Kind, Meta, Node, Object, Pod, PodSpec, Service, Str,
    VolumeSource,
};
use crate::snapshot::{Snapshot, Top};

/// An endpoint of a Service, with the ports of its EndpointSlice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behind<'a> {
    /// The Service.
    pub(super) service: &'a Service,
    /// The endpoint.
    pub(super) endpoint: &'a Endpoint,
    ports: &'a [EndpointPort],
}

impl Behind<'_> {
    /// Its ports as texts, such as `8080/TCP`.
    pub(super) fn ports(&self) -> impl Iterator<Item = String> {
        let known = |port: &EndpointPort| Some(format!("{}/{}", port.port?, port.protocol));
        self.ports.iter().filter_map(known)
    }
}

impl<'a> Target<'a> {
    /// The owner at the top; the object itself where nothing owns it.
    pub(super) fn owner(&self) -> Seen<Top> {
        let snapshot = self.snapshot();
        let top = self.top()?;
        // A chain that ends at something that may not be read may go on.
        match top.kind.known() {
            Some(kind) if *top.name != *self.object().name || !kind.is(self.object()) => {
                let is_here = snapshot.meta_of(kind, &top.namespace, &top.name).is_some();
                match unreadable(snapshot, kind, &top.namespace).filter(|_| !is_here) {
                    None => Ok(top),
                    Some(unseen) => Err(unseen),
                }
            }
            _ => Ok(top),
        }
    }

    /// The object's Pods, by name: those that it manages, selects, runs, routes to or is
    /// mounted by.
    pub(super) fn pods(&self) -> Seen<Vec<&'a Pod>> {
        let snapshot = self.snapshot();
        let (namespace, name) = self.place();
        let pods = &snapshot.pods;
        let Some(kind) = self.kind() else {
            readable(pods, namespace)?;
            return Ok(self
                .uid()
                .map_or_else(Vec::new, |uid| snapshot.pods_under(&uid)));
        };
        let of_services = || -> Seen<Vec<&'a Pod>> {
            let services = self.services()?;
            let pods = services
                .into_iter()
                .flat_map(|service| snapshot.pods_of_service(service));
            Ok(each_once(pods))
        };
        match kind {
            Kind::Pod => found(pods.find(namespace, name), self.object()).map(|pod| vec![pod]),
            Kind::Service | Kind::Ingress | Kind::HttpRoute | Kind::GrpcRoute => {
                readable(pods, namespace)?;
                of_services()
            }
            Kind::Node => {
                readable(pods, "")?;
                Ok(snapshot.pods_on_node(name).collect())
            }
            Kind::Namespace => self.pods_in(name, |_| true),
            Kind::PersistentVolumeClaim => {
                self.pods_in(namespace, |pod| claims(pod).any(|claim| *claim == *name))
            }
            Kind::PersistentVolume => {
                let volume = found(snapshot.volumes.find("", name), self.object())?;
                match &volume.claim {
                    None => Ok(Vec::new()),
                    Some((namespace, wanted)) => {
                        self.pods_in(namespace, |pod| claims(pod).any(|claim| *claim == **wanted))
                    }
                }
            }
            Kind::ConfigMap => self.pods_in(namespace, |pod| refers(&pod.spec, false, name)),
            Kind::Secret => self.pods_in(namespace, |pod| refers(&pod.spec, true, name)),
            Kind::ServiceAccount => self.pods_in(namespace, |pod| account(&pod.spec) == name),
            Kind::NetworkPolicy => {
                let policy = found(
                    snapshot.network_policies.find(namespace, name),
                    self.object(),
                )?;
                self.pods_in(namespace, |pod| policy.pods.matches(&pod.meta.labels))
            }
            Kind::PodDisruptionBudget => {
                let budget = found(
                    snapshot.disruption_budgets.find(namespace, name),
                    self.object(),
                )?;
                self.pods_in(namespace, |pod| budget.selector.matches(&pod.meta.labels))
            }
            Kind::EndpointSlice | Kind::Endpoints => {
                readable(pods, namespace)?;
                let names = self.endpoint_pods()?;
                Ok(names
                    .into_iter()
                    .filter_map(|name| pods.get(namespace, name))
                    .collect())
            }
            Kind::HorizontalPodAutoscaler => {
                let scaler = found(snapshot.autoscalers.find(namespace, name), self.object())?;
                let target = scaler.target.kind.object(namespace, &scaler.target.name);
                Self::find(snapshot, &target).managed()
            }
            Kind::ResourceClaim => {
                let claim = found(
                    snapshot.resource_claims.find(namespace, name),
                    self.object(),
                )?;
                readable(pods, namespace)?;
                let users = claim
                    .reserved_for
                    .iter()
                    .filter(|user| &*user.resource == "pods");
                Ok(users
                    .filter_map(|user| pods.get(namespace, &user.name))
                    .collect())
            }
            _ => self.managed(),
        }
    }

    /// The Pods that the object manages, directly or through others.
    fn managed(&self) -> Seen<Vec<&'a Pod>> {
        let snapshot = self.snapshot();
        let (namespace, _) = self.place();
        match self.kind() {
            Some(Kind::Deployment) => readable(&snapshot.replica_sets, namespace)?,
            Some(Kind::CronJob) => readable(&snapshot.jobs, namespace)?,
            _ => {}
        }
        readable(&snapshot.pods, namespace)?;
        Ok(self
            .uid()
            .map_or_else(Vec::new, |uid| snapshot.pods_under(&uid)))
    }

    /// The object's Services, by name: those that select its Pods or its template, or that it
    /// routes to or names.
    pub(super) fn services(&self) -> Seen<Vec<&'a Service>> {
        let snapshot = self.snapshot();
        let (namespace, name) = self.place();
        let services = &snapshot.services;
        let named = |names: BTreeSet<(Str, Str)>| -> Seen<Vec<&'a Service>> {
            for (namespace, _) in &names {
                readable(services, namespace)?;
            }
            let each = names
                .iter()
                .filter_map(|(namespace, name)| services.get(namespace, name));
            Ok(each.collect())
        };
        let here = |name: &Str| (Str::from(namespace), Str::clone(name));
        match self.kind() {
            Some(Kind::Service) => {
                found(services.find(namespace, name), self.object()).map(|service| vec![service])
            }
            Some(Kind::Ingress) => {
                let ingress = found(snapshot.ingresses.find(namespace, name), self.object())?;
                named(
                    ingress
                        .backends
                        .iter()
                        .map(|backend| here(&backend.service))
                        .collect(),
                )
            }
            Some(kind @ (Kind::HttpRoute | Kind::GrpcRoute)) => {
                let routes = match kind {
                    Kind::HttpRoute => &snapshot.http_routes,
                    _ => &snapshot.grpc_routes,
                };
                let route = found(routes.find(namespace, name), self.object())?;
                let services = route.backends.iter().filter(|to| to.kind.is(Kind::Service));
                named(
                    services
                        .map(|to| (to.namespace.clone(), to.name.clone()))
                        .collect(),
                )
            }
            Some(Kind::Endpoints) => named(BTreeSet::from([here(&Str::from(name))])),
            Some(Kind::EndpointSlice) => {
                let slice = found(
                    snapshot.endpoint_slices.find(namespace, name),
                    self.object(),
                )?;
                named(BTreeSet::from([here(&slice.service)]))
            }
            Some(Kind::ApiService) => {
                let part = found(snapshot.api_services.find("", name), self.object())?;
                named(part.service.iter().cloned().collect())
            }
            Some(
                kind @ (Kind::ValidatingWebhookConfiguration | Kind::MutatingWebhookConfiguration),
            ) => {
                let table = match kind {
                    Kind::ValidatingWebhookConfiguration => &snapshot.validating_webhooks,
                    _ => &snapshot.mutating_webhooks,
                };
                let configuration = found(table.find("", name), self.object())?;
                let services = configuration
                    .webhooks
                    .iter()
                    .filter_map(|hook| hook.service.as_ref());
                named(
                    services
                        .map(|to| (to.namespace.clone(), to.name.clone()))
                        .collect(),
                )
            }
            // What runs on a whole node or in a whole namespace is nobody's in particular.
            Some(Kind::Node | Kind::Namespace) => Ok(Vec::new()),
            _ => self.selecting(),
        }
    }

    /// The Services that select the Pods of the object, or would select those that it makes.
    fn selecting(&self) -> Seen<Vec<&'a Service>> {
        let snapshot = self.snapshot();
        let (namespace, name) = self.place();
        let pods = self.pods()?;
        readable(&snapshot.services, namespace)?;
        let mut services: Vec<&Service> = pods
            .into_iter()
            .flat_map(|pod| snapshot.services_of_pod(pod))
            .collect();
        let template = self.top().ok().and_then(|top| snapshot.template_of(&top));
        if let Some(template) = template {
            let all = snapshot.services.in_namespace(namespace);
            services.extend(all.filter(|service| service.selects(&template.labels)));
        }
        if self.kind() == Some(Kind::StatefulSet)
            && let Some(set) = snapshot.stateful_sets.get(namespace, name)
        {
            services.extend(snapshot.services.get(namespace, &set.service));
        }
        Ok(each_once(services))
    }

    /// Where the object's Services send traffic.
    pub(super) fn endpoints(&self) -> Seen<Vec<Behind<'a>>> {
        let snapshot = self.snapshot();
        let mut all = Vec::new();
        for service in self.services()? {
            readable(&snapshot.endpoint_slices, &service.meta.namespace)?;
            for slice in snapshot.slices_of(service) {
                all.extend(slice.endpoints.iter().map(|endpoint| Behind {
                    service,
                    endpoint,
                    ports: &slice.ports,
                }));
            }
        }
        Ok(all)
    }

    /// The nodes that the object's Pods are on, or the one that it is or names. A node that
    /// does not exist any more is none of them.
    pub(super) fn nodes(&self) -> Seen<Vec<&'a Node>> {
        let snapshot = self.snapshot();
        let (_, name) = self.place();
        let names: BTreeSet<&str> = match self.kind() {
            Some(Kind::Node) => {
                return found(snapshot.nodes.find("", name), self.object()).map(|node| vec![node]);
            }
            Some(Kind::CsiNode) => BTreeSet::from([name]),
            Some(Kind::VolumeAttachment) => {
                let lookup = snapshot.volume_attachments.find("", name);
                BTreeSet::from([&*found(lookup, self.object())?.node])
            }
            _ => self.pods()?.into_iter().map(|pod| &*pod.node).collect(),
        };
        readable(&snapshot.nodes, "")?;
        Ok(names
            .into_iter()
            .filter_map(|name| snapshot.nodes.get("", name))
            .collect())
    }

    /// The events about the object, its owner and its Pods, newest first.
    pub(super) fn events(&self) -> Seen<Vec<&'a Event>> {
        let snapshot = self.snapshot();
        let (namespace, _) = self.place();
        readable(&snapshot.events, namespace)?;
        let top = self.top()?;
        let pods = self.pods()?;
        let mut all = about(snapshot, self.object(), &self.uid().unwrap_or_default());
        all.extend(about(snapshot, &top.object_ref(), &top.uid));
        all.extend(pods.into_iter().flat_map(|pod| snapshot.events_of(pod)));
        let mut all = each_once(all);
        all.sort_by_key(|event| std::cmp::Reverse(event.last));
        Ok(all)
    }

    fn pods_in(&self, namespace: &str, is_one: impl Fn(&Pod) -> bool) -> Seen<Vec<&'a Pod>> {
        let pods = &self.snapshot().pods;
        readable(pods, namespace)?;
        Ok(pods
            .in_namespace(namespace)
            .filter(|pod| is_one(pod))
            .collect())
    }

    /// The names of the Pods behind an EndpointSlice or Endpoints.
    fn endpoint_pods(&self) -> Seen<BTreeSet<&'a str>> {
        let snapshot = self.snapshot();
        let (namespace, name) = self.place();
        let endpoints = match self.kind() {
            Some(Kind::EndpointSlice) => {
                &found(
                    snapshot.endpoint_slices.find(namespace, name),
                    self.object(),
                )?
                .endpoints
            }
            _ => &found(snapshot.endpoints.find(namespace, name), self.object())?.endpoints,
        };
        let names = endpoints.iter().map(|endpoint| &*endpoint.pod);
        Ok(names.filter(|name| !name.is_empty()).collect())
    }
}

/// The events about an object. Those about an older one of its name, which has another uid,
/// are left out.
fn about<'a>(snapshot: &'a Snapshot, object: &ObjectRef, uid: &str) -> Vec<&'a Event> {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    snapshot
        .events_about(&object.group, &object.kind, namespace, &object.name)
        // The kubelet puts a Node's name where its uid belongs.
        .filter(|event| {
            let of = &*event.about.uid;
            of.is_empty() || uid.is_empty() || of == uid || Kind::Node.is(object)
        })
        .collect()
}

/// Why the objects of a kind in a namespace are not all known.
fn unreadable(snapshot: &Snapshot, kind: Kind, namespace: &str) -> Option<Unseen> {
    let why = snapshot.unreadable(kind, namespace)?;
    Some(Unseen::Unread {
        what: kind.plural().to_owned(),
        why,
    })
}

/// Each object once, by namespace and name.
fn each_once<'a, T: Object + 'a>(all: impl IntoIterator<Item = &'a T>) -> Vec<&'a T> {
    let place = |it: &&T| {
        let Meta {
            namespace, name, ..
        } = it.meta();
        (Str::clone(namespace), Str::clone(name))
    };
    let mut all: Vec<&T> = all.into_iter().collect();
    all.sort_by_cached_key(place);
    all.dedup_by(|a, b| std::ptr::eq(*a, *b));
    all
}

/// The names of the claims that a Pod mounts.
fn claims(pod: &Pod) -> impl Iterator<Item = Str> {
    let named = |volume: &crate::facts::Volume| match &volume.source {
        VolumeSource::Claim(claim) => Some(claim.clone()),
        VolumeSource::Ephemeral => Some(Str::from(format!("{}-{}", pod.meta.name, volume.name))),
        _ => None,
    };
    pod.spec.volumes.iter().filter_map(named)
}

/// Whether a Pod mounts a ConfigMap or Secret, takes variables from it, or pulls images with it.
fn refers(spec: &PodSpec, secret: bool, name: &str) -> bool {
    let mounts = spec.volumes.iter().any(|volume| match &volume.source {
        VolumeSource::ConfigMap(files) => !secret && *files.name == *name,
        VolumeSource::Secret(files) => secret && *files.name == *name,
        VolumeSource::Projected(parts) => {
            let mut parts = parts.iter();
            parts.any(|part| part.secret == secret && *part.files.name == *name)
        }
        _ => false,
    });
    let pulls = secret && spec.image_pull_secrets.iter().any(|pull| **pull == *name);
    let reads = spec.containers.iter().any(|container| {
        let whole = container
            .env_from
            .iter()
            .any(|from| from.secret == secret && *from.name == *name);
        let one = container.env.iter().any(|var| match &var.value {
            EnvValue::ConfigMapKey(key) => !secret && *key.name == *name,
            EnvValue::SecretKey(key) => secret && *key.name == *name,
            _ => false,
        });
        whole || one
    });
    mounts || pulls || reads
}

/// The ServiceAccount of a Pod.
fn account(spec: &PodSpec) -> &str {
    match &*spec.service_account {
        "" => "default",
        account => account,
    }
}
