//! Who wrote an object, and who would undo a change by hand.
//!
//! What a controller made is made anew, and what a pipeline applied is applied again: a change
//! lasts only where a person or a pipeline wrote the object. From an object the way leads up
//! along its owners, custom resources included, and then to what applied the topmost one, which
//! its labels, its annotations and the managers of its fields tell.
//!
//! It is told of every object, healthy or not, by the facts alone; [`Author::says`] is a
//! sentence in either language, and [`Author::undone`] how fast a change by hand is gone.

mod marks;
mod texts;

use podside_model::{Message, ObjectRef};

use crate::facts::{Ingress, Kind, KindRef, Meta, Pod, StatefulSet, Str};
use crate::kubectl;
use crate::snapshot::{Snapshot, Top};
pub(crate) use texts::TEXTS;

/// Somebody who keeps an object as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The object that is kept.
    pub kept: ObjectRef,
    /// Who keeps it.
    pub keeper: Keeper,
}

/// Who keeps an object as it is, with what names the place where a change lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// The controller of the object that owns it.
    Owner(ObjectRef),
    /// cert-manager, for an HTTP-01 challenge; with the issuer whose solver says how, where
    /// it is known.
    AcmeSolver(Option<ObjectRef>),
    /// A StatefulSet, which made a claim from its volumeClaimTemplates.
    ClaimTemplate(ObjectRef),
    /// The kubelet of a node, which reads a static Pod from a file there.
    StaticManifest {
        /// The node.
        node: String,
    },
    /// An operator or add-on that the object names as its manager.
    Operator(String),
    /// The add-on manager of the control plane.
    AddonManager,
    /// Argo CD, with the application.
    ArgoCd(String),
    /// The kustomize-controller of Flux, with its Kustomization where it is named.
    Flux(Option<ObjectRef>),
    /// The helm-controller of Flux, with its HelmRelease where it is named.
    FluxHelm(Option<ObjectRef>),
    /// Helm, with the release and its namespace.
    Helm {
        /// The release.
        release: String,
        /// Its namespace.
        namespace: String,
    },
    /// `kubectl apply -k`.
    Kustomize,
    /// A tool that applies what is written elsewhere, such as Terraform.
    Pipeline(String),
}

/// How soon a change by hand is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Undone {
    /// Within seconds: its keeper watches the object.
    AtOnce,
    /// By itself, within minutes: its keeper looks at intervals.
    Soon,
    /// Whenever its keeper runs next.
    NextTime,
}

/// Who keeps an object, the nearest first; the last one is where a person or a pipeline
/// wrote. Empty when nobody is known to undo a change by hand, or the object is not among
/// the facts.
pub fn of(snapshot: &Snapshot, object: &ObjectRef) -> Vec<Author> {
    let object = object.without_container();
    let Some(kind) = Kind::find(&object.kind, &object.group) else {
        return of_custom(snapshot, &object);
    };
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let Some(meta) = snapshot.meta_of(kind, namespace, &object.name) else {
        return Vec::new();
    };
    let made = |keeper| Author {
        kept: object.clone(),
        keeper,
    };
    if let Some(keeper) = special(kind, meta, snapshot) {
        return vec![made(keeper)];
    }
    let top = snapshot.top_above(KindRef::of(kind), meta);
    let owner = top.object_ref();
    if owner == object {
        return marks::keeper(meta).map(made).into_iter().collect();
    }
    let above = snapshot.meta_of_top(&top).and_then(marks::keeper);
    let above = above.map(|keeper| Author {
        kept: owner.clone(),
        keeper,
    });
    let nearest = made(Keeper::Owner(owner.clone()));
    [nearest].into_iter().chain(above).collect()
}

/// Who keeps a custom resource, where it was read: what applied it.
fn of_custom(snapshot: &Snapshot, object: &ObjectRef) -> Vec<Author> {
    let top = Top {
        kind: KindRef {
            name: Str::from(object.kind.as_str()),
            group: Str::from(object.group.as_str()),
        },
        namespace: Str::from(object.namespace.as_deref().unwrap_or_default()),
        name: Str::from(object.name.as_str()),
        uid: Str::from(""),
    };
    let keeper = snapshot.meta_of_top(&top).and_then(marks::keeper);
    let author = keeper.map(|keeper| Author {
        kept: object.clone(),
        keeper,
    });
    author.into_iter().collect()
}

/// The keepers that neither an owner reference nor a mark tells.
fn special(kind: Kind, meta: &Meta, snapshot: &Snapshot) -> Option<Keeper> {
    match kind {
        Kind::Pod => snapshot
            .pods
            .get(&meta.namespace, &meta.name)
            .and_then(static_manifest),
        Kind::Ingress => snapshot
            .ingresses
            .get(&meta.namespace, &meta.name)
            .filter(|ingress| is_solver(ingress))
            .map(|ingress| Keeper::AcmeSolver(issuer(ingress, snapshot))),
        Kind::PersistentVolumeClaim if meta.controller().is_none() => {
            claim_owner(meta, snapshot).map(Keeper::ClaimTemplate)
        }
        _ => None,
    }
}

/// The node of a static Pod. Its mirror is owned by the Node and carries the annotation.
fn static_manifest(pod: &Pod) -> Option<Keeper> {
    pod.meta
        .annotation("kubernetes.io/config.mirror")
        .map(|_| Keeper::StaticManifest {
            node: pod.node.to_string(),
        })
}

/// Whether cert-manager made an Ingress for a challenge.
fn is_solver(ingress: &Ingress) -> bool {
    ingress
        .meta
        .label("acme.cert-manager.io/http01-solver")
        .is_some_and(|value| &**value == "true")
}

/// The issuer that an Ingress of the same host asks for its certificate.
fn issuer(solver: &Ingress, snapshot: &Snapshot) -> Option<ObjectRef> {
    let namespace = &*solver.meta.namespace;
    let host = &solver.backends.first()?.host;
    let asks = |ingress: &&Ingress| {
        let of_tls = ingress.tls.iter().flat_map(|tls| &tls.hosts);
        let of_rules = ingress.backends.iter().map(|backend| &backend.host);
        of_tls.chain(of_rules).any(|its| its == host)
    };
    snapshot
        .ingresses
        .in_namespace(namespace)
        .filter(|ingress| !is_solver(ingress))
        .filter(asks)
        .find_map(|ingress| {
            let named = |key| ingress.meta.annotation(key);
            let of_cluster = named("cert-manager.io/cluster-issuer")
                .map(|name| ObjectRef::cluster("ClusterIssuer", &**name));
            let own = || {
                named("cert-manager.io/issuer")
                    .map(|name| ObjectRef::namespaced("Issuer", namespace, &**name))
            };
            of_cluster.or_else(own)
        })
        .map(|issuer| issuer.in_group("cert-manager.io"))
}

/// The StatefulSet whose claim this is: claims are called `TEMPLATE-SET-ORDINAL`
/// (<https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage>).
fn claim_owner(claim: &Meta, snapshot: &Snapshot) -> Option<ObjectRef> {
    let is_of = |set: &&StatefulSet| {
        set.claim_templates.iter().any(|(template, _)| {
            let rest = claim.name.strip_prefix(&**template);
            let rest = rest.and_then(|rest| rest.strip_prefix('-')?.strip_prefix(&*set.meta.name));
            let ordinal = rest.and_then(|rest| rest.strip_prefix('-'));
            ordinal.is_some_and(|of| !of.is_empty() && of.bytes().all(|b| b.is_ascii_digit()))
        })
    };
    let mut sets = snapshot.stateful_sets.in_namespace(&claim.namespace);
    let set = sets.find(is_of)?;
    Some(
        ObjectRef::namespaced("StatefulSet", &*set.meta.namespace, &*set.meta.name)
            .in_group("apps"),
    )
}

impl Author {
    /// How soon a change by hand to the object is gone.
    pub const fn undone(&self) -> Undone {
        match self.keeper {
            Keeper::Owner(_)
            | Keeper::AcmeSolver(_)
            | Keeper::StaticManifest { .. }
            | Keeper::Operator(_) => Undone::AtOnce,
            Keeper::AddonManager | Keeper::Flux(_) => Undone::Soon,
            // Whether an application heals itself is written in the application, which is
            // seldom among the facts.
            Keeper::ArgoCd(_)
            | Keeper::FluxHelm(_)
            | Keeper::ClaimTemplate(_)
            | Keeper::Helm { .. }
            | Keeper::Kustomize
            | Keeper::Pipeline(_) => Undone::NextTime,
        }
    }

    /// Where to change the object, who would undo a change by hand, and how fast.
    pub fn says(&self) -> Message {
        let with_owner = |id: &str, owner: &ObjectRef| {
            Message::new(id)
                .with("owner_kind", &owner.kind)
                .with("owner", &owner.name)
        };
        let message = match &self.keeper {
            Keeper::Owner(owner) => with_owner("author.owner", owner),
            Keeper::AcmeSolver(Some(issuer)) => with_owner("author.acme", issuer),
            Keeper::AcmeSolver(None) => Message::new("author.acme-unnamed"),
            Keeper::ClaimTemplate(set) => with_owner("author.claim", set),
            Keeper::StaticManifest { node } => Message::new("author.static").with("node", node),
            Keeper::Operator(keeper) => Message::new("author.operator").with("keeper", keeper),
            Keeper::AddonManager => Message::new("author.addon"),
            Keeper::ArgoCd(application) => {
                Message::new("author.argo-cd").with("application", application)
            }
            Keeper::Flux(Some(owner)) => with_owner("author.flux", owner),
            Keeper::Flux(None) => Message::new("author.flux-unnamed"),
            Keeper::FluxHelm(Some(owner)) => with_owner("author.flux-helm", owner),
            Keeper::FluxHelm(None) => Message::new("author.flux-helm-unnamed"),
            Keeper::Helm { release, namespace } => Message::new("author.helm")
                .with("release", release)
                .with("release_namespace", namespace),
            Keeper::Kustomize => Message::new("author.kustomize"),
            Keeper::Pipeline(keeper) => Message::new("author.pipeline").with("keeper", keeper),
        };
        message
            .with("kind", &self.kept.kind)
            .with("name", &self.kept.name)
    }

    /// The command that leads to the place where a change lasts, where there is one.
    pub fn command(&self) -> Option<String> {
        match &self.keeper {
            Keeper::Owner(owner)
            | Keeper::AcmeSolver(Some(owner))
            | Keeper::Flux(Some(owner))
            | Keeper::FluxHelm(Some(owner)) => Some(kubectl::get_yaml(owner)),
            Keeper::ClaimTemplate(set) => Some(kubectl::get_yaml(set)),
            Keeper::Helm { release, namespace } => Some(format!(
                "helm -n {} get values {} --all",
                kubectl::word(namespace),
                kubectl::word(release)
            )),
            _ => None,
        }
    }
}

/// A label's or annotation's value as a text of its own.
fn owned(value: &Str) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests;
