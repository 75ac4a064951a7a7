use crate::testing::check;

fn objects(replicas: u32, pods: &str) -> String {
    format!(
        "
apiVersion: v1
kind: Service
metadata: {{name: kube-dns, namespace: kube-system, labels: {{k8s-app: kube-dns}}}}
spec: {{clusterIP: 10.96.0.10, selector: {{k8s-app: kube-dns}}, ports: [{{port: 53, protocol: UDP, targetPort: 53}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: coredns, namespace: kube-system, uid: d}}
spec: {{replicas: {replicas}, template: {{metadata: {{labels: {{k8s-app: kube-dns}}}}}}}}
{pods}"
    )
}

#[test]
fn scaled_to_zero() {
    check(&objects(0, ""))
        .finds("cluster-dns-down", "Deployment kube-system/coredns")
        .tells("title.zero")
        .advises("scale deployment coredns")
        .alone();
}

#[test]
fn a_service_without_selector_leads_nowhere() {
    let lost = objects(2, "").replace("selector: {k8s-app: kube-dns}, ", "");
    check(&lost)
        .finds("cluster-dns-down", "Service kube-system/kube-dns")
        .tells("title.selector");
    let by_hand = "---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kube-dns-x, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}
addressType: IPv4
endpoints: [{addresses: [10.1.1.1], conditions: {ready: true}}]
";
    check(&(lost + by_hand)).does_not_find("cluster-dns-down");
}

#[test]
fn a_service_that_is_gone_is_missed_where_a_server_is() {
    let gone = |label: &str| {
        format!(
            "
apiVersion: apps/v1
kind: Deployment
metadata: {{name: coredns, namespace: kube-system, uid: d}}
spec: {{replicas: 2, template: {{metadata: {{labels: {{k8s-app: {label}}}}}}}}}
"
        )
    };
    check(&gone("kube-dns"))
        .finds("cluster-dns-down", "Service kube-system/kube-dns")
        .tells("title.service")
        .with("service", "kube-system/kube-dns");
    check(&gone("external-dns")).does_not_find("cluster-dns-down");
    check(&gone("kube-dns"))
        .denying("services")
        .does_not_find("cluster-dns-down");
    let renamed = "---
apiVersion: v1
kind: Service
metadata: {name: coredns, namespace: kube-system}
spec: {clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}}
";
    check(&(gone("kube-dns") + renamed)).does_not_find("cluster-dns-down");
}

#[test]
fn pods_that_are_not_ready_or_not_there() {
    check(&objects(2, ""))
        .finds("cluster-dns-down", "Deployment kube-system/coredns")
        .tells("title");
}

#[test]
fn what_the_pods_say_before_they_end_is_told() {
    let pod = "---
apiVersion: v1
kind: Pod
metadata: {name: coredns-1, namespace: kube-system, uid: p, labels: {k8s-app: kube-dns}}
spec: {nodeName: n1, containers: [{name: coredns, ports: [{containerPort: 53, protocol: UDP}]}]}
status: {phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: coredns, ready: false, restartCount: 9, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error, finishedAt: '2026-01-01T11:59:00Z'}}}]}
";
    check(&objects(2, pod))
        .log(
            "kube-system/coredns-1",
            "coredns",
            false,
            "/etc/coredns/Corefile:9 - Error during parsing: Unknown directive 'forwrd'\n",
        )
        .finds("cluster-dns-down", "Deployment kube-system/coredns")
        .tells("explanation.crash")
        .with(
            "said",
            "/etc/coredns/Corefile:9 - Error during parsing: Unknown directive 'forwrd'",
        );
}

#[test]
fn a_pod_that_has_just_begun_is_given_a_minute() {
    let pod = |at: &str| {
        format!("---
apiVersion: v1
kind: Pod
metadata: {{name: coredns-1, namespace: kube-system, uid: p, labels: {{k8s-app: kube-dns}}}}
spec: {{nodeName: n1, containers: [{{name: c, ports: [{{containerPort: 53, protocol: UDP}}]}}]}}
status: {{phase: Running, startTime: '{at}', conditions: [{{type: Ready, status: 'False'}}], containerStatuses: [{{name: c, ready: false, state: {{running: {{startedAt: '{at}'}}}}}}]}}
")
    };
    check(&objects(1, &pod("2026-01-01T11:59:30Z"))).does_not_find("cluster-dns-down");
    check(&objects(1, &pod("2026-01-01T11:50:00Z")))
        .finds("cluster-dns-down", "Deployment kube-system/coredns");
}

#[test]
fn a_ready_pod_is_enough() {
    let pod = "---
apiVersion: v1
kind: Pod
metadata: {name: coredns-1, namespace: kube-system, uid: p, labels: {k8s-app: kube-dns}}
spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 53, protocol: UDP}]}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
";
    check(&objects(2, pod)).finds_nothing();
}

#[test]
fn what_cannot_be_read_is_no_fault() {
    check(&objects(2, ""))
        .denying("pods")
        .does_not_find("cluster-dns-down");
}

#[test]
fn what_keeps_its_pods_from_running_is_told_instead_and_silences_the_cluster() {
    let pod = "---
apiVersion: v1
kind: Pod
metadata: {name: coredns-1, namespace: kube-system, uid: p, labels: {k8s-app: kube-dns}}
spec: {nodeName: n1, containers: [{name: coredns, image: 'reg.example/coredns:9'}]}
status: {phase: Pending, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: coredns, ready: false, state: {waiting: {reason: ImagePullBackOff, message: 'manifest unknown'}}}]}
";
    let found = check(&objects(2, pod))
        .finds("image-not-found", "Pod kube-system/coredns-1[coredns]")
        .affects("Service kube-system/kube-dns")
        .is(podside_model::Severity::Critical);
    found.alone();
}
