//! Which drivers provide volumes where, and which volumes are attached.

use super::fields::Fields;
use super::meta::Meta;
use super::quantity::Quantity;
use super::selector::Selector;
use super::sharing::Str;

/// A VolumeAttachment: that a volume is to be attached to a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeAttachment {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.attacher`: the driver.
    pub attacher: Str,
    /// `spec.nodeName`.
    pub node: Str,
    /// `spec.source.persistentVolumeName`; empty for a volume that is none.
    pub volume: Str,
    /// `status.attached`.
    pub attached: bool,
    /// `status.attachError`.
    pub attach_error: Option<VolumeError>,
    /// `status.detachError`.
    pub detach_error: Option<VolumeError>,
}

/// Why a volume could not be attached or detached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeError {
    /// `message`; empty when absent.
    pub message: Str,
    /// `errorCode`: the gRPC code, since Kubernetes 1.34.
    pub code: Option<i64>,
    /// `time`.
    pub at: Option<jiff::Timestamp>,
}

/// A CSINode: the drivers on the node of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsiNode {
    /// `metadata`; the name is the node's.
    pub meta: Meta,
    /// `spec.drivers`.
    pub drivers: Box<[CsiNodeDriver]>,
}

/// A driver that is registered on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsiNodeDriver {
    /// Its index in the object.
    pub index: usize,
    /// `name`.
    pub name: Str,
    /// `topologyKeys`: the labels by which it knows where the node is.
    pub topology_keys: Box<[Str]>,
    /// `allocatable.count`: how many of its volumes the node may have.
    pub allocatable: Option<i64>,
}

/// A CSIStorageCapacity: how much a class has left on the nodes of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsiStorageCapacity {
    /// `metadata`.
    pub meta: Meta,
    /// `storageClassName`.
    pub class: Str,
    /// `nodeTopology`: the labels of the nodes.
    pub nodes: Selector,
    /// `capacity`; `None` when it is not told.
    pub capacity: Option<Quantity>,
    /// `maximumVolumeSize`; `None` when it is not told.
    pub largest: Option<Quantity>,
}

impl VolumeAttachment {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        Self {
            meta: Meta::read(object, false),
            attacher: spec.name("attacher"),
            node: spec.name("nodeName"),
            volume: spec.at("source").name("persistentVolumeName"),
            attached: status.is("attached"),
            attach_error: error(status.at("attachError")),
            detach_error: error(status.at("detachError")),
        }
    }
}

impl CsiNode {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, false),
            drivers: object
                .at("spec")
                .list("drivers")
                .map(|(index, driver)| CsiNodeDriver {
                    index,
                    name: driver.name("name"),
                    topology_keys: driver.strs("topologyKeys").into(),
                    allocatable: driver.at("allocatable").int("count"),
                })
                .collect(),
        }
    }
}

impl CsiStorageCapacity {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, false),
            class: object.name("storageClassName"),
            nodes: Selector::read(object.at("nodeTopology")),
            capacity: object.quantity("capacity"),
            largest: object.quantity("maximumVolumeSize"),
        }
    }
}

fn error(error: Fields<'_>) -> Option<VolumeError> {
    error.exists().then(|| VolumeError {
        message: error
            .message("message")
            .unwrap_or_else(|| error.sharing().str("")),
        code: error.int("errorCode"),
        at: error.time("time"),
    })
}
