use crate::testing::check;

const OBJECTS: &str = "
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: shopping-cart}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, labels: {app: cart, pod-template-hash: abc}}
spec: {nodeName: node-1, containers: [{name: app, image: x, ports: [{containerPort: 8080}]}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
";

#[test]
fn the_labels_that_are_there_are_named() {
    check(OBJECTS)
        .finds("service-selector-mismatch", "Service shop/cart")
        .tells("title")
        .with("wanted", "app=shopping-cart")
        .with("n", 1)
        .with("there", "app=cart")
        .alone();
}

#[test]
fn one_pair_of_several_does_not_match() {
    let objects = OBJECTS
        .replace("{app: shopping-cart}", "{app: cart, tier: front}")
        .replace("labels: {app: cart,", "labels: {app: cart, tier: backend,");
    check(&objects)
        .finds("service-selector-mismatch", "Service shop/cart")
        .tells("title")
        .with("wanted", "tier=front")
        .with("n", 1)
        .with("there", "tier=backend");
}

#[test]
fn another_key_with_the_same_value() {
    let objects = OBJECTS.replace("{app: shopping-cart}", "{app.kubernetes.io/name: cart}");
    check(&objects)
        .finds("service-selector-mismatch", "Service shop/cart")
        .tells("title")
        .with("there", "app=cart");
}

#[test]
fn several_pairs_that_are_all_misspelt() {
    let objects = OBJECTS
        .replace("{app: shopping-cart}", "{app: carts, tier: frontnd}")
        .replace("labels: {app: cart,", "labels: {app: cart, tier: frontend,");
    check(&objects).finds("service-selector-mismatch", "Service shop/cart");
}

#[test]
fn the_workload_of_the_service_s_own_name_is_meant() {
    let set = "---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: cart, namespace: shop, uid: s}
spec: {replicas: 1, template: {metadata: {labels: {component: basket, release: blue}}, spec: {}}}
";
    let objects = OBJECTS
        .replace("{app: shopping-cart}", "{app: shop, part: web}")
        .replace(
            "labels: {app: cart,",
            "labels: {component: basket, release: blue,",
        );
    check(&objects).finds_nothing();
    check(&(objects + set))
        .finds("service-selector-mismatch", "Service shop/cart")
        .tells("title")
        .with("there", "component=basket,release=blue");
}

#[test]
fn one_that_an_ingress_counts_on_is_told_of_though_nothing_is_like_it() {
    let ingress = "---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {defaultBackend: {service: {name: pay, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx, annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}}
";
    let objects = OBJECTS
        .replace("shopping-cart", "pay")
        .replace("metadata: {name: cart, ", "metadata: {name: pay, ");
    check(&(objects.clone() + ingress))
        .finds("service-selector-mismatch", "Service shop/pay")
        .tells("title.none")
        .with("ingress", "web")
        .affects("Ingress shop/web");
    let elsewhere = "---
apiVersion: v1
kind: Pod
metadata: {name: pay-1, namespace: payments, labels: {app: pay}}
spec: {nodeName: node-1, containers: [{name: app, image: x}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
";
    check(&(objects + ingress + elsewhere))
        .finds("service-selector-mismatch", "Service shop/pay")
        .tells("explanation.elsewhere")
        .with("pod", "pay-1")
        .with("elsewhere", "payments");
}

#[test]
fn a_service_that_selects_pods_is_well() {
    check(&OBJECTS.replace("shopping-cart", "cart")).finds_nothing();
}

#[test]
fn nothing_is_meant_by_a_selector_that_is_like_nothing() {
    let objects = OBJECTS
        .replace("shopping-cart", "payments")
        .replace("metadata: {name: cart, ", "metadata: {name: payments, ");
    check(&objects).finds_nothing();
}

#[test]
fn a_workload_scaled_to_zero_is_meant() {
    let objects = OBJECTS.to_owned()
        + "---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shopping-cart, namespace: shop}
spec: {replicas: 0, template: {metadata: {labels: {app: shopping-cart}}, spec: {}}}
";
    check(&objects).does_not_find("service-selector-mismatch");
}

#[test]
fn without_the_pods_nothing_is_said() {
    check(OBJECTS)
        .denying("pods")
        .does_not_find("service-selector-mismatch");
}
