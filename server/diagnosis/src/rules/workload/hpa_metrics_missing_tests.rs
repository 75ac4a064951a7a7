use crate::testing::check;

fn with(reason: &str, message: &str, rest: &str) -> String {
    format!(
        "
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web, namespace: n, creationTimestamp: '2026-01-01T10:00:00Z'}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: StatefulSet, name: web}}
  maxReplicas: 5
  metrics: [{{type: Resource, resource: {{name: memory, target: {{type: Utilization, averageUtilization: 80}}}}}}]
status:
  currentReplicas: 1
  conditions:
    - {{type: ScalingActive, status: 'False', reason: {reason}, lastTransitionTime: '2026-01-01T11:00:00Z', message: '{message}'}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: web, namespace: n, uid: s}}
spec:
  replicas: 1
  template: {{spec: {{containers: [{{name: app, resources: {{requests: {{memory: 1Gi}}}}}}, {{name: log}}]}}}}
status: {{replicas: 1}}
{rest}"
    )
}

#[test]
fn a_container_without_a_request_is_named() {
    check(&with(
        "FailedGetResourceMetric",
        "the HPA was unable to compute the replica count: failed to get memory utilization: missing request for memory in container log of Pod web-0",
        "",
    ))
    .finds("hpa-metrics-missing", "HorizontalPodAutoscaler n/web")
    .tells("title.request").with_list("containers", ["log"])
    .advises("-c log --requests=memory=");
}

#[test]
fn an_api_that_does_not_answer_is_told_from_one_that_is_not_there() {
    let message = "unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)";
    let down = "---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec: {service: {namespace: kube-system, name: metrics-server}}
status: {conditions: [{type: Available, status: 'False', reason: MissingEndpoints, message: no addresses}]}
";
    check(&with("FailedGetResourceMetric", message, down))
        .finds("hpa-metrics-missing", "HorizontalPodAutoscaler n/web")
        .tells("title.api-down")
        .with("api", "metrics.k8s.io")
        .proves("no addresses");
    check(&with(
        "FailedGetExternalMetric",
        "unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue.external.metrics.k8s.io)",
        "",
    ))
    .finds("hpa-metrics-missing", "HorizontalPodAutoscaler n/web")
    .tells("title.api").with("api", "external.metrics.k8s.io");
}

#[test]
fn metrics_that_need_a_moment_are_no_problem() {
    let message = "failed to get memory utilization: did not receive metrics for targeted pods (pods might be unready)";
    check(&with("FailedGetResourceMetric", message, "")).finds_nothing();
    let ready = "---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: n, uid: p, ownerReferences: [{kind: StatefulSet, name: web, uid: s, controller: true}]}
status: {phase: Running, startTime: '2026-01-01T10:30:00Z', conditions: [{type: Ready, status: 'True'}]}
";
    check(&with("FailedGetResourceMetric", message, ready))
        .finds("hpa-metrics-missing", "HorizontalPodAutoscaler n/web");
}

#[test]
fn two_autoscalers_of_the_same_pods_are_no_missing_metrics() {
    let said = "pods by selector app=web are controlled by multiple HPAs: [{web n} {web-night n}]";
    let other = |target: &str| {
        format!("---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web-night, namespace: n, creationTimestamp: '2026-01-01T10:00:00Z'}}
spec: {{scaleTargetRef: {{apiVersion: apps/v1, kind: StatefulSet, name: {target}}}, maxReplicas: 5}}
status:
  conditions:
    - {{type: ScalingActive, status: 'False', reason: AmbiguousSelector, lastTransitionTime: '2026-01-01T11:00:00Z', message: '{said}'}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: night, namespace: n, uid: t}}
spec: {{replicas: 1}}
")
    };
    check(&with("AmbiguousSelector", said, &other("web")))
        .finds("hpa-metrics-missing", "HorizontalPodAutoscaler n/web")
        .tells("title.ambiguous")
        .with("name", "web")
        .with_list("others", ["web-night"])
        .tells("explanation.ambiguous-target")
        .with("target_kind", "StatefulSet")
        .with("target_name", "web")
        .affects("HorizontalPodAutoscaler n/web-night")
        .offers("fix.rival")
        .alone();
    check(&with("AmbiguousSelector", said, &other("night")))
        .finds("hpa-metrics-missing", "HorizontalPodAutoscaler n/web")
        .tells("explanation.ambiguous");
    // The other one is gone, and the condition is of before.
    check(&with("AmbiguousSelector", said, "")).finds_nothing();
}

#[test]
fn a_target_that_shows_no_selector_is_named() {
    check(&with(
        "InvalidSelector",
        "the HPA target''s scale is missing a selector",
        "",
    ))
    .finds("hpa-metrics-missing", "HorizontalPodAutoscaler n/web")
    .tells("title.selector")
    .with("target_kind", "StatefulSet")
    .with("target_name", "web");
}

#[test]
fn a_target_at_zero_is_not_scaled_on_purpose() {
    check(&with(
        "ScalingDisabled",
        "the replica count of the target is zero",
        "",
    ))
    .finds_nothing();
}

#[test]
fn a_pod_of_another_owner_that_has_the_labels_is_named() {
    let objects = |labels: &str| {
        format!(
            "
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: n, uid: d}}
spec: {{replicas: 1, selector: {{matchLabels: {{app: web}}}}, template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: c, resources: {{requests: {{memory: 64Mi}}}}}}]}}}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web, namespace: n}}
spec: {{maxReplicas: 3, scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}, metrics: [{{type: Resource, resource: {{name: memory, target: {{type: Utilization, averageUtilization: 50}}}}}}]}}
status: {{conditions: [{{type: ScalingActive, status: 'False', reason: FailedGetResourceMetric, message: 'the HPA was unable to compute the replica count: failed to get memory utilization: missing request for memory'}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: check, namespace: n, uid: p, labels: {{app: {labels}}}}}
spec: {{containers: [{{name: c}}]}}
status: {{phase: Succeeded}}
"
        )
    };
    check(&objects("web"))
        .finds("hpa-metrics-missing", "HorizontalPodAutoscaler n/web")
        .tells("title.foreign")
        .with("pod", "check")
        .offers("fix.foreign")
        .with("owner", "check")
        .does_not_advise("set resources");
    check(&objects("other"))
        .finds("hpa-metrics-missing", "HorizontalPodAutoscaler n/web")
        .offers("fix.request");
}
