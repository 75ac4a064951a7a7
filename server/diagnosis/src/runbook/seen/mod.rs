//! What expressions see of a cluster.
//!
//! Every kind of object, and every part of one, is described once ([`describe`]): its fields,
//! what they hold and mean, and where they come from. Expressions are [typed](super::typing)
//! against these descriptions when a runbook is read, are evaluated over values that the same
//! descriptions make, and the [reference page](reference) is printed from them.

mod common;
mod describe;
mod network;
mod nodes;
mod pods;
mod policies;
mod reference;
mod shape;
mod storage;
mod variables;
mod view;
mod workloads;

use cel::Value;

pub use reference::reference;
pub(super) use shape::{Reads, Shape, Type};
pub(super) use variables::{VARIABLES, value, variable};
pub(super) use view::{Seen, Unseen, View, found, readable};

use self::view::Described;
use crate::facts::{
    ApiService, ConfigMap, ControllerRevision, CronJob, CsiDriver, CsiNode, CsiStorageCapacity,
    DaemonSet, Deployment, EndpointSlice, Endpoints, Event, Gateway, GatewayClass,
    HorizontalPodAutoscaler, Ingress, IngressClass, Job, Kind, Lease, LimitRange, Namespace,
    NetworkPolicy, Node, Other, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget,
    PriorityClass, ReferenceGrant, ReplicaSet, ReplicationController, ResourceClaim, ResourceQuota,
    Role, RoleBinding, Route, RuntimeClass, Secret, Service, ServiceAccount, StatefulSet,
    StorageClass, VolumeAttachment, WebhookConfiguration, for_each_kind,
};

macro_rules! define_targets {
    ($($kind:ident($fact:ty) $group:literal $plural:literal $scope:ident $table:ident |$o:ident| $read:expr;)*) => {
        /// What objects of a kind look like.
        pub(super) const fn shape(kind: Kind) -> &'static Shape {
            match kind {
                $(Kind::$kind => <$fact as Described>::SHAPE,)*
                Kind::Other => <Other as Described>::SHAPE,
            }
        }

        /// The object of that kind and name.
        pub(super) fn object(
            view: &View<'_>,
            kind: Kind,
            namespace: &str,
            name: &str,
            called: &impl ToString,
        ) -> Seen<Value> {
            match kind {
                $(Kind::$kind => {
                    let lookup = view.snapshot.$table.find(namespace, name);
                    view.one::<$fact>(found(lookup, called.to_string())?)
                })*
                Kind::Other => Err(Unseen::Unread {
                    what: called.to_string(),
                    why: podside_model::Why::NotSeen,
                }),
            }
        }
    };
}
for_each_kind!(define_targets);

/// An object of a kind that has no entry of its own.
pub(super) fn other(view: &View<'_>, other: &Other) -> Seen<Value> {
    view.one::<Other>(other)
}
