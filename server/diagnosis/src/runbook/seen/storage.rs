//! Volumes, and what provides them; devices, which are claimed alike.

use super::common::by_type;
use super::describe::describe;
use super::shape::{Field, Shape, Type};
use super::view::{Described, Fields, Seen};
use crate::facts::{
    AllocatedDevice, Condition, CsiDriver, CsiNode, CsiNodeDriver, CsiStorageCapacity,
    PersistentVolume, PersistentVolumeClaim, Quantity, ResourceClaim, ResourceConsumer,
    StorageClass, VolumeAttachment, VolumeError,
};

describe! {
    object PersistentVolumeClaim as it: PersistentVolumeClaim, "A PersistentVolumeClaim." {
        phase: text, "`status.phase`: `Pending`, `Bound` or `Lost`." => &*it.phase;
        storageClassName: text, "`spec.storageClassName`, `''` for the default class or for none." => it.class.as_deref().unwrap_or_default();
        hasStorageClassName: flag, "Whether `spec.storageClassName` is set, were it to `''`, which means no class." => it.class.is_some();
        volumeName: text, "`spec.volumeName`, `''` while it has no volume." => &*it.volume;
        accessModes: texts, "`spec.accessModes`." => &*it.access_modes;
        volumeMode: text, "`spec.volumeMode`." => &*it.volume_mode;
        request: text, "The storage that it asks for, as written." => written(it.request.as_ref());
        capacity: text, "The storage that it has, as written; `''` while it has none." => written(it.capacity.as_ref());
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    object PersistentVolume as it: PersistentVolume, "A PersistentVolume." {
        phase: text, "`status.phase`: `Available`, `Bound`, `Released` or `Failed`." => &*it.phase;
        storageClassName: text, "`spec.storageClassName`, `''` for no class." => &*it.class;
        capacity: text, "Its size, as written." => written(it.capacity.as_ref());
        accessModes: texts, "`spec.accessModes`." => &*it.access_modes;
        volumeMode: text, "`spec.volumeMode`." => &*it.volume_mode;
        claimNamespace: text, "The namespace of the claim that it is for, `''` for no claim." => it.claim.as_ref().map_or("", |(namespace, _)| namespace);
        claimName: text, "The name of the claim that it is for, `''` for no claim." => it.claim.as_ref().map_or("", |(_, name)| name);
        csiDriver: text, "The driver that provides it, `''` for another kind of volume." => &*it.csi_driver;
        reclaimPolicy: text, "`spec.persistentVolumeReclaimPolicy`." => &*it.reclaim_policy;
    }

    object StorageClass as it: StorageClass, "A StorageClass." {
        provisioner: text, "`provisioner`." => &*it.provisioner;
        volumeBindingMode: text, "`Immediate` or `WaitForFirstConsumer`." => &*it.binding_mode;
        default: flag, "Whether claims without a class use it." => it.is_default;
        allowVolumeExpansion: flag, "`allowVolumeExpansion`." => it.allow_expansion;
    }

    object CSIDriver as it: CsiDriver, "A CSIDriver." {}

    object CSINode as it: CsiNode, "A CSINode: the drivers on the node of its name." {
        drivers: [CsiNodeDriver], "`spec.drivers`." => &*it.drivers;
    }

    part CSINodeDriver as it: CsiNodeDriver, "A driver on a node." {
        name: text, "Its name." => &*it.name;
        topologyKeys: texts, "The labels by which the driver knows where the node is." => &*it.topology_keys;
        allocatable: maybe_int, "How many of its volumes the node may have." => it.allocatable;
    }

    object CSIStorageCapacity as it: CsiStorageCapacity, "A CSIStorageCapacity: how much a class has left in one place." {
        storageClassName: text, "`storageClassName`." => &*it.class;
        capacity: text, "How much is left, as written; `''` when that is not told." => written(it.capacity.as_ref());
        maximumVolumeSize: text, "The largest volume that can be made, as written; `''` when that is not told." => written(it.largest.as_ref());
    }

    object VolumeAttachment as it: VolumeAttachment, "A VolumeAttachment: that a volume is to be attached to a node." {
        attacher: text, "The driver." => &*it.attacher;
        nodeName: text, "The node." => &*it.node;
        volumeName: text, "The PersistentVolume, `''` for a volume that is none." => &*it.volume;
        attached: flag, "Whether it is attached." => it.attached;
        attachError: (VolumeError?), "Why it could not be attached." => it.attach_error.as_ref();
        detachError: (VolumeError?), "Why it could not be detached." => it.detach_error.as_ref();
    }

    part VolumeError as it: VolumeError, "Why something was not done with a volume." {
        message: text, "What the driver says." => &*it.message;
        errorCode: maybe_int, "The gRPC code of the error." => it.code;
    }

    object ResourceClaim as it: ResourceClaim, "A ResourceClaim: devices that Pods share." {
        allocated: flag, "Whether devices were found for it." => it.allocated;
        devices: [AllocatedDevice], "The devices that were found." => &*it.devices;
        requests: texts, "The names of its requests." => &*it.requests;
        reservedFor: [ResourceConsumer], "Who may use it now." => &*it.reserved_for;
    }

    part AllocatedDevice as it: AllocatedDevice, "A device that was found for a ResourceClaim." {
        request: text, "The request that it is for." => &*it.request;
        driver: text, "Its driver." => &*it.driver;
        pool: text, "Its pool." => &*it.pool;
        device: text, "Its name in the pool." => &*it.device;
        conditions: {Condition}, "What the driver says of it (`status.devices[].conditions`), by type." => by_type(&it.conditions);
    }

    part ResourceConsumer as it: ResourceConsumer, "Who may use a ResourceClaim." {
        resource: text, "The plural name of its kind, such as `pods`." => &*it.resource;
        group: text, "Its API group." => &*it.group;
        name: text, "Its name." => &*it.name;
    }
}

fn written(quantity: Option<&Quantity>) -> String {
    quantity.map(ToString::to_string).unwrap_or_default()
}
