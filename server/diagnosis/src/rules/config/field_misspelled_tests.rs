use crate::testing::check;

fn pod(applied: &str) -> String {
    format!(
        "
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{applied}'
spec:
  containers: [{{name: app, image: x}}]
status: {{phase: Running}}
"
    )
}

#[test]
fn kinds_without_pods_have_fields_too() {
    let object = |kind: &str, applied: &str, spec: &str| {
        let version = match kind {
            "Deployment" => "apps/v1",
            "HorizontalPodAutoscaler" => "autoscaling/v2",
            _ => "networking.k8s.io/v1",
        };
        format!(
            "
apiVersion: {version}
kind: {kind}
metadata:
  name: web
  namespace: shop
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{applied}'
spec: {spec}
"
        )
    };
    for (kind, applied, spec, title, args) in [
        (
            "NetworkPolicy",
            r#"{"spec":{"podSelector":{},"ingress":[{"form":[{"podSelector":{}}]}]}}"#,
            "{podSelector: {}, ingress: [{}]}",
            "title",
            &[
                ("field", "form"),
                ("kind", "NetworkPolicy"),
                ("name", "web"),
                ("near", "from"),
            ][..],
        ),
        (
            "Ingress",
            r#"{"spec":{"ingressClass":"nginx"}}"#,
            "{rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 1}}}}]}}]}",
            "title.unknown",
            &[
                ("field", "ingressClass"),
                ("kind", "Ingress"),
                ("name", "web"),
            ][..],
        ),
        (
            "HorizontalPodAutoscaler",
            r#"{"spec":{"minReplica":2,"maxReplicas":5}}"#,
            "{maxReplicas: 5, scaleTargetRef: {kind: Deployment, name: web}}",
            "title",
            &[("near", "minReplicas")][..],
        ),
        (
            "Deployment",
            r#"{"apiVersion":"apps/v1","kind":"Deployment","replicas":3,"spec":{}}"#,
            "{replicas: 1, template: {spec: {}}}",
            "title.misplaced",
            &[("place", "/spec")][..],
        ),
    ] {
        check(&object(kind, applied, spec))
            .finds("field-misspelled", &format!("{kind} shop/web"))
            .tells(title)
            .with_all(args);
    }
}

#[test]
fn an_autoscaler_of_the_first_version_is_turned_into_the_second() {
    check(
        "
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
  namespace: shop
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{\"apiVersion\":\"autoscaling/v1\",\"spec\":{\"maxReplicas\":5,\"targetCPUUtilizationPercentage\":80}}'
spec: {maxReplicas: 5, metrics: []}
",
    )
    .does_not_find("field-misspelled");
}

#[test]
fn the_field_that_was_meant_is_named() {
    check(&pod(
        r#"{"spec":{"containers":[{"name":"app","image":"x","commnd":["sh"]}]}}"#,
    ))
    .finds("field-misspelled", "Pod shop/web[app]")
    .tells("title")
    .with("field", "commnd")
    .tells("title")
    .with("near", "command")
    .alone();
}

#[test]
fn what_a_pod_can_do_without_does_not_explain_its_crash() {
    let objects = pod(
        r#"{"spec":{"containers":[{"name":"app","image":"x","ressources":{"limits":{"memory":"1Gi"}},"livenessprobe":{"tcpSocket":{"port":80}}}]}}"#,
    )
    .replace(
        "status: {phase: Running}",
        "status:\n  phase: Running\n  containerStatuses: [{name: app, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error}}}]",
    );
    check(&objects)
        .log("shop/web", "app", false, "FATAL: DB_HOST is not set\n")
        .finds("field-misspelled", "Pod shop/web[app]")
        .tells("title");
    check(&objects)
        .log("shop/web", "app", false, "FATAL: DB_HOST is not set\n")
        .finds("app-exits-with-error", "Pod shop/web[app]");
    // Nor does a field that the API has nowhere.
    let foreign = objects
        .replace("ressources", "owningTeam")
        .replace("livenessprobe", "owningTier");
    check(&foreign)
        .finds("field-misspelled", "Pod shop/web[app]")
        .tells("title.unknown")
        .with("field", "owningTeam");
    check(&foreign).finds("app-exits-with-error", "Pod shop/web[app]");
}

#[test]
fn fields_are_found_at_every_depth() {
    for (applied, title, args) in [
        (
            r#"{"spec":{"containers":[{"name":"app","image":"x","envform":[{"configMapRef":{"name":"a"}}]}]}}"#,
            "title",
            &[("near", "envFrom")][..],
        ),
        (
            r#"{"spec":{"containers":[{"name":"app","image":"x","ressources":{"limits":{"cpu":"1"}}}]}}"#,
            "title",
            &[("near", "resources")][..],
        ),
        (
            r#"{"spec":{"containers":[{"name":"app","image":"x","readynessProbe":{"tcpSocket":{"port":80}}}]}}"#,
            "title",
            &[("near", "readinessProbe")][..],
        ),
        (
            r#"{"spec":{"containers":[{"name":"app","image":"x","volumeMount":[{"name":"a","mountPath":"/a"}]}]}}"#,
            "title",
            &[("near", "volumeMounts")][..],
        ),
        (
            r#"{"spec":{"nodeselector":{"a":"b"}}}"#,
            "title",
            &[("near", "nodeSelector")][..],
        ),
        (
            r#"{"spec":{"serviceaccountname":"a"}}"#,
            "title",
            &[("near", "serviceAccountName")][..],
        ),
        (
            r#"{"spec":{"replicas":3}}"#,
            "title.unknown",
            &[("field", "replicas"), ("kind", "Pod"), ("name", "web")][..],
        ),
    ] {
        check(&pod(applied))
            .finds(
                "field-misspelled",
                if applied.contains("containers") {
                    "Pod shop/web[app]"
                } else {
                    "Pod shop/web"
                },
            )
            .tells(title)
            .with_all(args);
    }
}

#[test]
fn a_field_in_the_wrong_place_is_sent_to_its_own() {
    check(&pod(
        r#"{"spec":{"containers":[{"name":"app","image":"x","nodeSelector":{"a":"b"}}]}}"#,
    ))
    .finds("field-misspelled", "Pod shop/web[app]")
    .tells("title.misplaced")
    .with("place", "/spec");
}

#[test]
fn a_field_that_the_api_knows_was_taken_away_by_somebody() {
    check(&pod(
        r#"{"spec":{"containers":[{"name":"app","image":"x","command":["sh"]}]}}"#,
    ))
    .finds_nothing();
}

#[test]
fn what_is_there_is_not_dropped() {
    check(&pod(
        r#"{"spec":{"containers":[{"name":"app","image":"x"}]}}"#,
    ))
    .finds_nothing();
}
