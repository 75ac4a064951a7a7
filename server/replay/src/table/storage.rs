//! Volumes, claims and classes.

use serde_json::{Value, json};

use super::{
    layout::{Layout, created, name, text, typed, wide},
    words::{access_modes, or, scalar},
};
use crate::fields::Fields;

pub(super) static CLAIMS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Status"),
        text("Volume"),
        text("Capacity"),
        text("Access Modes"),
        text("StorageClass"),
        text("VolumeAttributesClass"),
        text("Age"),
        wide("VolumeMode"),
    ],
    cells: |o, now| {
        let volume = o.text("/spec/volumeName");
        let (capacity, modes) = if volume.is_empty() {
            (String::new(), String::new())
        } else {
            (
                scalar(o.pointer("/status/capacity/storage")).unwrap_or_default(),
                access_modes(o, "/status/accessModes"),
            )
        };
        vec![
            name(o),
            json!(phase(o)),
            json!(volume),
            json!(capacity),
            json!(modes),
            json!(class(o)),
            json!(or(o.text("/spec/volumeAttributesClassName"), "<unset>")),
            created(o, now),
            json!(or(o.text("/spec/volumeMode"), "<unset>")),
        ]
    },
};

pub(super) static VOLUMES: Layout = Layout {
    columns: &[
        text("Name"),
        text("Capacity"),
        text("Access Modes"),
        text("Reclaim Policy"),
        text("Status"),
        text("Claim"),
        text("StorageClass"),
        text("VolumeAttributesClass"),
        text("Reason"),
        text("Age"),
        wide("VolumeMode"),
    ],
    cells: |o, now| {
        let claim = if o.has("/spec/claimRef") {
            format!(
                "{}/{}",
                o.text("/spec/claimRef/namespace"),
                o.text("/spec/claimRef/name")
            )
        } else {
            String::new()
        };
        vec![
            name(o),
            json!(scalar(o.pointer("/spec/capacity/storage")).unwrap_or_default()),
            json!(access_modes(o, "/spec/accessModes")),
            json!(o.text("/spec/persistentVolumeReclaimPolicy")),
            json!(phase(o)),
            json!(claim),
            json!(class(o)),
            json!(or(o.text("/spec/volumeAttributesClassName"), "<unset>")),
            json!(o.text("/status/reason")),
            created(o, now),
            json!(or(o.text("/spec/volumeMode"), "<unset>")),
        ]
    },
};

fn phase(o: &Value) -> &str {
    if o.has("/metadata/deletionTimestamp") {
        "Terminating"
    } else {
        o.text("/status/phase")
    }
}

/// The class, which was an annotation before it was a field.
fn class(o: &Value) -> &str {
    match o.text("/metadata/annotations/volume.beta.kubernetes.io~1storage-class") {
        "" => o.text("/spec/storageClassName"),
        annotated => annotated,
    }
}

pub(super) static CLASSES: Layout = Layout {
    columns: &[
        text("Name"),
        text("Provisioner"),
        text("ReclaimPolicy"),
        text("VolumeBindingMode"),
        typed("AllowVolumeExpansion", "boolean"),
        text("Age"),
    ],
    cells: |o, now| {
        let default = [
            "storageclass.kubernetes.io",
            "storageclass.beta.kubernetes.io",
        ]
        .iter()
        .any(|prefix| {
            o.text(&format!("/metadata/annotations/{prefix}~1is-default-class")) == "true"
        });
        let plain = o.text("/metadata/name");
        let shown = if default {
            format!("{plain} (default)")
        } else {
            plain.to_owned()
        };
        vec![
            json!(shown),
            json!(o.text("/provisioner")),
            json!(or(o.text("/reclaimPolicy"), "Delete")),
            json!(or(o.text("/volumeBindingMode"), "Immediate")),
            json!(o.flag("/allowVolumeExpansion")),
            created(o, now),
        ]
    },
};

pub(super) static ATTACHMENTS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Attacher"),
        text("PV"),
        text("Node"),
        typed("Attached", "boolean"),
        text("Age"),
    ],
    cells: |o, now| {
        vec![
            name(o),
            json!(o.text("/spec/attacher")),
            json!(o.text("/spec/source/persistentVolumeName")),
            json!(o.text("/spec/nodeName")),
            json!(o.flag("/status/attached")),
            created(o, now),
        ]
    },
};

pub(super) static CSI_NODES: Layout = Layout {
    columns: &[text("Name"), typed("Drivers", "integer"), text("Age")],
    cells: |o, now| {
        vec![
            name(o),
            json!(o.list("/spec/drivers").len()),
            created(o, now),
        ]
    },
};
