use crate::testing::check;

const SERVICE: &str = "
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, uid: s, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {type: LoadBalancer, clusterIP: 10.0.0.1, selector: {app: web}, ports: [{port: 80}]}
";

const SUBJECT: &str = "Service shop/web";

fn event(kind: &str, reason: &str, message: &str, reporter: &str) -> String {
    format!(
        "---
apiVersion: v1
kind: Event
metadata: {{name: {reason}, namespace: shop}}
involvedObject: {{kind: Service, namespace: shop, name: web, uid: s}}
reason: {reason}
type: {kind}
message: '{message}'
source: {{component: {reporter}}}
firstTimestamp: '2026-01-01T11:00:10Z'
lastTimestamp: '2026-01-01T11:59:00Z'
"
    )
}

fn provider(image: &str, ready: u8) -> String {
    format!(
        "---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: controller, namespace: lb-system, uid: d, creationTimestamp: '2026-01-01T11:00:00Z'}}
spec: {{replicas: 1, template: {{spec: {{containers: [{{name: c, image: '{image}'}}]}}}}}}
status: {{replicas: 1, readyReplicas: {ready}, availableReplicas: {ready}}}
"
    )
}

#[test]
fn a_pool_without_a_free_address() {
    let words = "Failed to allocate IP for \"shop/web\": no available IPs";
    let said = event("Warning", "AllocationFailed", words, "metallb-controller");
    check(&format!("{SERVICE}{said}"))
        .finds("load-balancer-pending", SUBJECT)
        .tells("title")
        .with("said", words)
        .advises("ipaddresspools")
        .alone();
}

#[test]
fn a_cloud_that_refuses_says_so_at_once() {
    let words = "Error syncing load balancer: failed to ensure load balancer: could not find any suitable subnets for creating the ELB";
    let said = event(
        "Warning",
        "SyncLoadBalancerFailed",
        words,
        "service-controller",
    );
    let young = SERVICE.replace("11:00:00", "11:59:30");
    check(&format!("{young}{said}"))
        .finds("load-balancer-pending", SUBJECT)
        .tells("title")
        .with(
            "said",
            "could not find any suitable subnets for creating the ELB",
        )
        .tells("explanation")
        .with("reporter", "service-controller");
}

#[test]
fn nothing_gives_out_addresses() {
    check(SERVICE)
        .finds("load-balancer-pending", SUBJECT)
        .tells("title.none")
        .is_likely()
        .alone();
    let young = SERVICE.replace("11:00:00", "11:59:30");
    check(&young).finds_nothing();
    // Who does not see all workloads cannot say so.
    check(SERVICE)
        .denying("deployments")
        .does_not_find("load-balancer-pending");
}

#[test]
fn a_provider_that_does_not_work_or_does_not_speak() {
    let image = "quay.io/metallb/controller:v0.14.9";
    check(&format!("{SERVICE}{}", provider(image, 0)))
        .finds("load-balancer-pending", SUBJECT)
        .tells("title.down")
        .with("provider", "Deployment controller");
    check(&format!("{SERVICE}{}", provider(image, 1)))
        .finds("load-balancer-pending", SUBJECT)
        .tells("title.silent")
        .is_likely();
}

#[test]
fn a_load_balancer_that_is_being_made_has_its_time() {
    let young = SERVICE.replace("11:00:00", "11:56:00");
    let begun = event(
        "Normal",
        "EnsuringLoadBalancer",
        "Ensuring load balancer",
        "service-controller",
    );
    check(&format!("{young}{begun}")).finds_nothing();
}

#[test]
fn services_that_have_an_address_or_ask_for_none_are_well() {
    let given = format!(
        "{SERVICE}status: {{loadBalancer: {{ingress: [{{ip: 192.0.2.1}}]}}}}\n{}",
        event("Warning", "AllocationFailed", "once", "metallb-controller")
    );
    check(&given).finds_nothing();
    check(&SERVICE.replace("LoadBalancer", "NodePort")).finds_nothing();
}
