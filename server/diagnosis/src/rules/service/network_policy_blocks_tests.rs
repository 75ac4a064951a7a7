use crate::testing::check;

fn objects(ingress: &str) -> String {
    format!(
        "
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: lock, namespace: web}}
spec: {{podSelector: {{}}, policyTypes: [Ingress], ingress: [{ingress}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: ui, namespace: web}}
spec: {{clusterIP: 10.0.0.9, selector: {{app: ui}}, ports: [{{port: 80, protocol: TCP, targetPort: 8080}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: ui-0, namespace: web, uid: p, labels: {{app: ui}}}}
spec: {{nodeName: n1, containers: [{{name: c, ports: [{{containerPort: 8080}}]}}]}}
status: {{phase: Running, conditions: [{{type: Ready, status: 'True'}}]}}
"
    )
}

#[test]
fn nothing_is_let_in() {
    check(&objects(""))
        .finds("network-policy-blocks", "NetworkPolicy web/lock")
        .affects("Service web/ui")
        .is_likely();
    check(&objects("{ports: [{port: 9090, protocol: TCP}]}"))
        .finds("network-policy-blocks", "NetworkPolicy web/lock");
}

#[test]
fn one_policy_is_one_problem_for_all_that_it_keeps_apart() {
    let one = objects("");
    let (_, rest) = one.split_once("---").unwrap();
    let other = rest
        .replace("ui", "api")
        .replace("uid: p", "uid: q")
        .replace("10.0.0.9", "10.0.0.8");
    check(&format!("{one}---{other}"))
        .finds("network-policy-blocks", "NetworkPolicy web/lock")
        .affects("Service web/ui")
        .affects("Service web/api")
        .alone();
    let blocked = check(&format!("{one}---{other}"))
        .judge()
        .diagnosis
        .problems;
    assert_eq!(blocked.len(), 1, "{blocked:#?}");
}

#[test]
fn somebody_is_let_in() {
    check(&objects(
        "{from: [{podSelector: {matchLabels: {app: gateway}}}]}",
    ))
    .finds_nothing();
    check(&objects("{ports: [{port: 8080, protocol: TCP}]}")).finds_nothing();
}

#[test]
fn a_policy_by_itself_is_well() {
    let only = objects("");
    let only = only.split("---").next().unwrap();
    check(only).finds_nothing();
}

fn with_client(ingress: &str, policies: &str) -> String {
    objects(ingress)
        + "---
apiVersion: v1
kind: Namespace
metadata: {name: web, labels: {team: ui}}
---
apiVersion: v1
kind: Pod
metadata: {name: bff-0, namespace: web, uid: q, labels: {app: bff}}
spec: {nodeName: n1, containers: [{name: c, env: [{name: UI_URL, value: 'http://ui/'}]}]}
status: {phase: Running, podIP: 10.1.0.7, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: c, ready: true, state: {running: {startedAt: '2026-01-01T11:00:00Z'}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system}
spec: {clusterIP: 10.0.0.10, selector: {k8s-app: kube-dns}, ports: [{port: 53, protocol: UDP, targetPort: 53}]}
---
apiVersion: v1
kind: Pod
metadata: {name: coredns, namespace: kube-system, uid: r, labels: {k8s-app: kube-dns}}
spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 53, protocol: UDP}]}]}
status: {phase: Running, podIP: 10.1.0.2, conditions: [{type: Ready, status: 'True'}]}
" + policies
}

#[test]
fn a_client_that_no_rule_lets_in() {
    let rule = "{from: [{podSelector: {matchLabels: {app: gateway}}}], ports: [{port: 8080}]}";
    check(&with_client(rule, ""))
        .finds("network-policy-blocks", "NetworkPolicy web/lock")
        .tells("title.in")
        .with("client", "Pod bff-0")
        .with("port", 8080)
        .with("service", "ui")
        .affects("Pod web/bff-0")
        .is_likely()
        .alone();
    for rule in [
        "{from: [{podSelector: {matchLabels: {app: bff}}}]}",
        "{from: [{namespaceSelector: {matchLabels: {team: ui}}}]}",
        "{from: [{ipBlock: {cidr: 10.1.0.0/16}}]}",
        "{from: [{podSelector: {}}]}",
    ] {
        check(&with_client(rule, "")).finds_nothing();
    }
    for rule in [
        "{from: [{namespaceSelector: {matchLabels: {team: ux}}}]}",
        "{from: [{ipBlock: {cidr: 10.1.0.0/16, except: [10.1.0.0/24]}}]}",
        "{from: [{podSelector: {matchLabels: {app: bff}}, namespaceSelector: {matchLabels: {team: ux}}}]}",
    ] {
        check(&with_client(rule, "")).finds("network-policy-blocks", "NetworkPolicy web/lock");
    }
}

#[test]
fn a_client_that_is_not_let_out_or_cannot_ask_the_dns() {
    let egress = |rules: &str| {
        format!(
            "---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: out, namespace: web}}
spec: {{podSelector: {{matchLabels: {{app: bff}}}}, policyTypes: [Egress], egress: [{rules}]}}
"
        )
    };
    let to_ui = "{to: [{podSelector: {matchLabels: {app: ui}}}], ports: [{port: 8080}]}";
    let to_dns = "{to: [{namespaceSelector: {}}], ports: [{port: 53, protocol: UDP}]}";
    check(&with_client("{}", &egress(to_ui)))
        .finds("network-policy-blocks", "NetworkPolicy web/out")
        .tells("title.dns")
        .with("client", "Pod bff-0")
        .offers("fix.dns");
    check(&with_client("{}", &egress(to_dns)))
        .finds("network-policy-blocks", "NetworkPolicy web/out")
        .tells("title.out")
        .with("client", "Pod bff-0")
        .with("port", 8080)
        .with("service", "ui");
    check(&with_client("{}", &egress(&format!("{to_ui}, {to_dns}")))).finds_nothing();
}
