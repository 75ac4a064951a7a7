//! Symptom: an application under load is slow and gets no more Pods.
//! Cause: its HorizontalPodAutoscaler stands at `maxReplicas` and wants more.
//! Fix: raise `maxReplicas`, or make each Pod do more.
//! Source: <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>

use podside_model::{Message, Relation, Severity};

use crate::facts::{Condition, HorizontalPodAutoscaler};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "hpa-at-maximum",
    source: "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
    rank: Rank::Root,
    runs: &[Run::HorizontalPodAutoscaler(run)],
    texts: &[
        text(
            "title",
            "HorizontalPodAutoscaler {name} stands at its maximum of {max} replicas and wants more",
            "HorizontalPodAutoscaler {name} は上限の {max} レプリカに達しており、さらに必要としている",
        ),
        text(
            "title.usage",
            "HorizontalPodAutoscaler {name} stands at its maximum of {max} replicas while {resource} is at {percent} % of the requests (target {target} %)",
            "HorizontalPodAutoscaler {name} は上限の {max} レプリカに達しているが、{resource} が requests の {percent} %（目標 {target} %）のままである",
        ),
        text(
            "explanation",
            "By its metrics {target_kind} {target_name} needs more Pods than maxReplicas allows, so the existing ones carry more load than they were meant to.",
            "メトリクスによると {target_kind} {target_name} には maxReplicas を超える Pod が必要で、既存の Pod に想定以上の負荷がかかっています。",
        ),
        text(
            "fix.raise",
            "Raise maxReplicas, if the nodes and quotas have room for more Pods.",
            "ノードとクォータに余裕があれば maxReplicas を引き上げます。",
        ),
        text(
            "fix.requests",
            "Or see whether the requests of {target_kind} {target_name} are too low for what one Pod does, or whether something makes its Pods busy.",
            "または {target_kind} {target_name} の requests が 1 つの Pod の仕事量に対して低すぎないか、負荷の原因がほかにないか確認します。",
        ),
        text(
            "proof.usage",
            "What the autoscaler last saw used",
            "直近に観測された使用率",
        ),
    ],
};

fn run(hpa: &HorizontalPodAutoscaler, _: &Snapshot, findings: &mut Findings) {
    let Some(limited) = hpa
        .condition("ScalingLimited")
        .filter(|c| c.is_true() && &*c.reason == "TooManyReplicas")
    else {
        return;
    };
    // It may stand below the maximum still, where it may only grow so fast.
    if hpa.current < hpa.max || hpa.meta.deleting.is_some() || is_blind(hpa) {
        return;
    }
    let namespace = &*hpa.meta.namespace;
    let mut finding = Finding::on(hpa)
        .severity(Severity::Warning)
        .arg("max", hpa.max)
        .arg("target_kind", &*hpa.target.kind.name)
        .arg("target_name", &*hpa.target.name)
        .proof(proof::condition(hpa, limited, "reason"))
        .proof(proof::field(hpa, "/spec/maxReplicas", hpa.max))
        .proof(proof::field(hpa, "/status/currentReplicas", hpa.current))
        .affects(
            super::hpa_target_missing::target(hpa),
            Relation::Scales,
            Message::new("state.ready")
                .with("ready", hpa.current)
                .with("wanted", hpa.max),
        )
        .since(limited.changed)
        .fix_with(
            "fix.raise",
            format!(
                "{} patch hpa {} -p '{{\"spec\":{{\"maxReplicas\":{}}}}}'",
                kubectl::prefix(Some(namespace)),
                kubectl::word(&hpa.meta.name),
                hpa.max.saturating_mul(2)
            ),
        )
        .fix("fix.requests");
    let over = hpa.utilizations.iter().find_map(|seen| {
        let metric = hpa.metrics.iter().find(|m| m.name == seen.resource)?;
        let target = metric.utilization?;
        (seen.percent > target).then_some((seen, target))
    });
    if let Some((seen, target)) = over {
        finding = finding
            .title("title.usage")
            .arg("resource", &*seen.resource)
            .arg("percent", seen.percent)
            .arg("target", target)
            .proof(proof::field(hpa, &*seen.pointer, seen.percent).saying("proof.usage"));
    }
    findings.add(finding);
}

/// Whether it cannot read its metrics now, so that what it wanted is of the past.
fn is_blind(hpa: &HorizontalPodAutoscaler) -> bool {
    hpa.condition("ScalingActive")
        .is_some_and(Condition::is_false)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(current: u32, reason: &str, active: &str) -> String {
        format!(
            "
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web, namespace: n}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: StatefulSet, name: web}}
  maxReplicas: 5
  metrics:
    - {{type: Pods, pods: {{metric: {{name: rps}}, target: {{type: AverageValue, averageValue: 10}}}}}}
    - {{type: Resource, resource: {{name: memory, target: {{type: Utilization, averageUtilization: 80}}}}}}
status:
  currentReplicas: {current}
  currentMetrics: [{{type: ''}}, {{type: Resource, resource: {{name: memory, current: {{averageUtilization: 96}}}}}}]
  conditions: [{{type: ScalingActive, status: '{active}'}}, {{type: ScalingLimited, status: 'True', reason: {reason}}}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: web, namespace: n}}
spec: {{replicas: {current}}}
status: {{replicas: {current}}}
"
        )
    }

    #[test]
    fn the_maximum_is_found_with_the_metric_that_wants_more() {
        check(&with(5, "TooManyReplicas", "True"))
            .finds("hpa-at-maximum", "HorizontalPodAutoscaler n/web")
            .tells("title.usage")
            .with("resource", "memory")
            .with("percent", 96)
            .with("target", 80)
            .affects("StatefulSet n/web");
    }

    #[test]
    fn the_minimum_the_way_up_and_old_news_are_no_problem() {
        for objects in [
            with(5, "TooFewReplicas", "True"),
            with(4, "TooManyReplicas", "True"),
            with(5, "TooManyReplicas", "False"),
            with(5, "DesiredWithinRange", "True"),
        ] {
            check(&objects).does_not_find("hpa-at-maximum");
        }
    }
}
