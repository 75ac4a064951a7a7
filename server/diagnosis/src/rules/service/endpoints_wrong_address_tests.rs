use crate::testing::check;

fn objects(address: &str, port: u16) -> String {
    format!(
        "
apiVersion: v1
kind: Service
metadata: {{name: old, namespace: erp}}
spec: {{clusterIP: 10.0.0.9, ports: [{{port: 80}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: old-1, namespace: erp, labels: {{kubernetes.io/service-name: old}}}}
endpoints: [{{addresses: [{address}]}}]
ports: [{{port: {port}, protocol: TCP}}]
---
apiVersion: v1
kind: Node
metadata: {{name: n1}}
spec: {{podCIDRs: [10.244.3.0/24]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: erp-0, namespace: erp, uid: p}}
spec: {{nodeName: n1, containers: [{{name: c, ports: [{{containerPort: 9000}}]}}]}}
status: {{phase: Running, podIP: 10.244.3.7}}
"
    )
}

#[test]
fn an_address_that_no_pod_has() {
    check(&objects("10.244.3.99", 9000))
        .finds("endpoints-wrong-address", "Service erp/old")
        .tells("title")
        .with("address", "10.244.3.99")
        .alone();
}

#[test]
fn what_was_copied_from_endpoints_is_mended_there() {
    let copied = "endpointslice.kubernetes.io/managed-by: endpointslicemirroring-controller.k8s.io";
    let objects = objects("10.244.3.99", 9000).replace(
        "kubernetes.io/service-name: old",
        &format!("kubernetes.io/service-name: old, {copied}"),
    );
    check(&objects)
        .finds("endpoints-wrong-address", "Service erp/old")
        .advises("kubectl -n erp edit endpoints old");
}

#[test]
fn the_address_of_a_service_is_no_endpoint() {
    let other = "---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec: {clusterIP: 10.0.0.77, ports: [{port: 80}]}
";
    check(&(objects("10.0.0.77", 80) + other))
        .finds("endpoints-wrong-address", "Service erp/old")
        .tells("title.service")
        .with("other", "db");
}

#[test]
fn a_port_goes_to_the_port_of_its_own_name() {
    let named = objects("10.244.3.7", 9000).replace("[{port: 9000,", "[{name: http, port: 9000,");
    check(&named)
        .finds("endpoints-wrong-address", "Service erp/old")
        .tells("title.names")
        .with_list("there", ["http"])
        .with("wanted", "\"\"")
        .alone();
    let both = named.replace("ports: [{port: 80}]", "ports: [{name: web, port: 80}]");
    check(&both)
        .finds("endpoints-wrong-address", "Service erp/old")
        .tells("title.names")
        .with("wanted", "web");
}

#[test]
fn a_node_s_address_and_one_outside_may_be_anything() {
    let node = "---
apiVersion: v1
kind: Pod
metadata: {name: exporter, namespace: erp, uid: e}
spec: {nodeName: n1, hostNetwork: true, containers: [{name: c, ports: [{containerPort: 9100}]}]}
status: {phase: Running, podIP: 192.168.1.5}
";
    check(&(objects("192.168.1.5", 10250) + node)).finds_nothing();
    check(&objects("192.0.2.7", 5432)).finds_nothing();
}

#[test]
fn an_address_outside_where_a_client_gets_no_answer() {
    let client = "---
apiVersion: v1
kind: Pod
metadata: {name: app, namespace: erp, uid: a}
spec: {nodeName: n1, containers: [{name: app, env: [{name: DB_URL, value: 'postgres://old:80/x'}]}]}
status: {phase: Running, containerStatuses: [{name: app, ready: false, state: {running: {startedAt: '2026-01-01T11:00:00Z'}}}]}
";
    let line = "2026-01-01T11:59:50Z dial tcp 10.0.0.9:80: i/o timeout";
    check(&(objects("192.0.2.7", 5432) + client))
        .log("erp/app", "app", false, line)
        .finds("endpoints-wrong-address", "Service erp/old")
        .tells("title.told")
        .with("client", "Pod app")
        .is_likely();
}

#[test]
fn a_port_that_the_pod_does_not_declare() {
    check(&objects("10.244.3.7", 9001))
        .finds("endpoints-wrong-address", "Service erp/old")
        .is_likely();
}

#[test]
fn an_address_outside_of_the_cluster_or_of_a_pod() {
    check(&objects("192.0.2.10", 5432)).finds_nothing();
    check(&objects("10.244.3.7", 9000)).finds_nothing();
}
