use super::condition::{self, Condition};
use super::fields::Fields;
use super::kind_ref::KindRef;
use super::meta::Meta;
use super::selector::Selector;
use super::sharing::Str;
use super::workload::number_or_percent;

/// A HorizontalPodAutoscaler (autoscaling/v2, or v1 as far as it goes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HorizontalPodAutoscaler {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.scaleTargetRef`.
    pub target: TargetRef,
    /// `spec.minReplicas`; 1 when absent.
    pub min: i64,
    /// `spec.maxReplicas`.
    pub max: i64,
    /// `spec.metrics`.
    pub metrics: Box<[Metric]>,
    /// `status.currentReplicas`.
    pub current: i64,
    /// `status.desiredReplicas`.
    pub desired: i64,
    /// `status.currentMetrics`, those that are a share of what the Pods request.
    pub utilizations: Box<[Utilization]>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

/// How much of what its Pods request an autoscaler last saw used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utilization {
    /// JSON Pointer of the value.
    pub pointer: Str,
    /// The resource's name.
    pub resource: Str,
    /// The value in percent.
    pub percent: i64,
}

/// An object of the same namespace by kind and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRef {
    /// `kind`, in the group of `apiVersion`.
    pub kind: KindRef,
    /// `name`.
    pub name: Str,
}

/// One of an autoscaler's `metrics`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its index in the object.
    pub index: usize,
    /// `type`: `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
    pub kind: Str,
    /// The resource's or the metric's name.
    pub name: Str,
    /// The target's kind: `Utilization`, `Value` or `AverageValue`.
    pub target_kind: Str,
    /// `target.averageUtilization`, in percent.
    pub utilization: Option<i64>,
}

/// A PodDisruptionBudget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodDisruptionBudget {
    /// `metadata`.
    pub meta: Meta,
    /// `spec.selector`.
    pub selector: Selector,
    /// `spec.minAvailable`, as written; empty when absent.
    pub min_available: Str,
    /// `spec.maxUnavailable`, as written; empty when absent.
    pub max_unavailable: Str,
    /// `status.disruptionsAllowed`; `None` before the first status.
    pub allowed: Option<i64>,
    /// `status.currentHealthy`.
    pub healthy: i64,
    /// `status.desiredHealthy`.
    pub desired: i64,
    /// `status.expectedPods`.
    pub expected: i64,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
}

impl HorizontalPodAutoscaler {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let target = spec.at("scaleTargetRef");
        Self {
            meta: Meta::read(object, true),
            target: TargetRef {
                kind: KindRef::read(target),
                name: target.name("name"),
            },
            min: spec.int("minReplicas").unwrap_or(1),
            max: spec.int("maxReplicas").unwrap_or(0),
            metrics: spec.list("metrics").map(metric).collect(),
            current: status.int("currentReplicas").unwrap_or(0),
            desired: status.int("desiredReplicas").unwrap_or(0),
            utilizations: status
                .list("currentMetrics")
                .filter_map(utilization)
                .collect(),
            conditions: condition::read(status),
        }
    }

    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.conditions, kind)
    }
}

impl PodDisruptionBudget {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        let count = |key| status.int(key).unwrap_or(0);
        Self {
            meta: Meta::read(object, true),
            selector: Selector::read(spec.at("selector")),
            min_available: number_or_percent(spec, "minAvailable"),
            max_unavailable: number_or_percent(spec, "maxUnavailable"),
            allowed: status.int("disruptionsAllowed"),
            healthy: count("currentHealthy"),
            desired: count("desiredHealthy"),
            expected: count("expectedPods"),
            conditions: condition::read(status),
        }
    }
}

fn utilization((index, metric): (usize, Fields<'_>)) -> Option<Utilization> {
    ["resource", "containerResource"]
        .into_iter()
        .find_map(|key| {
            let source = metric.at(key);
            Some(Utilization {
                percent: source.at("current").int("averageUtilization")?,
                resource: source.name("name"),
                pointer: metric.sharing().str(&format!(
                    "/status/currentMetrics/{index}/{key}/current/averageUtilization"
                )),
            })
        })
}

fn metric((index, metric): (usize, Fields<'_>)) -> Metric {
    let source = [
        "resource",
        "containerResource",
        "pods",
        "object",
        "external",
    ]
    .into_iter()
    .map(|key| metric.at(key))
    .find(|s| s.exists())
    .unwrap_or_else(|| metric.at("resource"));
    let target = source.at("target");
    Metric {
        index,
        kind: metric.name("type"),
        name: source
            .filled("name")
            .unwrap_or_else(|| source.at("metric").name("name")),
        target_kind: target.name("type"),
        utilization: target.int("averageUtilization"),
    }
}
