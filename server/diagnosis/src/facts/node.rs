use std::collections::BTreeMap;

use jiff::Timestamp;

use super::condition::{self, Condition};
use super::fields::Fields;
use super::meta::Meta;
use super::quantity::Quantity;
use super::sharing::Str;

/// A Node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.unschedulable`: the node is cordoned.
    pub unschedulable: bool,
    /// `spec.taints`.
    pub taints: Box<[Taint]>,
    /// `spec.podCIDRs`: the addresses that its Pods have; empty when absent.
    pub pod_cidrs: Box<[Str]>,
    /// The `InternalIP` in `status.addresses`; empty when absent.
    pub address: Str,
    /// `status.capacity`, by resource.
    pub capacity: BTreeMap<Str, Quantity>,
    /// `status.allocatable`, by resource.
    pub allocatable: BTreeMap<Str, Quantity>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
    /// Who reports a condition, by its type: the manager that owns it in
    /// `metadata.managedFields`.
    pub reporters: BTreeMap<Str, Str>,
    /// `status.nodeInfo.kubeletVersion`; empty when absent.
    pub kubelet_version: Str,
    /// `status.nodeInfo.containerRuntimeVersion`; empty when absent.
    pub runtime_version: Str,
    /// `status.nodeInfo.architecture` and operating system, such as `amd64`; empty when absent.
    pub architecture: Str,
    /// `status.nodeInfo.operatingSystem`.
    pub operating_system: Str,
}

/// One of a node's `taints`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taint {
    /// Its index in the object.
    pub index: usize,
    /// `key`.
    pub key: Str,
    /// `value`; empty when it has none.
    pub value: Str,
    /// `effect`: `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
    pub effect: Str,
}

/// A Lease in `kube-node-lease`: the kubelet renews its own every ten seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.holderIdentity`; empty when absent.
    pub holder: Str,
    /// `spec.renewTime`.
    pub renewed: Option<Timestamp>,
    /// `spec.leaseDurationSeconds`.
    pub duration_seconds: Option<i64>,
}

impl Node {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let info = status.at("nodeInfo");
        Self {
            meta: Meta::read(object, true),
            unschedulable: spec.is("unschedulable"),
            taints: spec
                .list("taints")
                .map(|(index, t)| Taint {
                    index,
                    key: t.name("key"),
                    value: t.name("value"),
                    effect: t.name("effect"),
                })
                .collect(),
            pod_cidrs: spec.strs("podCIDRs").into(),
            address: status
                .list("addresses")
                .find(|(_, a)| a.raw("type") == Some("InternalIP"))
                .map_or_else(|| spec.sharing().str(""), |(_, a)| a.name("address")),
            capacity: status.quantities("capacity"),
            allocatable: status.quantities("allocatable"),
            conditions: condition::read(status),
            reporters: reporters(object.at("metadata")),
            kubelet_version: info.name("kubeletVersion"),
            runtime_version: info.name("containerRuntimeVersion"),
            architecture: info.name("architecture"),
            operating_system: info.name("operatingSystem"),
        }
    }

    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.conditions, kind)
    }

    /// Whether the node reports `Ready: True`.
    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(Condition::is_true)
    }
}

/// The managers of the conditions, from keys such as `k:{"type":"Ready"}`.
fn reporters(meta: Fields<'_>) -> BTreeMap<Str, Str> {
    let mut reporters = BTreeMap::new();
    for (_, manager) in meta.list("managedFields") {
        let conditions = manager.at("fieldsV1").at("f:status").at("f:conditions");
        for key in conditions.own_keys() {
            let kind = key
                .strip_prefix("k:{\"type\":\"")
                .and_then(|rest| rest.strip_suffix("\"}"));
            if let Some(kind) = kind {
                reporters.insert(meta.sharing().str(kind), manager.name("manager"));
            }
        }
    }
    reporters
}

impl Lease {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let spec = object.at("spec");
        Self {
            meta: Meta::read(object, false),
            holder: spec.name("holderIdentity"),
            renewed: spec.time("renewTime"),
            duration_seconds: spec.int("leaseDurationSeconds"),
        }
    }
}
