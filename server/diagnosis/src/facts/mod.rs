//! Facts: what the rules know of a cluster, as our own small types.
//!
//! [`from_object`] makes a fact of one API object as it came over the wire. It never
//! fails: a field that is missing, null or of another type than the API says counts
//! as absent. Text of the cluster is [cleaned](clean::clean) on its way in, equal
//! parts are held once ([`Sharing`]), what no rule reads is dropped, and values of
//! Secrets are never looked at. Elements of lists keep their index in the object, so
//! that a pointer given as evidence resolves there.

mod access;
mod admission;
mod attachment;
mod availability;
pub mod clean;
mod cluster_scope;
/// Conditions, as most kinds carry them in their status.
pub mod condition;
mod config;
mod container;
mod demand;
mod device;
mod env;
mod event;
mod fields;
mod gateway;
mod ingress;
mod job;
mod kind;
mod kind_ref;
mod limits;
mod meta;
mod misspelt;
mod network_policy;
mod node;
mod other;
mod pod;
mod pod_spec;
mod port;
mod probe;
mod quantity;
mod scheduling;
/// Label selectors and what they match.
pub mod selector;
mod service;
mod sharing;
mod storage;
mod volume;
mod workload;

use std::sync::Arc;

use podside_model::{ObjectRef, own_group};
use serde_json::Value;

pub use access::{BoundSubject, PolicyRule as AccessRule, Role, RoleBinding, ServiceAccount};
pub use admission::{Webhook, WebhookConfiguration, WebhookService};
pub use attachment::{CsiNode, CsiNodeDriver, CsiStorageCapacity, VolumeAttachment, VolumeError};
pub use availability::{
    HorizontalPodAutoscaler, Metric, PodDisruptionBudget, TargetRef, Utilization,
};
pub use cluster_scope::{ApiService, Namespace, PriorityClass, RuntimeClass};
pub use condition::Condition;
pub(crate) use config::KeyHost;
pub use config::{ConfigMap, Secret};
pub use container::{Container, ContainerKind, ContainerPort, Mount, Security};
pub use demand::Amounts;
pub use device::{AllocatedDevice, ResourceClaim, ResourceConsumer};
pub use env::{EnvFrom, EnvValue, EnvVar, KeyRef};
pub use event::{About, Event};
pub(crate) use fields::Fields;
pub use gateway::{
    Gateway, GatewayClass, Listener, ReferenceFrom, ReferenceGrant, ReferenceTo, Route,
    RouteBackend, RouteParent, RouteParentStatus,
};
pub use ingress::{Ingress, IngressBackend, IngressClass, IngressTls};
pub use job::{CronJob, FailureRule, Job};
pub use kind::Kind;
pub(crate) use kind::{for_each_kind, kubectl_word};
pub use kind_ref::{KindRef, group_of};
pub use limits::{Limit, LimitRange, ResourceQuota};
pub use meta::{Labels, Manager, Meta, Owner};
pub use misspelt::DroppedField;
pub(crate) use misspelt::escape as escape_pointer;
pub use network_policy::{NetworkPolicy, Peer, PolicyPort, PolicyRule};
pub use node::{Lease, Node, Taint};
pub(crate) use other::MAKERS_OF_SECRETS;
pub use other::{Need, Other, Told};
pub use pod::{ContainerStatus, Pod, State, StatusList, Terminated};
pub use pod_spec::{Dns, PodSecurity, PodSpec};
pub use port::PortRef;
pub use probe::{Handler, Probe};
pub use quantity::Quantity;
pub use scheduling::{NodeTerm, Placement, PodTerm, Spread, Toleration};
pub use selector::{Requirement, Selector};
pub use service::{Endpoint, EndpointPort, EndpointSlice, Endpoints, Service, ServicePort};
pub use sharing::{Sharing, Str};
pub use storage::{CsiDriver, PersistentVolume, PersistentVolumeClaim, StorageClass};
pub use volume::{FilesRef, Projection, Volume, VolumeSource};
pub use workload::{
    ControllerRevision, DaemonSet, Deployment, ReplicaSet, Replicas, ReplicationController,
    StatefulSet, Template,
};

/// An API object as a fact.
pub trait Object {
    /// `metadata`.
    fn meta(&self) -> &Meta;

    /// The API kind.
    fn kind(&self) -> &str;

    /// The API group; empty for the core group. That of [Kubernetes' own](own_group) kind
    /// unless a fact knows better.
    fn group(&self) -> &str {
        own_group(self.kind())
    }

    /// The object by group, kind, namespace and name.
    fn object_ref(&self) -> ObjectRef {
        let meta = self.meta();
        let object = if meta.namespace.is_empty() {
            ObjectRef::cluster(self.kind(), &*meta.name)
        } else {
            ObjectRef::namespaced(self.kind(), &*meta.namespace, &*meta.name)
        };
        object.in_group(self.group())
    }
}

macro_rules! define_fact {
    ($($kind:ident($fact:ty) $group:literal $plural:literal $scope:ident $table:ident |$o:ident| $read:expr;)*) => {
        /// One fact of any kind.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Fact {
            $($kind(Arc<$fact>),)*
            Other(Arc<Other>),
        }

        impl Fact {
            /// The fact's kind.
            pub const fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                    Self::Other(_) => Kind::Other,
                }
            }

            /// The object's `metadata`.
            pub fn meta(&self) -> &Meta {
                match self {
                    $(Self::$kind(fact) => &fact.meta,)*
                    Self::Other(fact) => &fact.meta,
                }
            }
        }

        fn read(kind: Kind, object: Fields<'_>) -> Fact {
            match kind {
                $(Kind::$kind => {
                    let $o = object;
                    Fact::$kind(Arc::new($read))
                })*
                Kind::Other => Fact::Other(Arc::new(Other::read(object))),
            }
        }
    };
}
for_each_kind!(define_fact);

/// Facts whose type has one API kind.
macro_rules! objects {
    ($($fact:ident)*) => {
        $(impl Object for $fact {
            fn meta(&self) -> &Meta {
                &self.meta
            }

            fn kind(&self) -> &str {
                Kind::$fact.name()
            }
        })*
    };
}
objects! {
    Pod ReplicaSet Deployment StatefulSet DaemonSet Job CronJob Service EndpointSlice Endpoints
    Ingress IngressClass NetworkPolicy ConfigMap Secret ServiceAccount PersistentVolumeClaim
    PersistentVolume StorageClass CsiDriver Node Lease ResourceQuota LimitRange
    HorizontalPodAutoscaler PodDisruptionBudget Namespace PriorityClass RuntimeClass ApiService Event
    ReplicationController ControllerRevision VolumeAttachment CsiNode CsiStorageCapacity ResourceClaim
}

/// Facts of the Gateway API: its kinds are no kinds of Kubernetes' own.
macro_rules! gateway_objects {
    ($($fact:ident $kind:expr;)*) => {
        $(impl Object for $fact {
            fn meta(&self) -> &Meta {
                &self.meta
            }

            fn kind(&self) -> &str {
                let kind: fn(&Self) -> Kind = $kind;
                kind(self).name()
            }

            fn group(&self) -> &str {
                gateway::GATEWAY_GROUP
            }
        })*
    };
}
gateway_objects! {
    GatewayClass |_| Kind::GatewayClass;
    Gateway |_| Kind::Gateway;
    Route |it| if it.grpc { Kind::GrpcRoute } else { Kind::HttpRoute };
    ReferenceGrant |_| Kind::ReferenceGrant;
}

impl Object for WebhookConfiguration {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn kind(&self) -> &str {
        if self.mutating {
            Kind::MutatingWebhookConfiguration.name()
        } else {
            Kind::ValidatingWebhookConfiguration.name()
        }
    }
}

impl Object for Role {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn kind(&self) -> &str {
        if self.meta.namespace.is_empty() {
            Kind::ClusterRole.name()
        } else {
            Kind::Role.name()
        }
    }
}

impl Object for RoleBinding {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn kind(&self) -> &str {
        if self.meta.namespace.is_empty() {
            Kind::ClusterRoleBinding.name()
        } else {
            Kind::RoleBinding.name()
        }
    }
}

impl Object for Other {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn kind(&self) -> &str {
        &self.kind
    }

    fn group(&self) -> &str {
        group_of(&self.api_version, &self.kind)
    }
}

/// The fact that an API object is, by its own `apiVersion` and `kind`. `None` when
/// it names no kind or has no name: such an object cannot be told from others.
pub fn from_object(object: &Value, sharing: &Sharing) -> Option<Fact> {
    let fields = Fields::of(object, sharing);
    let kind = fields.raw("kind").filter(|k| !k.is_empty())?;
    let version = fields.raw("apiVersion").unwrap_or_default();
    let group = group_of(version, kind);
    from_object_of(
        Kind::find(kind, group).unwrap_or(Kind::Other),
        object,
        sharing,
    )
}

/// The fact that an API object is, when its kind is known from where it was read:
/// items of a typed list carry neither `kind` nor `apiVersion`.
pub fn from_object_of(kind: Kind, object: &Value, sharing: &Sharing) -> Option<Fact> {
    let fact = read(kind, Fields::of(object, sharing));
    (!fact.meta().name.is_empty()).then_some(fact)
}

#[cfg(test)]
mod tests;
