use crate::rules::service::testing::client;
use crate::testing::check;

const LOG: &str = "2026-01-01T11:59:58Z configmaps is forbidden: User \"system:serviceaccount:shop:sync\" cannot list resource \"configmaps\" in API group \"\" in the namespace \"shop\"\n";

fn pod() -> String {
    client("https://kubernetes.default.svc")
        .replace("  containers:", "  serviceAccountName: sync\n  containers:")
}

#[test]
fn the_verb_and_the_resource_are_named() {
    check(&pod())
        .log("shop/web", "app", false, LOG)
        .finds("rbac-forbidden", "Pod shop/web")
        .tells("title")
        .with("verb", "list")
        .with("resource", "configmaps")
        .advises("create role sync-configmaps --verb=get,list,watch --resource=configmaps")
        .alone();
}

#[test]
fn its_log_is_wanted() {
    check(&pod()).wants_log("app");
}

#[test]
fn nobody_waits_for_what_an_evicted_pod_says() {
    let running = "state: {running: {startedAt: '2026-01-01T11:00:00Z'}}";
    let ended = pod().replace("ready: true", "ready: false").replace(
        running,
        "state: {terminated: {exitCode: 137, reason: Error}}",
    );
    assert!(!check(&ended).judge().wants.is_empty());
    let evicted = ended.replace("phase: Running", "phase: Failed\n  reason: Evicted");
    assert!(check(&evicted).judge().wants.is_empty());
}

#[test]
fn what_is_granted_by_now_is_not_refused() {
    let objects = pod()
        + "---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, namespace: shop}
rules: [{apiGroups: [''], resources: [configmaps], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: shop}
roleRef: {kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: sync, namespace: shop}]
";
    check(&objects)
        .log("shop/web", "app", false, LOG)
        .finds_nothing();
}

#[test]
fn another_account_s_refusal_is_not_this_one_s() {
    check(&pod())
        .log("shop/web", "app", false, &LOG.replace(":sync", ":other"))
        .finds_nothing();
}

const BINDING: &str = "---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b, namespace: shop}
roleRef: {kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: sync, namespace: shop}]
";

const ROLE: &str = "---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, namespace: shop}
rules: [{apiGroups: [''], resources: [configmaps], verbs: [VERBS]}]
";

#[test]
fn a_grant_in_one_namespace_is_none_for_all() {
    let objects = pod() + BINDING + &ROLE.replace("VERBS", "list");
    check(&objects)
        .log(
            "shop/web",
            "app",
            false,
            &LOG.replace("in the namespace \"shop\"", "at the cluster scope"),
        )
        .finds("rbac-forbidden", "Pod shop/web")
        .advises("kubectl create clusterrole sync-configmaps --verb=get,list,watch")
        .advises("kubectl create clusterrolebinding sync-configmaps --clusterrole=sync-configmaps");
}

#[test]
fn another_namespace_needs_a_role_of_its_own() {
    check(&pod())
        .log(
            "shop/web",
            "app",
            false,
            &LOG.replace("namespace \"shop\"", "namespace \"store\""),
        )
        .finds("rbac-forbidden", "Pod shop/web")
        .advises("kubectl -n store create rolebinding sync-configmaps --role=sync-configmaps --serviceaccount=shop:sync");
}

#[test]
fn a_grant_that_is_nearly_there_is_named() {
    check(&(pod() + BINDING))
        .log("shop/web", "app", false, LOG)
        .finds("rbac-forbidden", "Pod shop/web")
        .tells("explanation.unbound")
        .with("binding", "RoleBinding b")
        .with("role", "Role r");
    check(&(pod() + BINDING + &ROLE.replace("VERBS", "get, watch")))
        .log("shop/web", "app", false, LOG)
        .finds("rbac-forbidden", "Pod shop/web")
        .tells("explanation.verbs")
        .with("role", "Role r")
        .with_list("verbs", ["get", "watch"])
        .with("resource", "configmaps")
        .with("verb", "list");
}

#[test]
fn a_subresource_is_asked_for_as_kubectl_wants_it() {
    check(&pod())
        .log(
            "shop/web",
            "app",
            false,
            &LOG.replace(
                "cannot list resource \"configmaps\"",
                "cannot create resource \"pods/exec\"",
            ),
        )
        .finds("rbac-forbidden", "Pod shop/web")
        .advises("create role sync-pods-exec --verb=create --resource=pods/exec");
}

#[test]
fn the_default_account_calls_too_when_the_container_speaks_of_the_api() {
    let objects = client("https://kubernetes.default.svc");
    check(&objects).wants_log("app");
    check(&objects)
        .log("shop/web", "app", false, &LOG.replace(":sync", ":default"))
        .finds("rbac-forbidden", "Pod shop/web")
        .tells("title")
        .with("account", "default");
}
