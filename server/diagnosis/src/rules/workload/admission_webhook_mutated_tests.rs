use crate::testing::check;

fn with(spec: &str, status: &str) -> String {
    format!(
        "
apiVersion: v1
kind: Namespace
metadata: {{name: n, labels: {{inject: 'on'}}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {{name: hooks}}
webhooks:
  - {{name: other.x.io, rules: [{{resources: [deployments]}}]}}
  - {{name: pods.x.io, rules: [{{resources: [pods]}}], namespaceSelector: {{matchLabels: {{inject: 'on'}}}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent, namespace: n, uid: d}}
spec: {{template: {{spec: {{containers: [{{name: app, image: 'good/app:1', command: [run]}}]}}}}}}
status: {{desiredNumberScheduled: 1, currentNumberScheduled: 1}}
---
apiVersion: v1
kind: Pod
metadata: {{name: agent-x, namespace: n, uid: p, ownerReferences: [{{kind: DaemonSet, name: agent, uid: d, controller: true}}]}}
spec: {spec}
status: {status}
"
    )
}

const PULL: &str = "{phase: Pending, containerStatuses: [{name: app, restartCount: 0, state: {waiting: {reason: ImagePullBackOff, message: Back-off}}}]}";
const MIRRORED: &str = "{containers: [{name: app, image: 'mirror/good/app:1', command: [run]}]}";

#[test]
fn another_image_is_found_with_the_webhook_that_may_have_set_it() {
    check(&with(MIRRORED, PULL))
        .finds(
            "admission-webhook-mutated",
            "MutatingWebhookConfiguration hooks",
        )
        .tells("title.image")
        .with("was", "good/app:1")
        .with("is", "mirror/good/app:1")
        .tells("title.image")
        .with("webhook", "Webhook pods.x.io")
        .affects("DaemonSet n/agent");
}

#[test]
fn an_injected_container_that_fails_is_likely() {
    let injected =
        "{containers: [{name: app, image: 'good/app:1', command: [run]}, {name: proxy, image: p}]}";
    let status = "{phase: Running, containerStatuses: [{name: proxy, restartCount: 0, state: {terminated: {exitCode: 2, reason: Error}}}]}";
    check(&with(injected, status))
        .finds(
            "admission-webhook-mutated",
            "MutatingWebhookConfiguration hooks",
        )
        .tells("title.injected")
        .with("container", "proxy")
        .is_likely();
}

#[test]
fn a_webhook_for_other_namespaces_changed_nothing_here() {
    let objects = with(MIRRORED, PULL).replace("inject: 'on'}}}}", "inject: 'off'}}}}");
    let objects = objects.replace("labels: {inject: 'on'}", "labels: {}");
    check(&objects).does_not_find("admission-webhook-mutated");
}

#[test]
fn a_pod_that_is_as_its_template_says_was_not_changed() {
    let same = "{containers: [{name: app, image: 'good/app:1', command: [run]}]}";
    check(&with(same, PULL)).does_not_find("admission-webhook-mutated");
}

#[test]
fn a_changed_pod_that_works_is_no_problem() {
    let ready = "{phase: Running, conditions: [{type: Ready, status: 'True'}]}";
    check(&with(MIRRORED, ready)).finds_nothing();
}

#[test]
fn webhooks_that_may_not_be_read_leave_the_owner() {
    check(&with(MIRRORED, PULL))
        .denying("mutatingwebhookconfigurations")
        .finds("admission-webhook-mutated", "DaemonSet n/agent")
        .is_likely();
}
