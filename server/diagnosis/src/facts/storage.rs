use super::condition::{self, Condition};
use super::fields::Fields;
use super::meta::Meta;
use super::quantity::Quantity;
use super::scheduling::NodeTerm;
use super::selector::Selector;
use super::sharing::Str;

/// A PersistentVolumeClaim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersistentVolumeClaim {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.storageClassName`: `None` for the default class, empty for no class.
    pub class: Option<Str>,
    /// `spec.volumeName`; empty while unbound.
    pub volume: Str,
    /// `spec.accessModes`.
    pub access_modes: Box<[Str]>,
    /// `spec.volumeMode`; empty when absent.
    pub volume_mode: Str,
    /// `spec.resources.requests.storage`.
    pub request: Option<Quantity>,
    /// `spec.selector` over volumes, when set.
    pub selector: Selector,
    /// `status.phase`: `Pending`, `Bound` or `Lost`; empty when absent.
    pub phase: Str,
    /// `status.capacity.storage`.
    pub capacity: Option<Quantity>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

/// A PersistentVolume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersistentVolume {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.storageClassName`; empty for no class.
    pub class: Str,
    /// `spec.capacity.storage`.
    pub capacity: Option<Quantity>,
    /// `spec.accessModes`.
    pub access_modes: Box<[Str]>,
    /// `spec.volumeMode`; empty when absent.
    pub volume_mode: Str,
    /// Namespace and name of `spec.claimRef`.
    pub claim: Option<(Str, Str)>,
    /// `spec.nodeAffinity.required`: of these terms one must match a node.
    pub node_terms: Option<Box<[NodeTerm]>>,
    /// `spec.csi.driver`; empty for another kind of volume.
    pub csi_driver: Str,
    /// `spec.persistentVolumeReclaimPolicy`; empty when absent.
    pub reclaim_policy: Str,
    /// `status.phase`; empty when absent.
    pub phase: Str,
}

/// A StorageClass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageClass {
    /// `metadata`.
    pub meta: Meta,
    /// `provisioner`.
    pub provisioner: Str,
    /// `volumeBindingMode`; `Immediate` when absent.
    pub binding_mode: Str,
    /// Whether claims without a class use it.
    pub is_default: bool,
    /// `allowVolumeExpansion`.
    pub allow_expansion: bool,
}

/// A CSIDriver: its name is what volumes and StorageClasses refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsiDriver {
    /// `metadata`.
    pub meta: Meta,
}

impl PersistentVolumeClaim {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        Self {
            meta: Meta::read(object, true),
            class: spec.str("storageClassName"),
            volume: spec.name("volumeName"),
            access_modes: spec.strs("accessModes").into(),
            volume_mode: spec.name("volumeMode"),
            request: spec.at("resources").at("requests").quantity("storage"),
            selector: Selector::read(spec.at("selector")),
            phase: status.name("phase"),
            capacity: status.at("capacity").quantity("storage"),
            conditions: condition::read(status),
        }
    }
}

impl PersistentVolume {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let claim = spec.at("claimRef");
        let required = spec.at("nodeAffinity").at("required");
        Self {
            meta: Meta::read(object, true),
            class: spec.name("storageClassName"),
            capacity: spec.at("capacity").quantity("storage"),
            access_modes: spec.strs("accessModes").into(),
            volume_mode: spec.name("volumeMode"),
            claim: claim
                .exists()
                .then(|| (claim.name("namespace"), claim.name("name"))),
            node_terms: required.exists().then(|| {
                required
                    .list("nodeSelectorTerms")
                    .map(|(_, t)| NodeTerm::read(t))
                    .collect()
            }),
            csi_driver: spec.at("csi").name("driver"),
            reclaim_policy: spec.name("persistentVolumeReclaimPolicy"),
            phase: status.name("phase"),
        }
    }
}

impl StorageClass {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let meta = Meta::read(object, true);
        Self {
            provisioner: object.name("provisioner"),
            binding_mode: object
                .filled("volumeBindingMode")
                .unwrap_or_else(|| object.sharing().str("Immediate")),
            is_default: [
                "storageclass.kubernetes.io/is-default-class",
                "storageclass.beta.kubernetes.io/is-default-class",
            ]
            .into_iter()
            .any(|key| meta.annotation(key).is_some_and(|v| &**v == "true")),
            allow_expansion: object.is("allowVolumeExpansion"),
            meta,
        }
    }
}

impl CsiDriver {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, true),
        }
    }
}
