use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::fields::Fields;
use super::kind_ref::KindRef;
use super::misspelt::{self, DroppedField};
use super::sharing::Str;

/// The labels of an object, in the order of their keys.
pub type Labels = BTreeMap<Str, Str>;

/// `metadata` of an object, as far as rules read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// `metadata.name`.
    pub name: Str,
    /// `metadata.namespace`; empty for a cluster-scoped object.
    pub namespace: Str,
    /// `metadata.uid`; empty when absent.
    pub uid: Str,
    /// `metadata.labels`.
    pub labels: Arc<Labels>,
    /// Those annotations whose key belongs to Kubernetes (`*.kubernetes.io`, `*.k8s.io`), to
    /// cert-manager, to what applies objects (Helm, Argo CD, k3s) or to the identities of clouds,
    /// and whose value is short.
    /// The last-applied configuration is not kept.
    pub annotations: Arc<Labels>,
    /// `metadata.ownerReferences`.
    pub owners: Box<[Owner]>,
    /// `metadata.creationTimestamp`.
    pub created: Option<Timestamp>,
    /// `metadata.deletionTimestamp`: when the object was asked to go, plus its grace period.
    pub deleting: Option<Timestamp>,
    /// `metadata.deletionGracePeriodSeconds`.
    pub grace_seconds: Option<i64>,
    /// `metadata.generation`.
    pub generation: Option<i64>,
    /// `metadata.finalizers`.
    pub finalizers: Box<[Str]>,
    /// Who changed the object and when, from `metadata.managedFields`. Not kept for
    /// Pods and Events, whose rules do not ask.
    pub managers: Box<[Manager]>,
    /// Fields of the last-applied configuration that the object does not have.
    pub dropped: Box<[DroppedField]>,
}

/// One of `metadata.ownerReferences`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// `kind`, in the group of `apiVersion`.
    pub kind: KindRef,
    /// `name`.
    pub name: Str,
    /// `uid`.
    pub uid: Str,
    /// Whether this owner manages the object.
    pub controller: bool,
}

/// One of `metadata.managedFields`, without the fields themselves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Manager {
    /// `manager`, such as `kubectl-client-side-apply`.
    pub name: Str,
    /// `operation`: `Apply` or `Update`.
    pub operation: Str,
    /// `subresource`, such as `status`; empty for the object itself.
    pub subresource: Str,
    /// When it last changed its fields.
    pub time: Option<Timestamp>,
    /// The fields under `data`, `stringData` or `spec` that it owns, one level deep:
    /// enough to tell who wrote a ConfigMap's key or a Deployment's `replicas`.
    pub owns: Box<[Str]>,
}

impl Meta {
    /// Reads `metadata` of `object`. `with_managers` is false for kinds that come in
    /// such numbers that what no rule reads must not be kept.
    pub(crate) fn read(object: Fields<'_>, with_managers: bool) -> Self {
        let name = object.at("metadata").name("name");
        Self::named(object, name, with_managers)
    }

    /// The same of an object whose name no other object speaks of, as of an Event.
    pub(crate) fn read_unnamed(object: Fields<'_>) -> Self {
        let name = object.at("metadata").unique("name");
        Self::named(object, name, false)
    }

    fn named(object: Fields<'_>, name: Str, with_managers: bool) -> Self {
        let meta = object.at("metadata");
        let sharing = meta.sharing();
        Self {
            name,
            namespace: meta.name("namespace"),
            uid: meta.unique("uid"),
            labels: sharing.labels(meta.map("labels")),
            annotations: sharing.labels(annotations(meta)),
            owners: meta
                .list("ownerReferences")
                .map(|(_, o)| owner(o))
                .collect(),
            created: meta.time("creationTimestamp"),
            deleting: meta.time("deletionTimestamp"),
            grace_seconds: meta.int("deletionGracePeriodSeconds"),
            generation: meta.int("generation"),
            finalizers: meta.strs("finalizers").into(),
            managers: if with_managers {
                meta.list("managedFields")
                    .map(|(_, m)| manager(m))
                    .collect()
            } else {
                Box::default()
            },
            dropped: misspelt::dropped_fields(object),
        }
    }

    /// The owner that manages this object, if one does.
    pub fn controller(&self) -> Option<&Owner> {
        self.owners.iter().find(|o| o.controller)
    }

    /// A label's value.
    pub fn label(&self, key: &str) -> Option<&Str> {
        self.labels.get(key)
    }

    /// An annotation's value, of those that are kept.
    pub fn annotation(&self, key: &str) -> Option<&Str> {
        self.annotations.get(key)
    }

    /// When any manager last changed the object itself, not its status.
    pub fn last_change(&self) -> Option<&Manager> {
        self.managers
            .iter()
            .filter(|m| m.subresource.is_empty() && m.time.is_some())
            .max_by_key(|m| m.time)
    }
}

/// The longest annotation value that is kept, in bytes.
const LONGEST_ANNOTATION: usize = 256;

/// Domains of annotations that are kept beside those of Kubernetes: what they say of who
/// wrote an object is read by `authors`, and the last three say as whom a `ServiceAccount` is known
/// to a cloud.
const KEPT_DOMAINS: [&str; 7] = [
    "cert-manager.io",
    "meta.helm.sh",
    "argocd.argoproj.io",
    "objectset.rio.cattle.io",
    "eks.amazonaws.com",
    "iam.gke.io",
    "azure.workload.identity",
];

fn annotations(meta: Fields<'_>) -> Labels {
    let mut kept = meta.map("annotations");
    kept.retain(|key, value| {
        let domain = key.split('/').next().unwrap_or_default();
        (domain.ends_with("kubernetes.io")
            || domain.ends_with("k8s.io")
            || KEPT_DOMAINS.contains(&domain))
            && &**key != misspelt::LAST_APPLIED
            && value.len() <= LONGEST_ANNOTATION
    });
    kept
}

fn owner(owner: Fields<'_>) -> Owner {
    Owner {
        kind: KindRef::read(owner),
        name: owner.name("name"),
        uid: owner.name("uid"),
        controller: owner.is("controller"),
    }
}

fn manager(manager: Fields<'_>) -> Manager {
    let fields = manager.at("fieldsV1");
    let owns = ["f:data", "f:stringData", "f:binaryData", "f:spec"]
        .into_iter()
        .flat_map(|part| fields.keys(part))
        .filter_map(|key| Some(manager.sharing().str(key.strip_prefix("f:")?)))
        .collect();
    Manager {
        name: manager.name("manager"),
        operation: manager.name("operation"),
        subresource: manager.name("subresource"),
        time: manager.time("time"),
        owns,
    }
}
