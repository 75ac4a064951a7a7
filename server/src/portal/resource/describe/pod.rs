use podside_model::ObjectRef;
use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::{Json, pairs};
use super::rows::{Rows, neighbour};
use super::{Verdict, container, metadata, section, volume};

/// A Pod as `kubectl describe pod` shows it.
pub(super) fn sections(pod: &Any, verdict: Verdict) -> Vec<Section> {
    let mut sections: Vec<Section> = section("Pod", None, own(pod)).into_iter().collect();
    for (title, containers, statuses) in [
        (
            "Init Container",
            "/spec/initContainers",
            "/status/initContainerStatuses",
        ),
        ("Container", "/spec/containers", "/status/containerStatuses"),
        (
            "Ephemeral Container",
            "/spec/ephemeralContainers",
            "/status/ephemeralContainerStatuses",
        ),
    ] {
        sections.extend(container::sections(
            title, pod, containers, statuses, verdict,
        ));
    }
    sections.extend(volume::volumes(pod, "/spec/volumes"));
    sections.extend(section("Scheduling", None, scheduling(pod)));
    sections
}

fn own(pod: &Any) -> Rows {
    let mut rows = Rows::default();
    rows.text("Namespace", pod, "/metadata/namespace")
        .text("Priority", pod, "/spec/priority")
        .text("Priority Class Name", pod, "/spec/priorityClassName")
        .text("Runtime Class Name", pod, "/spec/runtimeClassName");
    if let Some(account) = pod.text("/spec/serviceAccountName") {
        rows.row(
            "Service Account",
            vec![neighbour("ServiceAccount", account, pod)],
        );
    }
    let node = pod.text("/spec/nodeName").map(|node| {
        let address = pod.text("/status/hostIP").map(Value::Quiet);
        [
            Some(Value::Object(ObjectRef::cluster("Node", node))),
            address,
        ]
    });
    rows.row("Node", node.into_iter().flatten().flatten().collect())
        .moment("Start Time", pod, "/status/startTime");
    metadata::labels_and_annotations(&mut rows, pod);
    status(&mut rows, pod);
    let addresses: Vec<Value> = pod
        .list("/status/podIPs")
        .iter()
        .filter_map(|address| address.text("/ip"))
        .map(Value::Mono)
        .collect();
    rows.row("IP", addresses);
    metadata::controlled_by(&mut rows, pod);
    rows.text("Nominated Node Name", pod, "/status/nominatedNodeName");
    rows
}

/// `Status`, which is the phase but for a Pod that is being deleted (`kubectl
/// describe`, `describePod`).
fn status(rows: &mut Rows, pod: &Any) {
    if pod.text("/metadata/deletionTimestamp").is_some() {
        rows.row("Status", vec![Value::Text("Terminating".to_owned())])
            .moment("Deletion Time", pod, "/metadata/deletionTimestamp");
        if let Some(seconds) = pod.text("/metadata/deletionGracePeriodSeconds") {
            rows.row(
                "Termination Grace Period",
                vec![Value::Text(format!("{seconds} s"))],
            );
        }
    } else {
        rows.text("Status", pod, "/status/phase");
    }
    rows.text("Reason", pod, "/status/reason")
        .mono("Message", pod, "/status/message");
}

fn scheduling(pod: &Any) -> Rows {
    let mut rows = Rows::default();
    rows.text("QoS Class", pod, "/status/qosClass");
    if let Some(selector) = pod.map("/spec/nodeSelector") {
        rows.row(
            "Node-Selectors",
            pairs(selector).map(Value::Label).collect(),
        );
    }
    let tolerations: Vec<Value> = pod
        .list("/spec/tolerations")
        .iter()
        .map(toleration)
        .collect();
    if !tolerations.is_empty() {
        rows.row("Tolerations", tolerations);
    }
    rows
}

/// A toleration as `kubectl describe` prints it: `key=value:effect op=… for 300s`.
fn toleration(toleration: &Any) -> Value {
    let mut text = toleration.text("/key").unwrap_or_default();
    if let Some(value) = toleration.text("/value") {
        text = format!("{text}={value}");
    }
    if let Some(effect) = toleration.text("/effect") {
        text = format!("{text}:{effect}");
    }
    if toleration.text("/operator").as_deref() == Some("Exists") {
        text = format!("{text} op=Exists");
    }
    if let Some(seconds) = toleration.text("/tolerationSeconds") {
        text = format!("{text} for {seconds}s");
    }
    Value::Label(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use podside_model::view::Content;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pod_comes_in_the_order_of_describe() {
        let pod = json!({
            "kind": "Pod",
            "metadata": {"namespace": "orders", "name": "p", "labels": {"app": "x"},
                "ownerReferences": [{"kind": "ReplicaSet", "name": "r", "controller": true}]},
            "spec": {"priority": 0, "serviceAccountName": "default", "nodeName": "node-1",
                "initContainers": [{"name": "init"}], "containers": [{"name": "worker"}],
                "volumes": [{"name": "v", "configMap": {"name": "settings"}}],
                "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists",
                    "effect": "NoExecute", "tolerationSeconds": 300}]},
            "status": {"phase": "Running", "hostIP": "10.0.0.11", "podIPs": [{"ip": "10.244.0.20"}],
                "conditions": [{"type": "Ready", "status": "False"}]},
        });
        let of = podside_model::ObjectRef::namespaced("Pod", "orders", "p");
        let sections = super::super::sections(&of, &pod, Verdict::Broken);
        let titles: Vec<&str> = sections.iter().map(|s| s.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "Pod",
                "Init Container",
                "Container",
                "Conditions",
                "Volumes",
                "Scheduling"
            ]
        );
        let Content::Rows(rows) = &sections[0].content else {
            panic!()
        };
        let labels: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
        assert_eq!(
            labels,
            [
                "Namespace",
                "Priority",
                "Service Account",
                "Node",
                "Labels",
                "Annotations",
                "Status",
                "IP",
                "Controlled By"
            ]
        );
        let Content::Rows(rows) = &sections[5].content else {
            panic!()
        };
        assert_eq!(
            rows[0].values,
            [Value::Label(
                "node.kubernetes.io/not-ready:NoExecute op=Exists for 300s".to_owned()
            )]
        );
    }
}
