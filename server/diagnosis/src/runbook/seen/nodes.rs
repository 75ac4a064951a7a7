//! Nodes, and what a cluster consists of beside them.

use super::common::by_type;
use super::describe::describe;
use super::shape::{Field, Shape, Type};
use super::view::{Described, Fields, Seen};
use crate::facts::{
    ApiService, Condition, Event, Lease, Namespace, Node, Other, PriorityClass, RuntimeClass, Taint,
};

describe! {
    object Node as it: Node, "A Node." {
        ready: flag, "Whether it reports `Ready: True`." => it.is_ready();
        unschedulable: flag, "`spec.unschedulable`: whether it is cordoned." => it.unschedulable;
        taints: [Taint], "`spec.taints`." => &*it.taints;
        address: text, "Its internal address." => &*it.address;
        podCIDRs: texts, "`spec.podCIDRs`." => &*it.pod_cidrs;
        capacity: named_texts, "`status.capacity` as written, by resource." => it.capacity.iter().map(|(name, of)| (name, of.to_string()));
        allocatable: named_texts, "`status.allocatable` as written, by resource." => it.allocatable.iter().map(|(name, of)| (name, of.to_string()));
        kubeletVersion: text, "The kubelet's version." => &*it.kubelet_version;
        containerRuntimeVersion: text, "The runtime and its version, such as `containerd://2.1.0`." => &*it.runtime_version;
        architecture: text, "Such as `amd64`." => &*it.architecture;
        operatingSystem: text, "`linux` or `windows`." => &*it.operating_system;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    part Taint as it: Taint, "A taint of a node." {
        key: text, "Its key." => &*it.key;
        value: text, "Its value, `''` when it has none." => &*it.value;
        effect: text, "`NoSchedule`, `PreferNoSchedule` or `NoExecute`." => &*it.effect;
    }

    object Lease as it: Lease, "A Lease: a sign of life." {
        holder: text, "`spec.holderIdentity`." => &*it.holder;
        durationSeconds: maybe_int, "`spec.leaseDurationSeconds`." => it.duration_seconds;
    }

    object Namespace as it: Namespace, "A Namespace." {
        phase: text, "`Active` or `Terminating`." => &*it.phase;
        specFinalizers: texts, "`spec.finalizers`." => &*it.finalizers;
        conditions: {Condition}, "`status.conditions`, by type: what holds up a deletion." => by_type(&it.conditions);
    }

    object PriorityClass as it: PriorityClass, "A PriorityClass." {
        value: int, "`value`." => it.value;
        default: flag, "Whether Pods without a class have it." => it.is_default;
    }

    object RuntimeClass as it: RuntimeClass, "A RuntimeClass." {
        handler: text, "`handler`." => &*it.handler;
    }

    object APIService as it: ApiService, "An APIService: a part of the API." {
        serviceNamespace: text, "The namespace of the Service that serves it, `''` for the API server itself." => it.service.as_ref().map_or("", |(namespace, _)| namespace);
        serviceName: text, "The name of the Service that serves it, `''` for the API server itself." => it.service.as_ref().map_or("", |(_, name)| name);
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    object Event as it: Event, "An Event: something that was seen. Clusters keep it for an hour, so that there is none proves nothing." {
        reason: text, "The reason, such as `FailedScheduling`." => &*it.reason;
        message: text, "The message." => it.said();
        warning: flag, "Whether its type is `Warning`." => it.warning;
        count: int, "How often it was seen." => i64::from(it.count);
        reporter: text, "Who reports it, such as `kubelet`." => &*it.reporter;
        aboutKind: text, "The kind of the object that it is about." => &*it.about.kind.name;
        aboutName: text, "The name of the object that it is about." => &*it.about.name;
    }

    object Other as it: Other, "An object of a kind that has no entry of its own, such as a custom resource." {
        phase: text, "`status.phase`, `''` when it has none." => &*it.phase;
        observedGeneration: maybe_int, "`status.observedGeneration`: the generation that its controller has seen." => it.observed_generation;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }
}
