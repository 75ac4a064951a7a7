//! A diagnosis of a cluster, seen from one namespace.

use podside_diagnosis::facts::{Kind, Pod, Webhook};
use podside_diagnosis::rules::cluster_dns_is_down;
use podside_diagnosis::snapshot::Snapshot;
use podside_model::{Diagnosis, ObjectRef, Problem};

/// The part of a diagnosis that concerns a namespace: problems on its objects, and problems
/// elsewhere and of the cluster itself that something in it meets, with what they do there
/// first; and how many objects were looked at there. All of it for `None`.
pub(crate) fn within<T: Clone>(
    diagnosis: &Diagnosis<T>,
    snapshot: &Snapshot,
    namespace: Option<&str>,
) -> Diagnosis<T> {
    let mut diagnosis = diagnosis.clone();
    let Some(namespace) = namespace else {
        return diagnosis;
    };
    diagnosis
        .problems
        .retain(|problem| concerns(problem, snapshot, namespace));
    let is_here = |object: &ObjectRef| object.namespace.as_deref() == Some(namespace);
    for problem in &mut diagnosis.problems {
        // The order is that of nearness otherwise.
        problem
            .affects
            .sort_by_key(|affected| !is_here(&affected.object));
    }
    let touches =
        |object: &ObjectRef, affects: &[ObjectRef]| is_here(object) || affects.iter().any(is_here);
    diagnosis
        .unsettled
        .retain(|unsettled| touches(&unsettled.object, &unsettled.affects));
    diagnosis
        .unexplained
        .retain(|unexplained| touches(&unexplained.object, &unexplained.affects));
    diagnosis.unknown.retain(|unknown| {
        !unknown.spare
            && unknown
                .object
                .as_ref()
                .is_none_or(|object| is_in(object, namespace))
    });
    diagnosis
        .checked
        .retain(|checked| is_in(&checked.object, namespace));
    diagnosis.looked_at = snapshot.looked_at_in(namespace);
    diagnosis
}

/// Whether something in a namespace meets a problem: it is on an object there, breaks one, or
/// is one of the cluster itself that nobody there gets past.
pub(crate) fn concerns<T>(problem: &Problem<T>, snapshot: &Snapshot, namespace: &str) -> bool {
    let subject = &problem.subject;
    let is_here = |object: &ObjectRef| object.namespace.as_deref() == Some(namespace);
    is_here(subject)
        || (Kind::Namespace.is(subject) && subject.name == namespace)
        || problem.affects.iter().any(|it| is_here(&it.object))
        || is_asked(subject, snapshot, namespace)
        || (silences_dns(problem, snapshot) && needs_dns(snapshot, namespace))
}

/// Whether a problem is that the cluster's DNS does not answer, or has that consequence.
fn silences_dns<T>(problem: &Problem<T>, snapshot: &Snapshot) -> bool {
    problem.cause.as_str() == "cluster-dns-down"
        || problem
            .affects
            .iter()
            .any(|it| cluster_dns_is_down(&it.object, snapshot))
}

/// Whether a webhook of a configuration is asked about objects of a namespace.
fn is_asked(subject: &ObjectRef, snapshot: &Snapshot, namespace: &str) -> bool {
    let tables = [
        (
            Kind::ValidatingWebhookConfiguration,
            &snapshot.validating_webhooks,
        ),
        (
            Kind::MutatingWebhookConfiguration,
            &snapshot.mutating_webhooks,
        ),
    ];
    let labels = snapshot
        .namespaces
        .get("", namespace)
        .map(|namespace| &namespace.meta.labels);
    let asks = |webhook: &Webhook| match labels {
        Some(labels) => webhook.namespaces.matches(labels),
        // What the namespace is like is not known, so neither is that it is left out.
        None => true,
    };
    tables
        .into_iter()
        .filter(|(kind, _)| kind.is(subject))
        .filter_map(|(_, table)| table.get("", &subject.name))
        .any(|configuration| configuration.webhooks.iter().any(asks))
}

/// Whether a Pod of a namespace looks names up with the cluster's DNS.
fn needs_dns(snapshot: &Snapshot, namespace: &str) -> bool {
    let asks = |pod: &Pod| {
        let by_policy = match &*pod.spec.dns_policy {
            "" | "ClusterFirst" => !pod.spec.host_network,
            policy => policy == "ClusterFirstWithHostNet",
        };
        by_policy && !pod.is_finished()
    };
    snapshot.pods.in_namespace(namespace).any(asks)
}

fn is_in(object: &ObjectRef, namespace: &str) -> bool {
    object
        .namespace
        .as_deref()
        .is_none_or(|its| its == namespace)
}

#[cfg(test)]
mod tests {
    use podside_diagnosis::facts::{Sharing, from_object};
    use podside_diagnosis::judge::judge;
    use serde_json::{Value, json};

    use super::*;

    fn snapshot(objects: &[Value]) -> Snapshot {
        let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
        snapshot.set_all_known();
        let sharing = Sharing::default();
        for object in objects {
            snapshot.insert(from_object(object, &sharing).unwrap());
        }
        snapshot
    }

    /// The causes that are told of in a namespace.
    fn told(snapshot: &Snapshot, namespace: &str) -> Vec<String> {
        let all = judge(snapshot).diagnosis;
        let seen = within(&all, snapshot, Some(namespace));
        let causes = seen.problems.iter();
        causes.map(|problem| problem.cause.to_string()).collect()
    }

    fn namespace(name: &str, labels: Value) -> Value {
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    }

    #[test]
    fn a_webhook_concerns_the_namespaces_that_it_is_asked_about() {
        let webhook = json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": "guard"},
            "webhooks": [{
                "name": "guard.example.com", "failurePolicy": "Fail",
                "clientConfig": {"service": {"namespace": "guard", "name": "guard"}},
                "namespaceSelector": {"matchLabels": {"guarded": "yes"}},
                "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}],
            }],
        });
        let snapshot = snapshot(&[
            namespace("guard", json!({})),
            namespace("in", json!({"guarded": "yes"})),
            namespace("out", json!({})),
            webhook,
        ]);
        assert_eq!(told(&snapshot, "in"), ["admission-webhook-unavailable"]);
        assert!(told(&snapshot, "out").is_empty());
    }

    #[test]
    fn a_node_concerns_the_namespaces_whose_pods_it_breaks() {
        let node = json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": "n1", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "status": {"conditions": [{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "Kubelet stopped posting node status."}]},
        });
        let pod = |namespace: &str, node: &str| {
            json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": "web", "namespace": namespace, "uid": namespace},
                "spec": {"nodeName": node, "containers": [{"name": "app", "image": "x"}]},
                "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}]},
            })
        };
        let snapshot = snapshot(&[
            namespace("near", json!({})),
            namespace("far", json!({})),
            node,
            pod("near", "n1"),
            pod("far", "n2"),
        ]);
        assert!(told(&snapshot, "near").contains(&"node-not-ready".to_owned()));
        assert!(!told(&snapshot, "far").contains(&"node-not-ready".to_owned()));
        let all = judge(&snapshot).diagnosis;
        let seen = within(&all, &snapshot, Some("far"));
        assert!(seen.looked_at.iter().all(|kind| kind.count == 1));
    }

    #[test]
    fn cluster_dns_concerns_who_asks_it() {
        let dns = json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "kube-dns", "namespace": "kube-system", "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"clusterIP": "10.96.0.10", "selector": {"k8s-app": "kube-dns"}, "ports": [{"port": 53, "protocol": "UDP"}]},
        });
        let pod = |namespace: &str, policy: &str| {
            json!({
                "apiVersion": "v1", "kind": "Pod",
                "metadata": {"name": "web", "namespace": namespace, "uid": namespace},
                "spec": {"dnsPolicy": policy, "containers": [{"name": "app", "image": "x"}]},
                "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
            })
        };
        let snapshot = snapshot(&[
            namespace("asks", json!({})),
            namespace("own", json!({})),
            namespace("kube-system", json!({})),
            dns,
            pod("asks", "ClusterFirst"),
            pod("own", "Default"),
        ]);
        assert_eq!(told(&snapshot, "asks"), ["cluster-dns-down"]);
        assert!(told(&snapshot, "own").is_empty());
    }
}
