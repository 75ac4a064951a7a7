use podside_model::Message;

use crate::testing::check;

/// What is left beside the problems: whether it is unsettled, the object, the text and, of
/// what is unexplained, the reasons that the cluster gives.
fn rest(yaml: &str, at: &str) -> Vec<String> {
    let diagnosis = check(yaml).at(at).judge().diagnosis;
    let told = |object: &podside_model::ObjectRef, what: &Message| format!("{object} {}", what.id);
    let unsettled = diagnosis.unsettled.iter().map(|it| {
        let why = it.why.id.trim_start_matches("patience.");
        format!(
            "unsettled {}, {why}, until {:.0}",
            told(&it.object, &it.what),
            it.judged_at
        )
    });
    let unexplained = diagnosis.unexplained.iter().map(|it| {
        let said: Vec<String> = it
            .said
            .iter()
            .map(|said| format!("{} {}x", said.reason, said.count))
            .collect();
        format!(
            "unexplained {}: {}",
            told(&it.object, &it.what),
            said.join(", ")
        )
    });
    unsettled.chain(unexplained).collect()
}

const JOINING: &str = r#"
apiVersion: v1
kind: Node
metadata: {name: render-04, creationTimestamp: "2026-01-01T11:59:27Z"}
status: {conditions: [{type: Ready, status: "False", reason: KubeletNotReady, message: "MESSAGE", lastTransitionTime: "2026-01-01T11:59:27Z"}]}
"#;

#[test]
fn a_node_that_joins_is_waited_for_unless_it_says_that_something_failed() {
    let on_its_way = "container runtime status check may not have completed yet";
    let yaml = JOINING.replace("MESSAGE", on_its_way);
    let until =
        "unsettled Node render-04 unwell.node-joins, node-joins, until 2026-01-01T12:00:27Z";
    assert_eq!(rest(&yaml, "2026-01-01T12:00:00Z"), [until]);
    for failed in [
        "container runtime is down",
        "PLEG is not healthy: pleg was last seen active 4m0s ago",
    ] {
        let yaml = JOINING.replace("MESSAGE", failed);
        let diagnosis = check(&yaml).judge().diagnosis;
        assert_eq!(diagnosis.problems.len(), 1, "{failed}");
        assert!(diagnosis.unsettled.is_empty() && diagnosis.unexplained.is_empty());
    }
    // When its patience ends it is a problem, and not told of twice.
    let diagnosis = check(&yaml).at("2026-01-01T12:00:27Z").judge().diagnosis;
    assert_eq!(diagnosis.problems.len(), 1);
    assert!(diagnosis.unsettled.is_empty() && diagnosis.unexplained.is_empty());
}

#[test]
fn a_deployment_that_no_controller_looks_at_is_told() {
    let yaml = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop, uid: d, generation: 1, creationTimestamp: "2026-01-01T11:59:30Z"}
spec: {replicas: 2, template: {spec: {containers: [{name: app, image: x}]}}}
"#;
    assert_eq!(
        rest(yaml, "2026-01-01T12:00:00Z"),
        [
            "unsettled Deployment shop/cart unwell.unobserved, controller-acts, until 2026-01-01T12:00:30Z"
        ]
    );
    assert_eq!(
        rest(yaml, "2026-01-01T12:00:30Z"),
        ["unexplained Deployment shop/cart unwell.unobserved: "]
    );
}

const NOT_READY: &str = r#"
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop, uid: s, creationTimestamp: "2026-01-01T11:00:00Z"}
spec: {replicas: 1, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: x}]}}}
status: {replicas: 1}
---
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: shop, uid: p, labels: {app: db}, creationTimestamp: "2026-01-01T11:00:00Z", ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s, controller: true}]}
spec: {nodeName: n, restartPolicy: Always, readinessGates: [{conditionType: gate}], containers: [{name: db, image: x}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "False", reason: ReadinessGatesNotReady, message: "corresponding condition of pod readiness gate \"gate\" does not exist.", lastTransitionTime: "2026-01-01T11:59:00Z"}]
  containerStatuses: [{name: db, ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T11:59:00Z"}}}]
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: db, namespace: shop}
spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: db, port: {number: 80}}}}]}}]}
"#;

#[test]
fn a_workload_its_pods_and_its_service_are_told_of_once() {
    let at = "2026-01-01T12:00:00Z";
    assert_eq!(
        rest(NOT_READY, at),
        ["unexplained StatefulSet shop/db unwell.replicas: ReadinessGatesNotReady 1x"]
    );
    let diagnosis = check(NOT_READY).at(at).judge().diagnosis;
    let affected: Vec<String> = diagnosis.unexplained[0]
        .affects
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(affected, ["Pod shop/db-0", "Service shop/db"]);
    // It has the minute that an application without probes has.
    assert_eq!(
        rest(NOT_READY, "2026-01-01T11:59:59Z"),
        ["unsettled StatefulSet shop/db unwell.replicas, starting, until 2026-01-01T12:00:00Z"]
    );
}

#[test]
fn a_probe_says_how_long_a_start_may_take() {
    let yaml = NOT_READY
        .replace("spec: {nodeName: n, restartPolicy: Always, readinessGates: [{conditionType: gate}], containers: [{name: db, image: x}]}",
            "spec: {nodeName: n, restartPolicy: Always, containers: [{name: db, image: x, startupProbe: {tcpSocket: {port: 80}, periodSeconds: 10, failureThreshold: 30}}]}")
        .replace("ReadinessGatesNotReady", "ContainersNotReady")
        .replace("ready: true, started: true", "ready: false, started: false");
    assert_eq!(
        rest(&yaml, "2026-01-01T12:00:00Z"),
        ["unsettled StatefulSet shop/db unwell.replicas, starting, until 2026-01-01T12:04:00Z"]
    );
}

#[test]
fn a_pod_that_an_unknown_word_rejected_keeps_that_word() {
    let yaml = r#"
apiVersion: v1
kind: Pod
metadata: {name: sim, namespace: lab, uid: p, creationTimestamp: "2026-01-01T11:59:59Z"}
spec: {nodeName: n, containers: [{name: sim, image: x}]}
status: {phase: Failed, reason: OddAdmission, message: "the moon is full"}
"#;
    assert_eq!(
        rest(yaml, "2026-01-01T12:00:00Z"),
        ["unexplained Pod lab/sim unwell.failed-pod: OddAdmission 1x"]
    );
}

#[test]
fn a_failed_run_that_a_later_one_made_up_for_is_history() {
    let yaml = r#"
apiVersion: batch/v1
kind: CronJob
metadata: {name: report, namespace: lab, uid: c, creationTimestamp: "2025-12-01T00:00:00Z"}
spec: {schedule: "0 * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}}}
status: {lastScheduleTime: "2026-01-01T12:00:00Z", lastSuccessfulTime: "LAST"}
---
apiVersion: batch/v1
kind: Job
metadata: {name: report-1, namespace: lab, uid: j, creationTimestamp: "2026-01-01T10:00:00Z", ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: report, uid: c, controller: true}]}
spec: {suspend: false, template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}
status: {failed: 1, startTime: "2026-01-01T10:00:00Z", conditions: [{type: Failed, status: "True", reason: OddReason, lastTransitionTime: "2026-01-01T10:05:00Z"}]}
"#;
    let now = "2026-01-01T12:00:30Z";
    assert_eq!(
        rest(&yaml.replace("LAST", "2026-01-01T11:00:10Z"), now),
        [""; 0]
    );
    assert_eq!(
        rest(&yaml.replace("LAST", "2026-01-01T09:00:10Z"), now),
        ["unexplained CronJob lab/report unwell.failed-job: OddReason 1x"]
    );
}

const WARNED: &str = r#"
apiVersion: v1
kind: Event
metadata: {name: e, namespace: lab}
involvedObject: {apiVersion: example.com/v1, kind: Widget, namespace: lab, name: w, uid: u}
reason: SyncFailed
type: Warning
message: "cannot reach the registry of widgets"
count: COUNT
firstTimestamp: "2026-01-01T11:40:00Z"
lastTimestamp: "2026-01-01T11:58:00Z"
reportingComponent: widget-controller
"#;

#[test]
fn a_warning_that_goes_on_is_told_about_any_kind_of_object() {
    let (often, seldom) = (WARNED.replace("COUNT", "17"), WARNED.replace("COUNT", "2"));
    assert_eq!(
        rest(&often, "2026-01-01T12:00:00Z"),
        ["unexplained Widget.example.com lab/w unwell.warned: SyncFailed 17x"]
    );
    assert_eq!(rest(&seldom, "2026-01-01T12:00:00Z"), [""; 0]);
    // It has ended when it did not come again.
    assert_eq!(rest(&often, "2026-01-01T12:08:00Z"), [""; 0]);
}

#[test]
fn what_was_said_of_a_pod_before_it_was_ready_is_answered() {
    let yaml = WARNED
        .replace("COUNT", "17")
        .replace("apiVersion: example.com/v1, kind: Widget", "kind: Pod")
        .replace("SyncFailed", "Unhealthy")
        + r#"
---
apiVersion: v1
kind: Pod
metadata: {name: w, namespace: lab, uid: u}
spec: {nodeName: n, containers: [{name: c, image: x}]}
status: {phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [{name: c, ready: true, started: true, state: {running: {startedAt: "2026-01-01T11:00:00Z"}}}]}
"#;
    assert_eq!(rest(&yaml, "2026-01-01T12:00:00Z"), [""; 0]);
    let other = yaml.replace("Unhealthy", "OddWarning");
    assert_eq!(
        rest(&other, "2026-01-01T12:00:00Z"),
        ["unexplained Pod lab/w unwell.warned: OddWarning 17x"]
    );
}

#[test]
fn a_custom_resource_says_itself_what_is_wrong_by_agreed_types_only() {
    let of = |condition: &str| {
        format!(
            r#"
apiVersion: example.com/v1
kind: Widget
metadata: {{name: w, namespace: lab, uid: u}}
status: {{conditions: [{{{condition}, lastTransitionTime: "2026-01-01T11:59:00Z"}}]}}
"#
        )
    };
    let at = "2026-01-01T12:00:00Z";
    // What says that it failed is told as a problem.
    let failed = of(r#"type: Ready, status: "False", reason: ReconcileFailed"#);
    assert_eq!(rest(&failed, at), [""; 0]);
    check(&failed).finds("custom-resource-not-ready", "Widget.example.com lab/w");
    assert_eq!(
        rest(
            &of(r#"type: Ready, status: "False", reason: Progressing"#),
            at
        ),
        [
            "unsettled Widget.example.com lab/w unwell.condition, condition, until 2026-01-01T12:04:00Z"
        ]
    );
    for well in [
        r#"type: Ready, status: "True""#,
        r#"type: Paused, status: "False""#,
        r#"type: Stalled, status: "False""#,
    ] {
        assert_eq!(rest(&of(well), at), [""; 0], "{well}");
    }
}

#[test]
fn what_is_being_deleted_is_told_when_its_time_is_over_and_not_while_it_is_in_use() {
    let of = |finalizer: &str| {
        format!(
            r#"
apiVersion: v1
kind: ReplicationController
metadata: {{name: w, namespace: lab, uid: u, deletionTimestamp: "2026-01-01T11:59:00Z", finalizers: ["{finalizer}"]}}
spec: {{replicas: 0}}
"#
        )
    };
    let protected = of("kubernetes.io/pvc-protection");
    assert_eq!(rest(&protected, "2026-01-01T12:05:00Z"), [""; 0]);
    // A rule tells of a finalizer that nobody removes: then it is told as a problem.
    let held = of("example.com/hold");
    assert_eq!(rest(&held, "2026-01-01T11:59:05Z"), [""; 0]);
    let diagnosis = check(&held).at("2026-01-01T12:05:00Z").judge().diagnosis;
    assert_eq!(
        diagnosis.problems.len() + diagnosis.unexplained.len(),
        1,
        "{diagnosis:?}"
    );
}

const UNUSUAL: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: backfill, namespace: shop}
status: {succeeded: 1, conditions: [{type: Complete, status: "True"}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: digest-1, namespace: shop, ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: digest, uid: c, controller: true}]}
status: {succeeded: 1, conditions: [{type: Complete, status: "True"}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: digest, namespace: shop, uid: c}
spec: {schedule: "0 3 * * *", suspend: true}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: legacy, namespace: shop, uid: d}
spec: {replicas: 0, selector: {matchLabels: {app: legacy}}, template: {metadata: {labels: {app: legacy}}, spec: {containers: [{name: app, image: x}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: done, namespace: shop}
spec: {nodeName: n, restartPolicy: Never, containers: [{name: app, image: x}]}
status: {phase: Succeeded, containerStatuses: [{name: app, state: {terminated: {exitCode: 0}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: indexer, namespace: shop}
spec: {nodeName: n, containers: [{name: app, image: x}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "READY"}]
  containerStatuses:
  - {name: app, ready: true, restartCount: 2, state: {running: {startedAt: "2026-01-01T11:31:00Z"}}, lastState: {terminated: {exitCode: 1, finishedAt: "2026-01-01T11:30:00Z"}}}
"#;

/// What is said to be well although it does not look so.
fn harmless(yaml: &str, at: &str) -> Vec<String> {
    let checked = check(yaml).at(at).judge().diagnosis.checked;
    let told = checked.iter().map(|it| {
        let why = crate::texts::resolve(&it.why, podside_model::Lang::En);
        format!("{}: {why}", it.object)
    });
    told.collect()
}

#[test]
fn what_looks_unusual_and_is_well_is_named_with_why() {
    let well = UNUSUAL.replace("READY", "True");
    let restarted = "Pod shop/indexer: 2 restarts, recovered";
    let others = [
        "CronJob shop/digest: suspended on purpose",
        "Deployment shop/legacy: scaled to 0, nothing needs it",
        "Job shop/backfill: completed",
        "Pod shop/done: completed",
    ];
    let mut told = harmless(&well, "2026-01-01T12:00:00Z");
    assert_eq!(told.pop().as_deref(), Some(restarted));
    assert_eq!(told, others);
    // A restart that is long ago says nothing about now.
    assert_eq!(harmless(&well, "2026-01-01T12:30:00Z"), others);
    // What is not ready is not well.
    let unready = UNUSUAL.replace("READY", "False");
    assert_eq!(harmless(&unready, "2026-01-01T12:00:00Z"), others);
}

#[test]
fn what_something_needs_does_not_rest() {
    let needed = format!(
        "{UNUSUAL}---
apiVersion: v1
kind: Service
metadata: {{name: legacy, namespace: shop}}
spec: {{selector: {{app: legacy}}, ports: [{{port: 80}}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: web, namespace: shop}}
spec: {{rules: [{{http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: legacy, port: {{number: 80}}}}}}}}]}}}}]}}
"
    );
    let judged = check(&needed).at("2026-01-01T12:00:00Z").judge().diagnosis;
    let causes: Vec<&str> = judged.problems.iter().map(|it| it.cause.as_str()).collect();
    assert!(causes.contains(&"replicas-zero"), "{causes:?}");
    let names: Vec<&str> = judged
        .checked
        .iter()
        .map(|it| it.object.name.as_str())
        .collect();
    assert!(!names.contains(&"legacy"), "{names:?}");
}
