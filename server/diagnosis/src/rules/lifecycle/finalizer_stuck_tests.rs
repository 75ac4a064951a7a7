use crate::testing::check;

fn object(kind: &str, finalizer: &str, at: &str, rest: &str) -> String {
    format!(
        "
apiVersion: {kind}
metadata: {{name: thing, namespace: n, uid: t, deletionTimestamp: '{at}', finalizers: [{finalizer}]}}
{rest}
"
    )
}

const NAMESPACE: &str = "
---
apiVersion: v1
kind: Namespace
metadata: {name: n, deletionTimestamp: '2026-01-01T11:00:00Z'}
status: {phase: Terminating, conditions: [{type: KIND, status: 'True', reason: R, message: MESSAGE}]}
";

#[test]
fn an_object_of_any_kind_is_found() {
    let long = "2026-01-01T11:00:00Z";
    check(&object(
        "example.io/v1\nkind: Database",
        "db.example.io/backup",
        long,
        "",
    ))
    .finds("finalizer-stuck", "Database.example.io n/thing")
    .tells("title")
    .with("finalizer", "db.example.io/backup")
    .tells("explanation")
    .with_seconds("age", 3600)
    .advises("--type=json");
    check(&object(
        "v1\nkind: Service",
        "service.kubernetes.io/load-balancer-cleanup",
        long,
        "spec: {type: LoadBalancer}",
    ))
    .finds("finalizer-stuck", "Service n/thing");
}

#[test]
fn one_that_was_deleted_just_now_is_likely_or_on_its_way() {
    let soon = "2026-01-01T11:59:40Z";
    check(&object("v1\nkind: Secret", "x.io/y", soon, ""))
        .finds("finalizer-stuck", "Secret n/thing")
        .is_likely();
    check(&object(
        "v1\nkind: Secret",
        "x.io/y",
        "2026-01-01T11:59:55Z",
        "",
    ))
    .finds_nothing();
    check(&object(
        "v1\nkind: Service",
        "service.kubernetes.io/load-balancer-cleanup",
        soon,
        "",
    ))
    .does_not_find("finalizer-stuck");
}

#[test]
fn a_pod_that_still_runs_and_a_claim_in_use_wait_for_something_else() {
    let long = "2026-01-01T11:00:00Z";
    let running = "status: {phase: Running, containerStatuses: [{name: a, state: {running: {}}}]}";
    check(&object("v1\nkind: Pod", "x.io/y", long, running)).does_not_find("finalizer-stuck");
    let pod = "---
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: n}
spec: {volumes: [{name: v, persistentVolumeClaim: {claimName: thing}}]}
";
    let claim = object(
        "v1\nkind: PersistentVolumeClaim",
        "kubernetes.io/pvc-protection",
        long,
        pod,
    );
    check(&claim).does_not_find("finalizer-stuck");
}

#[test]
fn a_namespace_is_held_by_its_objects_or_by_an_api() {
    let held = NAMESPACE.replace("KIND", "NamespaceFinalizersRemaining");
    let object = object("v1\nkind: Secret", "x.io/y", "2026-01-01T11:00:00Z", "");
    check(&(object + &held))
        .finds("finalizer-stuck", "Secret n/thing")
        .affects("Namespace n")
        .alone();
    let api = NAMESPACE
        .replace("KIND", "NamespaceDeletionDiscoveryFailure")
        .replace(
            "MESSAGE",
            "'unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1'",
        );
    check(&api)
        .finds("finalizer-stuck", "Namespace n")
        .tells("title.namespace")
        .with(
            "said",
            "unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1",
        );
}

#[test]
fn many_held_objects_are_one_problem_of_the_namespace() {
    let mut objects = NAMESPACE.replace("KIND", "NamespaceFinalizersRemaining");
    for i in 0..5 {
        let one = object("v1\nkind: Secret", "x.io/y", "2026-01-01T11:00:00Z", "");
        objects += "---";
        objects += &one.replace("name: thing", &format!("name: thing-{i}"));
    }
    check(&objects)
        .finds("finalizer-stuck", "Namespace n")
        .alone();
}

#[test]
fn a_finalizer_is_not_forced_off_while_its_controller_may_be_there() {
    let long = "2026-01-01T11:00:00Z";
    let held = object("v1\nkind: Secret", "vaults.example.com/seal", long, "");
    check(&held)
        .finds("finalizer-stuck", "Secret n/thing")
        .offers("fix.controller")
        .advises("--type=json");
    let controller = "---
apiVersion: apps/v1
kind: Deployment
metadata: {name: vaults-controller, namespace: sys, uid: d}
spec: {replicas: 1}
";
    check(&(held.clone() + controller))
        .finds("finalizer-stuck", "Secret n/thing")
        .offers("fix.named")
        .with("owner", "vaults-controller")
        .does_not_advise("--type=json");
    check(&held)
        .denying("deployments")
        .finds("finalizer-stuck", "Secret n/thing")
        .offers("fix.find")
        .does_not_advise("--type=json");
    let own = object(
        "v1\nkind: Service",
        "service.kubernetes.io/load-balancer-cleanup",
        long,
        "spec: {type: LoadBalancer}",
    );
    check(&own)
        .finds("finalizer-stuck", "Service n/thing")
        .offers("fix.kubernetes")
        .does_not_advise("--type=json");
}
