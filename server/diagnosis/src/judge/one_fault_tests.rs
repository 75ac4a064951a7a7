//! One fault is one problem for all that it breaks.

use podside_model::{Message, Problem};

use crate::testing::check;

/// A ReplicaSet that is refused its Pods, with what the controller was told.
fn refused(namespace: &str, name: &str, said: &str) -> String {
    format!(
        r#"
apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: {name}, namespace: {namespace}, uid: {namespace}-{name}}}
spec: {{replicas: 1, selector: {{matchLabels: {{app: {name}}}}}, template: {{metadata: {{labels: {{app: {name}}}}}, spec: {{containers: [{{name: app, image: 'reg.example/{name}:1'}}]}}}}}}
status: {{replicas: 0, conditions: [{{type: ReplicaFailure, status: 'True', reason: FailedCreate, message: '{said}'}}]}}
---"#
    )
}

/// A Pod that waits for its image, with what the runtime said.
fn waiting(namespace: &str, name: &str, spec: &str, image: &str, said: &str) -> String {
    format!(
        r#"
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, uid: {namespace}-{name}}}
spec: {{nodeName: n, {spec} containers: [{{name: app, image: '{image}'}}]}}
status: {{phase: Pending, containerStatuses: [{{name: app, state: {{waiting: {{reason: ImagePullBackOff, message: '{said}'}}}}}}]}}
---"#
    )
}

fn problems(objects: &str) -> Vec<Problem<Message>> {
    let objects = objects.trim_end_matches("---");
    check(objects).judge().diagnosis.problems
}

/// The one problem that is left must be of that cause, on the first subject, affect the others
/// and tell what has to be changed in each of them.
#[track_caller]
fn is_one(objects: &str, cause: &str, affected: &[&str]) -> Problem<Message> {
    let mut problems = problems(objects);
    let causes: Vec<String> = problems.iter().map(|p| p.cause.to_string()).collect();
    assert_eq!(causes, [cause]);
    let problem = problems.remove(0);
    let objects: Vec<String> = problem
        .affects
        .iter()
        .map(|it| it.object.to_string())
        .collect();
    assert_eq!(objects, affected);
    problem
}

fn commands(problem: &Problem<Message>) -> Vec<&str> {
    let steps = problem.fix.iter();
    steps.filter_map(|step| step.command.as_deref()).collect()
}

#[test]
fn one_rule_of_a_webhook_refuses_several_owners() {
    let said = |name: &str| {
        format!(
            r#"admission webhook "rules.example.com" denied the request: resource Pod/n/{name}-x7 was blocked: label team is missing"#
        )
    };
    let both = refused("n", "api", &said("api")) + &refused("n", "web", &said("web"));
    let problem = is_one(&both, "admission-webhook-denied", &["ReplicaSet n/web"]);
    assert_eq!(
        commands(&problem),
        [
            "kubectl -n n edit replicaset api",
            "kubectl -n n edit replicaset web"
        ]
    );
    let other =
        r#"admission webhook "rules.example.com" denied the request: tag latest is forbidden"#;
    let two = refused("n", "api", &said("api")) + &refused("n", "web", other);
    assert_eq!(problems(&two).len(), 2);
}

#[test]
fn one_policy_one_quota_one_level_and_one_bound_refuse_several_owners() {
    let all = [
        (
            "admission-policy-denied",
            "pods is forbidden: ValidatingAdmissionPolicy \'\'no-root\'\' with binding \'\'all\'\' denied request: root is forbidden",
        ),
        (
            "quota-exceeded",
            "pods is forbidden: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4",
        ),
        (
            "pod-security-violation",
            "pods is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true (container app)",
        ),
        (
            "limit-range-violated",
            "pods is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi",
        ),
    ];
    for (cause, said) in all {
        let said = said.replace("\\'", "'").replace("\\\"", "\"");
        let both = refused("n", "api", &said) + &refused("n", "web", &said);
        is_one(&both, cause, &["ReplicaSet n/web"]);
        // Each namespace has its own.
        let apart = refused("m", "api", &said) + &refused("n", "web", &said);
        assert_eq!(problems(&apart).len(), 2, "{cause}");
    }
}

#[test]
fn one_image_is_missing_for_several_workloads() {
    let pod = |name: &str, image: &str| waiting("n", name, "", image, "manifest unknown");
    let both = pod("api", "reg.example/base:9") + &pod("web", "reg.example/base:9");
    let problem = is_one(&both, "image-not-found", &["Pod n/web"]);
    let commands = commands(&problem);
    assert!(
        commands.contains(&"kubectl -n n set image pod/web app=reg.example/base:TAG"),
        "{commands:?}"
    );
    let two = pod("api", "reg.example/base:9") + &pod("web", "reg.example/base:8");
    assert_eq!(problems(&two).len(), 2);
}

#[test]
fn one_registry_fails_for_all_images_that_come_from_it() {
    for (cause, said) in [
        (
            "image-registry-unreachable",
            "dial tcp 10.0.0.1:443: i/o timeout",
        ),
        (
            "image-registry-error",
            "unexpected status: 503 Service Unavailable",
        ),
        ("image-rate-limited", "429 Too Many Requests"),
        (
            "image-tls-error",
            "x509: certificate signed by unknown authority",
        ),
    ] {
        let pod = |namespace: &str, name: &str, host: &str| {
            waiting(namespace, name, "", &format!("{host}/{name}:1"), said)
        };
        let both = pod("m", "api", "reg.example") + &pod("n", "web", "reg.example");
        is_one(&both, cause, &["Pod n/web"]);
        let two = pod("m", "api", "reg.example") + &pod("n", "web", "other.example");
        assert_eq!(problems(&two).len(), 2, "{cause}");
    }
}

#[test]
fn one_pull_secret_is_missing_for_several_workloads() {
    let pod = |name: &str| {
        let image = format!("reg.example/{name}:1");
        let spec = "imagePullSecrets: [{name: regcred}],";
        waiting("n", name, spec, &image, "401 Unauthorized")
    };
    let both = pod("api") + &pod("web");
    let problem = is_one(&both, "image-pull-secret-missing", &["Pod n/web"]);
    assert_eq!(commands(&problem).len(), 1, "the Secret is made once");
}

#[test]
fn one_fault_is_as_bad_as_for_the_worst_off() {
    let owner = |name: &str, replicas: u32, ready: u32| {
        format!(
            r#"
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: {name}, namespace: n, uid: {name}}}
spec: {{replicas: {replicas}, selector: {{matchLabels: {{app: {name}}}}}}}
status: {{replicas: {ready}, readyReplicas: {ready}}}
---"#
        )
    };
    let pod = |name: &str, owner: &str| {
        waiting("n", name, "", "reg.example/base:9", "manifest unknown").replace(
            &format!("uid: n-{name}"),
            &format!("uid: n-{name}, ownerReferences: [{{apiVersion: apps/v1, kind: StatefulSet, name: {owner}, uid: {owner}, controller: true}}]"),
        )
    };
    let ready = pod("a-0", "a")
        .replace(
            "state: {waiting: {reason: ImagePullBackOff, message: 'manifest unknown'}}",
            "ready: true, state: {running: {}}",
        )
        .replace(
            "phase: Pending,",
            "phase: Running, conditions: [{type: Ready, status: 'True'}],",
        );
    let served = owner("a", 2, 1) + &ready + &pod("a-1", "a");
    let problem = is_one(&served, "image-not-found", &[]);
    assert_eq!(problem.severity, podside_model::Severity::Warning);
    let dark = served + &owner("b", 1, 0) + &pod("b-0", "b");
    let problem = is_one(&dark, "image-not-found", &["StatefulSet n/b"]);
    assert_eq!(problem.severity, podside_model::Severity::Critical);
}
