use std::sync::Arc;

use super::condition::{self, Condition};
use super::fields::Fields;
use super::meta::{Labels, Meta};
use super::pod_spec::PodSpec;
use super::selector::Selector;
use super::sharing::Str;

/// A Pod template: what a workload makes its Pods from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// `metadata.labels` of the template.
    pub labels: Arc<Labels>,
    /// `spec` of the template.
    pub spec: Arc<PodSpec>,
}

impl Template {
    /// Reads `template` of a workload's `spec`.
    pub(crate) fn read(spec: Fields<'_>) -> Self {
        let template = spec.at("template");
        let sharing = spec.sharing();
        Self {
            labels: sharing.labels(template.at("metadata").map("labels")),
            spec: sharing.spec(PodSpec::read(template.at("spec"))),
        }
    }
}

/// How many Pods a workload wants and has. Absent counts are 0, as in the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replicas {
    /// How many are wanted (`spec.replicas`, or `desiredNumberScheduled`).
    pub wanted: i64,
    /// How many there are.
    pub current: i64,
    /// How many are of the newest template.
    pub updated: i64,
    /// How many are ready.
    pub ready: i64,
    /// How many are available.
    pub available: i64,
}

/// A Deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// `metadata`.
    pub meta: Meta,
    /// Wanted and present Pods.
    pub replicas: Replicas,
    /// `spec.selector`.
    pub selector: Selector,
    /// `spec.template`.
    pub template: Template,
    /// `spec.paused`.
    pub paused: bool,
    /// `spec.strategy.type`; empty when absent.
    pub strategy: Str,
    /// `spec.strategy.rollingUpdate.maxUnavailable`, as written; empty when absent.
    pub max_unavailable: Str,
    /// `spec.strategy.rollingUpdate.maxSurge`, as written; empty when absent.
    pub max_surge: Str,
    /// `spec.progressDeadlineSeconds`.
    pub progress_deadline: Option<i64>,
    /// `spec.minReadySeconds`.
    pub min_ready_seconds: i64,
    /// `status.observedGeneration`.
    pub observed_generation: Option<i64>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

/// A ReplicaSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaSet {
    /// `metadata`.
    pub meta: Meta,
    /// Wanted and present Pods.
    pub replicas: Replicas,
    /// `spec.selector`.
    pub selector: Selector,
    /// `spec.template`.
    pub template: Template,
    /// The revision of the Deployment that it is.
    pub revision: Option<i64>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

/// A StatefulSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatefulSet {
    /// `metadata`.
    pub meta: Meta,
    /// Wanted and present Pods.
    pub replicas: Replicas,
    /// `spec.selector`.
    pub selector: Selector,
    /// `spec.template`.
    pub template: Template,
    /// `spec.serviceName`: the headless Service that names its Pods.
    pub service: Str,
    /// `spec.podManagementPolicy`; `OrderedReady` when absent.
    pub pod_management: Str,
    /// `spec.volumeClaimTemplates[]`: name and StorageClass (`None` for the default one).
    pub claim_templates: Box<[(Str, Option<Str>)]>,
    /// `status.currentRevision` and `status.updateRevision`.
    pub current_revision: Str,
    /// `status.updateRevision`.
    pub update_revision: Str,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

/// A ReplicationController, the older form of a ReplicaSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicationController {
    /// `metadata`.
    pub meta: Meta,
    /// Wanted and present Pods; `updated` is never told.
    pub replicas: Replicas,
    /// `spec.selector`, which has labels only.
    pub selector: Selector,
    /// `spec.template`.
    pub template: Template,
    /// `status.observedGeneration`.
    pub observed_generation: Option<i64>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

/// A ControllerRevision: one template of a StatefulSet or DaemonSet, which is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerRevision {
    /// `metadata`.
    pub meta: Meta,
    /// `revision`.
    pub revision: i64,
}

/// A DaemonSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaemonSet {
    /// `metadata`.
    pub meta: Meta,
    /// Wanted and present Pods.
    pub replicas: Replicas,
    /// `status.numberMisscheduled`.
    pub misscheduled: i64,
    /// `spec.selector`.
    pub selector: Selector,
    /// `spec.template`.
    pub template: Template,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

impl Deployment {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let rolling = spec.at("strategy").at("rollingUpdate");
        Self {
            meta: Meta::read(object, true),
            replicas: replicas(spec, status),
            selector: Selector::read(spec.at("selector")),
            template: Template::read(spec),
            paused: spec.is("paused"),
            strategy: spec.at("strategy").name("type"),
            max_unavailable: number_or_percent(rolling, "maxUnavailable"),
            max_surge: number_or_percent(rolling, "maxSurge"),
            progress_deadline: spec.int("progressDeadlineSeconds"),
            min_ready_seconds: spec.int("minReadySeconds").unwrap_or(0),
            observed_generation: status.int("observedGeneration"),
            conditions: condition::read(status),
        }
    }

    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.conditions, kind)
    }
}

impl ReplicaSet {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let meta = Meta::read(object, true);
        Self {
            revision: meta
                .annotation("deployment.kubernetes.io/revision")
                .and_then(|r| r.parse().ok()),
            meta,
            replicas: replicas(spec, status),
            selector: Selector::read(spec.at("selector")),
            template: Template::read(spec),
            conditions: condition::read(status),
        }
    }
}

impl StatefulSet {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        Self {
            meta: Meta::read(object, true),
            replicas: replicas(spec, status),
            selector: Selector::read(spec.at("selector")),
            template: Template::read(spec),
            service: spec.name("serviceName"),
            pod_management: spec
                .filled("podManagementPolicy")
                .unwrap_or_else(|| spec.sharing().str("OrderedReady")),
            claim_templates: spec
                .list("volumeClaimTemplates")
                .map(|(_, c)| {
                    (
                        c.at("metadata").name("name"),
                        c.at("spec").str("storageClassName"),
                    )
                })
                .collect(),
            current_revision: status.name("currentRevision"),
            update_revision: status.name("updateRevision"),
            conditions: condition::read(status),
        }
    }
}

impl ReplicationController {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let labels = spec.map("selector");
        Self {
            meta: Meta::read(object, true),
            replicas: replicas(spec, status),
            selector: Selector {
                present: !labels.is_empty(),
                labels,
                expressions: Box::default(),
            },
            template: Template::read(spec),
            observed_generation: status.int("observedGeneration"),
            conditions: condition::read(status),
        }
    }
}

impl ControllerRevision {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            // The last-applied configuration that it may carry is its owner's.
            meta: Meta {
                dropped: Box::default(),
                ..Meta::read(object, false)
            },
            revision: object.int("revision").unwrap_or(0),
        }
    }
}

impl DaemonSet {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let count = |key| status.int(key).unwrap_or(0);
        Self {
            meta: Meta::read(object, true),
            replicas: Replicas {
                wanted: count("desiredNumberScheduled"),
                current: count("currentNumberScheduled"),
                updated: count("updatedNumberScheduled"),
                ready: count("numberReady"),
                available: count("numberAvailable"),
            },
            misscheduled: count("numberMisscheduled"),
            selector: Selector::read(spec.at("selector")),
            template: Template::read(spec),
            conditions: condition::read(status),
        }
    }
}

/// The counts of a workload with `spec.replicas`, which is 1 when absent.
fn replicas(spec: Fields<'_>, status: Fields<'_>) -> Replicas {
    let count = |key| status.int(key).unwrap_or(0);
    Replicas {
        wanted: spec.int("replicas").unwrap_or(1),
        current: count("replicas"),
        updated: count("updatedReplicas"),
        ready: count("readyReplicas"),
        available: count("availableReplicas"),
    }
}

/// An `IntOrString` field as written.
pub(crate) fn number_or_percent(parent: Fields<'_>, key: &str) -> Str {
    match parent.int(key) {
        Some(number) => parent.sharing().str(&number.to_string()),
        None => parent.name(key),
    }
}
